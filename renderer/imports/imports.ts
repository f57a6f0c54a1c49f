import { create } from 'zustand';
import type { ImportOutcome } from '../../electron/contract/reads.ts';
import { refreshList, setApp } from '../app/store.ts';
import { importFile, sentenceOf } from '../station.ts';
import { openFilm } from '../reading/openFilm.ts';
import { session } from '../reading/session.ts';

/** One run of an import: files go to the station one by one, so it can be stopped between any two. */
interface ImportRun {
  readonly running: boolean;
  readonly cancelled: boolean;
  readonly done: number;
  readonly of: number;
  readonly current: string | null;
  readonly outcomes: readonly ImportOutcome[];
  /** Since when, in epoch milliseconds. */
  readonly startedAt: number;
}

const none: ImportRun = {
  running: false,
  cancelled: false,
  done: 0,
  of: 0,
  current: null,
  outcomes: [],
  startedAt: 0,
};

export const useImports = create<ImportRun>(() => none);

let waiting: File[] = [];
let stop = new AbortController();

/** Adds files to the import that runs, or begins one. Progress and refusals are in `useImports`. */
export async function importFiles(files: readonly File[]): Promise<void> {
  if (files.length === 0) return;
  const run = useImports.getState();
  waiting.push(...files);
  setApp({ overlay: 'imports', room: 'reading' });
  if (run.running) {
    useImports.setState({ of: run.of + files.length });
    return;
  }
  stop = new AbortController();
  useImports.setState({ ...none, running: true, of: files.length, startedAt: Date.now() });
  for (let file = waiting.shift(); file !== undefined && !stop.signal.aborted; file = waiting.shift()) {
    useImports.setState({ current: file.name });
    const outcomes = await importOne(file);
    useImports.setState((now) => ({ done: now.done + 1, outcomes: [...now.outcomes, ...outcomes] }));
  }
  waiting = [];
  useImports.setState({ running: false, current: null, cancelled: stop.signal.aborted });
  await refreshList();
  finish();
}

async function importOne(file: File): Promise<ImportOutcome[]> {
  try {
    return await importFile(file, stop.signal);
  } catch (error) {
    if (stop.signal.aborted) return [];
    return [
      {
        state: 'refused',
        fileName: file.name,
        imageHash: null,
        kind: 'internal',
        sentence: sentenceOf(error),
      },
    ];
  }
}

/** Nothing to say when every file went in: the first of them is opened. Else the list of refusals stays. */
function finish(): void {
  const { outcomes, cancelled } = useImports.getState();
  const first = outcomes.find((outcome) => outcome.state !== 'refused');
  if (!cancelled && outcomes.every((outcome) => outcome.state !== 'refused')) setApp({ overlay: null });
  if (first?.imageHash != null && session().imageHash === null) void openFilm(first.imageHash);
}

/** Stops after the file that is under way; what went in stays in. */
export function cancelImport(): void {
  stop.abort();
}
