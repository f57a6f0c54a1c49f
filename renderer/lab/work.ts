import type { LabStyle } from '../../electron/contract/lab.ts';
import { refreshList, say } from '../app/store.ts';
import { call, sentenceOf } from '../station.ts';
import { lab, setLab } from './lab.ts';

/** Puts the film of this setup, at full size, into the worklist. */
export async function sendToWorklist(): Promise<void> {
  const { open, setup, sending } = lab();
  if (open === null || sending) return;
  setLab({ sending: true });
  try {
    const outcome = await call('lab.send', { volume: open.volume, setup });
    switch (outcome.state) {
      case 'imported':
        say(`${outcome.fileName} is in the worklist, marked as simulated.`);
        break;
      case 'already-here':
        say('This very film is in the worklist already.');
        break;
      case 'refused':
        say(outcome.sentence);
    }
    await refreshList();
  } catch (error) {
    say(sentenceOf(error));
  } finally {
    setLab({ sending: false });
  }
}

export interface BatchWish {
  readonly views: number;
  readonly seed: number;
  readonly style: LabStyle;
}

export async function queueBatch(wish: BatchWish): Promise<void> {
  const { open } = lab();
  if (open === null) return;
  setLab({ panel: null });
  try {
    await call('lab.startBatch', { volume: open.volume, ...wish });
  } catch (error) {
    say(sentenceOf(error));
  }
}

export async function stopBatch(id: string): Promise<void> {
  try {
    await call('lab.stopBatch', { id });
  } catch (error) {
    say(sentenceOf(error));
  }
}

export async function resumeBatch(id: string): Promise<void> {
  try {
    await call('lab.resumeBatch', { id });
  } catch (error) {
    say(sentenceOf(error));
  }
}
