import { CalcarError } from '../contract/errors.ts';
import type { ErrorKind } from '../contract/errors.ts';
import type { FilmState } from '../contract/film.ts';
import type { Finding } from '../contract/finding.ts';
import { filmTagsOf } from '../contract/reading.ts';
import { setFilmState } from '../database/films.ts';
import { appendMachineRead, lastFinding } from '../database/reads.ts';
import { toGreyImage } from '../dicom/display.ts';
import { disclose, isWithheld } from './blinding.ts';
import type { Context } from './context.ts';
import { now, usableFilm } from './context.ts';

/** The answer of the current model: the stored one, else a new one, which is stored before it is given. */
export async function readFilm(context: Context, imageHash: string): Promise<Finding> {
  const description = await usableFilm(context, imageHash);
  const stored = await storedFinding(context, imageHash);
  if (stored) return stored;
  await changeState(context, imageHash, 'reading', null);
  try {
    const { opened, decodeMs } = await context.opened(imageHash);
    const { reading, backend, model } = await context.machine.read(
      toGreyImage(opened),
      filmTagsOf(description),
    );
    const found: Finding = {
      imageHash,
      modelHash: model.hash,
      modelName: model.name,
      backend,
      outcome: reading.outcome,
      warnings: reading.warnings,
      hips: reading.hips,
      confidenceHash: reading.confidenceHash,
      scope: reading.scope,
      input: reading.input,
      timings: { decodeMs, ...reading.timings },
    };
    await context.database.write(async (db) => {
      await appendMachineRead(db, found, { at: now(), stationVersion: context.version });
      await setFilmState(db, imageHash, found.outcome, reasonOf(found));
    });
    await announce(context, imageHash, found.outcome);
    context.log.info('film read', { imageHash, outcome: found.outcome, backend });
    return found;
  } catch (error) {
    await stateAfterFailure(context, imageHash, error);
    throw error;
  }
}

async function storedFinding(context: Context, imageHash: string): Promise<Finding | undefined> {
  const model = context.machine.model();
  return model === null ? undefined : context.database.read((db) => lastFinding(db, imageHash, model));
}

/** Why an answer was refused or is in doubt: the sentences of the warnings that weigh that much. */
function reasonOf(found: Finding): string | null {
  const weight = { answered: null, doubtful: 'doubt', refused: 'refuse' }[found.outcome];
  const sentences = found.warnings.filter((warning) => warning.weight === weight);
  return sentences.length === 0 ? null : sentences.map((warning) => warning.sentence).join(' ');
}

/** Failures of the machine and not of the film: the film waits for a machine that works. */
const notTheFilm: ReadonlySet<ErrorKind> = new Set([
  'compute-crashed',
  'backend-unavailable',
  'model-missing',
  'model-damaged',
  'cancelled',
  'disk-full',
  'database-failed',
  'database-damaged',
]);

async function stateAfterFailure(context: Context, imageHash: string, error: unknown): Promise<void> {
  context.log.failure('film not read', error, { imageHash });
  const known = error instanceof CalcarError ? error : undefined;
  try {
    if (known && notTheFilm.has(known.kind)) await changeState(context, imageHash, 'new', known.message);
    else
      await changeState(
        context,
        imageHash,
        'failed',
        known?.message ??
          'The reading of this film failed; the log has the details. It can be read by a person.',
      );
  } catch (second) {
    // The first failure is the one that is told; a disk that takes nothing takes no state either.
    context.log.failure('film state not saved', second, { imageHash });
  }
}

async function changeState(
  context: Context,
  imageHash: string,
  state: FilmState,
  reason: string | null,
): Promise<void> {
  await context.database.write((db) => setFilmState(db, imageHash, state, reason));
  await announce(context, imageHash, state);
}

/** The state as the present reader may know it: whether the machine doubts or refuses is the machine's word. */
async function announce(context: Context, imageHash: string, state: FilmState): Promise<void> {
  const hidden =
    (state === 'doubtful' || state === 'refused') &&
    (await context.database.read((db) => isWithheld(db, imageHash)));
  context.emit({ event: 'film-state', imageHash, state: hidden ? 'answered' : state });
}

/** The last answer without running anything; null before one and while it is withheld. */
export async function findingOf(
  context: Context,
  { imageHash }: { imageHash: string },
): Promise<Finding | null> {
  await usableFilm(context, imageHash);
  const model = context.machine.model();
  const found = await context.database.read((db) => lastFinding(db, imageHash, model));
  return found ? disclose(context, found) : null;
}
