import type { ShadowReport } from '../../contract/models.ts';
import type { ReadDraft } from '../../contract/reads.ts';
import { filmsWithReads } from '../../database/labels.ts';
import { countReadBy, filmsReadTwice, lastShadow, type ShadowSession } from '../../database/shadow.ts';
import { CalcarError } from '../../contract/errors.ts';
import { disclose } from '../blinding.ts';
import type { Calls } from '../calls.ts';
import type { Context } from '../context.ts';
import type { Shadow } from './shadow.ts';
import { shadowReportOf, type ShadowPair } from './shadowReport.ts';

/** The use case behind each call of the shadow. */
export function shadowCallsOf(
  context: Context,
  shadow: Shadow,
): Pick<Calls, Extract<keyof Calls, `shadow.${string}`>> {
  return {
    'shadow.start': async ({ model }) => {
      await shadow.start(model);
      const report = await reportOf(context, shadow, model);
      if (report === null) throw new CalcarError('internal', 'The candidate was started and is not known.');
      return report;
    },
    'shadow.stop': async () => {
      await shadow.stop();
      return {};
    },
    'shadow.report': ({ model }) => reportOf(context, shadow, model),
  };
}

/** More are no longer looked at one by one; the table counts them all. */
const mostDisagreements = 100;

async function reportOf(
  context: Context,
  shadow: Shadow,
  modelHash: string | null,
): Promise<ShadowReport | null> {
  const session = await context.database.read((db) => lastShadow(db, modelHash));
  if (session === undefined) return null;
  const { model, against, since, isRunning } = session;
  const pairs = await pairsOf(context, session);
  const { disagreements, ...measured } = shadowReportOf(pairs);
  return {
    candidate: model,
    against,
    isRunning,
    since,
    of: await context.database.read((db) => countReadBy(db, against.hash)),
    ...measured,
    disagreements: await disclosed(context, pairs, disagreements),
    failure: isRunning ? shadow.failure : null,
  };
}

async function pairsOf(context: Context, session: ShadowSession): Promise<ShadowPair[]> {
  const films = await context.database.read((db) => filmsReadTwice(db, session));
  const read = new Map<string, ReadDraft>();
  for (const { description, reads } of await context.database.read((db) => filmsWithReads(db))) {
    const last = reads.findLast(({ at }) => at >= session.since);
    if (last) read.set(description.imageHash, last.read);
  }
  return films.map(({ description, current, candidate }) => ({
    imageHash: description.imageHash,
    fileName: description.fileName,
    patient: description.patient.id ?? description.imageHash,
    simulated: description.simulated,
    current,
    candidate,
    read: read.get(description.imageHash) ?? null,
  }));
}

/** A row that names a film tells the current model's answer: it is kept from a blinded reader, and written down for others. */
async function disclosed(
  context: Context,
  pairs: readonly ShadowPair[],
  disagreements: ShadowReport['disagreements'],
): Promise<ShadowReport['disagreements']> {
  const answers = new Map(pairs.map(({ imageHash, current }) => [imageHash, current]));
  const shown: ShadowReport['disagreements'] = [];
  for (const row of disagreements) {
    if (shown.length === mostDisagreements) break;
    if ((await disclose(context, answers.get(row.imageHash)!)) !== null) shown.push(row);
  }
  return shown;
}
