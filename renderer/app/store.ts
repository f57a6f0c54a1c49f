import { create } from 'zustand';
import type { Settings, StationEvent, StationState } from '../../electron/contract/api.ts';
import type { WorklistRow } from '../../electron/contract/reads.ts';
import { call, listen, sentenceOf } from '../station.ts';

export type Room = 'reading' | 'lab' | 'training' | 'evaluation' | 'models' | 'settings';
export type Overlay = 'keys' | 'palette' | 'imports' | null;
export interface Notice {
  readonly text: string;
  /** 'loss' is for 'data may be lost' and nothing else. */
  readonly tone: 'plain' | 'loss';
}
export interface Progress {
  readonly job: 'demo' | 'import' | 'freeze' | 'evaluate' | 'judge' | 'saliency-tests';
  readonly done: number;
  readonly of: number;
  readonly label: string;
}

interface AppStore {
  readonly room: Room;
  readonly overlay: Overlay;
  readonly state: StationState | null;
  readonly stateError: string | null;
  readonly settings: Settings;
  readonly settingsLoaded: boolean;
  /** Null until the first list has come. */
  readonly rows: readonly WorklistRow[] | null;
  readonly listError: string | null;
  readonly search: string;
  readonly progress: Progress | null;
  readonly notice: Notice | null;
  /** The reader's choice; null leaves it to the room: whole while no film is open, a strip beside a film. */
  readonly listWhole: boolean | null;
  readonly panelShown: boolean;
}

export const useApp = create<AppStore>(() => ({
  room: 'reading',
  overlay: null,
  state: null,
  stateError: null,
  settings: { reader: '', blinded: false, theme: 'dark', keys: {} },
  settingsLoaded: false,
  rows: null,
  listError: null,
  search: '',
  progress: null,
  notice: null,
  listWhole: null,
  panelShown: true,
}));

export const setApp = useApp.setState;

let noticeTimer: ReturnType<typeof setTimeout> | undefined;

/** Says something in the status line; plain news goes away by itself, a loss stays until the next word. */
export function say(text: string, tone: Notice['tone'] = 'plain'): void {
  clearTimeout(noticeTimer);
  setApp({ notice: { text, tone } });
  if (tone === 'plain') noticeTimer = setTimeout(() => setApp({ notice: null }), 8000);
}

export async function refreshState(): Promise<void> {
  try {
    setApp({ state: await call('station.state', {}), stateError: null });
  } catch (error) {
    setApp({ stateError: sentenceOf(error) });
  }
}

let listAsked = 0;

/** Asks for the list as it is now; of several questions only the last one's answer is shown. */
export async function refreshList(): Promise<void> {
  const asked = ++listAsked;
  const { search } = useApp.getState();
  try {
    const rows = await call('worklist.list', search.trim() === '' ? {} : { search: search.trim() });
    if (asked === listAsked) setApp({ rows, listError: null });
  } catch (error) {
    if (asked === listAsked) setApp({ listError: sentenceOf(error) });
  }
}

let searchTimer: ReturnType<typeof setTimeout> | undefined;

export function setSearch(search: string): void {
  setApp({ search });
  clearTimeout(searchTimer);
  searchTimer = setTimeout(() => void refreshList(), 120);
}

/** Changes what the station has kept; the page shows the change once it is kept. */
export async function changeSettings(change: Partial<Settings>): Promise<void> {
  try {
    setApp({ settings: await call('settings.save', { ...useApp.getState().settings, ...change }) });
    if ('blinded' in change || 'reader' in change) void refreshList();
  } catch (error) {
    say(sentenceOf(error));
  }
}

let listTimer: ReturnType<typeof setTimeout> | undefined;

/** Many films change at once during an import; the list is asked for at most five times a second. */
function listSoon(): void {
  listTimer ??= setTimeout(() => {
    listTimer = undefined;
    void refreshList();
    void refreshState();
  }, 200);
}

function hear(event: StationEvent): void {
  switch (event.event) {
    case 'compute': {
      const { state } = useApp.getState();
      if (state !== null) setApp({ state: { ...state, compute: event.compute } });
      void refreshState();
      return;
    }
    case 'worklist-changed':
    case 'film-state':
      listSoon();
      return;
    case 'progress':
      setApp({ progress: event.done >= event.of ? null : event });
  }
}

/** Starts listening and loads what every screen needs. Returns the way to stop. */
export function startApp(): () => void {
  const stop = listen(hear);
  void refreshState();
  void refreshList();
  void call('settings.load', {}).then(
    (settings) => setApp({ settings, settingsLoaded: true }),
    (error: unknown) => {
      setApp({ settingsLoaded: true });
      say(sentenceOf(error));
    },
  );
  return stop;
}

export async function makeDemo(): Promise<void> {
  setApp({ progress: { job: 'demo', done: 0, of: 1, label: 'Making simulated films' } });
  try {
    const outcomes = await call('demo.make', { patients: 6 });
    const made = outcomes.filter((outcome) => outcome.state !== 'refused').length;
    say(`${String(made)} simulated films were added to the list.`);
    await refreshList();
  } catch (error) {
    say(sentenceOf(error));
  } finally {
    setApp({ progress: null });
  }
}
