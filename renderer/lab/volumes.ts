import type { LabHip, LabSide, LabVolume, PhantomRequest } from '../../electron/contract/lab.ts';
import { assetRoutes } from '../../electron/contract/api.ts';
import type { StationEvent } from '../../electron/contract/api.ts';
import { CalcarError } from '../../electron/contract/errors.ts';
import { toIndex, within, type FrameIndex } from '../../electron/contract/labFrame.ts';
import { standardSetup } from '../../electron/contract/lab.ts';
import { say } from '../app/store.ts';
import { asset, call, sentenceOf } from '../station.ts';
import { lab, setLab } from './lab.ts';
import { forgetPicture, wantPicture } from './pictures.ts';
import { forgetSlices } from './slices.ts';

/** Files travel in parts, each well below what one message may hold. */
const partBytes = 8 * 1024 * 1024;

export async function refreshVolumes(): Promise<void> {
  try {
    setLab({ volumes: await call('lab.volumes', {}), listError: null });
  } catch (error) {
    setLab({ listError: sentenceOf(error) });
  }
}

export async function refreshBatches(): Promise<void> {
  try {
    setLab({ batches: await call('lab.batches', {}) });
  } catch (error) {
    say(sentenceOf(error));
  }
}

/** What the station says of the lab unasked. */
export function hearLab(event: StationEvent): void {
  switch (event.event) {
    case 'lab-volumes-changed':
      void refreshVolumes();
      return;
    case 'lab-batch':
      setLab(({ batches }) => {
        const others = batches.some(({ id }) => id === event.batch.id);
        return {
          batches: others
            ? batches.map((batch) => (batch.id === event.batch.id ? event.batch : batch))
            : [event.batch, ...batches],
        };
      });
      return;
    case 'lab-progress': {
      const { preparation } = lab();
      if (preparation?.kind !== event.job) return;
      const since = preparation.label === event.label ? preparation.since : performance.now();
      setLab({ preparation: { ...preparation, label: event.label, done: event.done, of: event.of, since } });
    }
  }
}

/** Opens a volume: the station loads it, the slices cross in its hips, the first picture is a standard AP. */
export async function openVolume(volume: string): Promise<void> {
  if (lab().chosen === volume && lab().openError === null) return;
  forgetPicture();
  forgetSlices();
  setLab({ chosen: volume, open: null, openError: null, past: [], future: [] });
  try {
    const open = await call('lab.open', { volume });
    if (lab().chosen !== volume) return;
    setLab({ open, cross: firstCross(open), setup: standardSetup('pelvis') });
    wantPicture();
  } catch (error) {
    if (lab().chosen === volume) setLab({ openError: sentenceOf(error) });
  }
}

/** Where the slices cross at first: in a hip, else in the middle. */
function firstCross({ frame, hips }: LabVolume): FrameIndex {
  const hip = hips.right.state === 'here' ? hips.right : hips.left;
  if (hip.state === 'missing') {
    return [(frame.size[0] - 1) / 2, (frame.size[1] - 1) / 2, (frame.size[2] - 1) / 2];
  }
  return within(frame, toIndex(frame, hip.headCentre));
}

/** The room is left: the station gets its memory back. The choice is remembered and opened again. */
export function leaveLab(): void {
  forgetPicture();
  forgetSlices();
  setLab({ open: null });
  call('lab.close', {}).catch((error: unknown) => say(sentenceOf(error)));
}

/** The room is entered. */
export function enterLab(): void {
  void refreshVolumes();
  void refreshBatches();
  const { chosen } = lab();
  setLab({ chosen: null });
  if (chosen !== null) void openVolume(chosen);
}

let uploading = { id: '', stop: new AbortController() };

/** Takes in one CT: its files go to the station, which reads them, finds the hips and keeps the volume. */
export async function addCt(files: readonly File[]): Promise<void> {
  if (files.length === 0) return;
  if (lab().preparation !== null) {
    say('A volume is being prepared already. Wait until it is done, or stop it first.');
    return;
  }
  const name = nameOf(files);
  const id = crypto.randomUUID();
  uploading = { id, stop: new AbortController() };
  await prepare('add', name, 'Copying the files', async () => {
    await upload(files, id, uploading.stop.signal);
    return call('lab.addVolume', { upload: id, name });
  });
}

export async function newPhantom(request: PhantomRequest): Promise<void> {
  setLab({ panel: null });
  await prepare('phantom', `Phantom ${String(request.seed)}`, 'Building the phantom', () =>
    call('lab.newPhantom', request),
  );
}

/** Stops what is being added or built; nothing of it stays. */
export function stopPreparing(): void {
  uploading.stop.abort();
  call('lab.cancel', uploading.id === '' ? {} : { upload: uploading.id }).catch((error: unknown) =>
    say(sentenceOf(error)),
  );
}

async function prepare(
  kind: 'add' | 'phantom',
  name: string,
  label: string,
  make: () => Promise<LabVolume>,
): Promise<void> {
  setLab({ refusal: null, preparation: { kind, label, done: 0, of: 0, since: performance.now() } });
  try {
    const { volume } = await make();
    await refreshVolumes();
    await openVolume(volume);
  } catch (error) {
    const stopped =
      uploading.stop.signal.aborted || (error instanceof CalcarError && error.kind === 'cancelled');
    if (!stopped) setLab({ refusal: { name, sentence: sentenceOf(error) } });
  } finally {
    uploading = { id: '', stop: new AbortController() };
    setLab({ preparation: null });
  }
}

/** The folder's name, or the file's where it is one. */
function nameOf(files: readonly File[]): string {
  const first = files[0]!;
  const folder = first.webkitRelativePath.split('/')[0] ?? '';
  const name = folder !== '' ? folder : files.length === 1 ? first.name : 'CT';
  return name.slice(0, 300);
}

async function upload(files: readonly File[], id: string, signal: AbortSignal): Promise<void> {
  const taken = new Set<string>();
  const whole = files.reduce((sum, file) => sum + file.size, 0);
  let sent = 0;
  const since = performance.now();
  for (const [n, file] of files.entries()) {
    // Folders are laid together; what is called the same in two of them stays apart.
    const name = taken.has(file.name) ? `${String(n)}-${file.name}` : file.name;
    taken.add(name);
    for (let at = 0; at === 0 || at < file.size; at += partBytes) {
      const part = file.slice(at, at + partBytes);
      await asset(assetRoutes.labFile(id, name, at), { method: 'POST', body: part, signal });
      sent += part.size;
      setLab({ preparation: { kind: 'add', label: 'Copying the files', done: sent, of: whole, since } });
    }
  }
}

/** Puts a head where a person says it is, or back to where it was found. */
export async function placeHip(
  side: LabSide,
  head: { readonly centre: [number, number, number]; readonly radius: number } | null,
): Promise<void> {
  const { open } = lab();
  if (open === null) return;
  try {
    const volume = await call('lab.placeHip', { volume: open.volume, side, head });
    if (lab().open?.volume !== volume.volume) return;
    setLab({ open: volume });
    wantPicture();
  } catch (error) {
    say(sentenceOf(error));
    // The screen goes back to what the station has.
    setLab({ open: { ...open } });
  }
}

/** Shows a head at its new place while a hand still moves it; kept by `placeHip`. */
export function showHip(side: LabSide, hip: LabHip): void {
  setLab(({ open }) => (open === null ? {} : { open: { ...open, hips: { ...open.hips, [side]: hip } } }));
}
