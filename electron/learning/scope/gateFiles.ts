/** The learned gate beside the weights of a model: `scope.weights`, and `scope.json` with how often it errs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scopeReport, type ScopeReport } from '../../contract/scopeReport.ts';
import { modelFiles, writeWeights, type Kernels } from '../../../models/index.ts';
import { seeded } from '../../random/random.ts';
import { loadTrainedReader } from '../loadTrainedModels.ts';
import { openSnapshot } from '../snapshots/snapshot.ts';
import { writeFailure } from '../writeFailure.ts';
import { scopeFilms } from './goodFilms.ts';
import { readStrange } from './strangeFolder.ts';
import { testScope } from './testScope.ts';
import { trainScope } from './trainScope.ts';

export const scopeReportFile = 'scope.json';

export interface GateFolders {
  /** With the weights of the model that the gate stands before. */
  readonly model: string;
  readonly snapshot: string;
  /** Of `makeStrange`. */
  readonly strange: string;
  /** Of its patients, from the first. */
  readonly strangePatients: number;
}

type Report = (done: number, of: number) => void;

/** @throws CalcarError 'not-found' or 'invalid-input' for what is to be learned from; 'disk-full', 'read-only' */
export async function trainGate(
  { model, snapshot, strange, strangePatients }: GateFolders,
  { steps, seed }: { readonly steps: number; readonly seed: number },
  kernels: Kernels,
  report: Report,
): Promise<void> {
  const films = scopeFilms(openSnapshot(snapshot));
  const pictures = Array.from({ length: strangePatients }, (_, n) => readStrange(strange, 'learn', n)).flat();
  const learned = await trainScope({ ...films, strange: pictures, steps }, kernels, seeded(seed), (step) =>
    report(step, steps),
  );
  write(join(model, modelFiles.scope), await writeWeights({ network: 'scope', ...learned }));
}

/** Tries the whole reader with its gate, and keeps what came out beside the weights. @throws CalcarError as it loads and reads */
export async function testGate(
  { model, snapshot, strange, strangePatients }: GateFolders,
  { patients, software }: { readonly patients: number; readonly software: string },
  report: Report,
): Promise<ScopeReport> {
  const opened = openSnapshot(snapshot);
  const pictures = Array.from({ length: strangePatients }, (_, n) => readStrange(strange, 'test', n)).flat();
  const reader = await loadTrainedReader(model);
  try {
    const errors = await testScope(
      { reader, snapshot: opened, patients, strange: pictures },
      seeded(1),
      report,
    );
    const value = scopeReport.parse({
      format: 1,
      warning:
        'Learned and measured on simulated films and on pictures altered or drawn by a program; how often it errs on films of patients is not known.',
      software,
      at: new Date().toISOString(),
      ...errors,
    });
    write(join(model, scopeReportFile), `${JSON.stringify(value, null, 1)}\n`);
    return value;
  } finally {
    reader.dispose();
  }
}

function write(path: string, content: string | Uint8Array): void {
  try {
    writeFileSync(path, content);
  } catch (error) {
    throw writeFailure(error);
  }
}
