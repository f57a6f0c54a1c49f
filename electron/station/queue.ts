import type { LabellingQueue } from '../contract/queue.ts';
import type { Reader } from '../database/database.ts';
import { appendQueue, labelledInputs, lastModel, unreadFilms } from '../database/queue.ts';
import { recordDisclosure } from '../database/reads.ts';
import { loadSettings } from '../database/settings.ts';
import { labellingOrder } from '../learning/queue/score.ts';
import { defaultSettings } from './blinding.ts';
import type { Context } from './context.ts';
import { now } from './context.ts';

/**
 * What to label next, by the models in use (of a station without any, by those that read last), written down as it is given
 * out. A blinded reader gets the order alone: score and reasons would be the machine's word on films not read yet.
 */
export async function nextToLabel(context: Context, { films }: { films: number }): Promise<LabellingQueue> {
  const { reader, blinded } = (await context.database.read(loadSettings)) ?? defaultSettings;
  const inUse = context.machine.model()?.hash ?? null;
  const queue = await context.database.read((db) => orderOf(db, inUse, films));
  const id =
    queue.rows.length === 0 ? null : await writeDown(context, reader, { ...queue, withheld: blinded });
  return {
    ...queue,
    id,
    withheld: blinded,
    rows: blinded ? queue.rows.map((row) => ({ ...row, score: null, reasons: [] })) : queue.rows,
  };
}

/** A reason says something of the machine's answer, so whoever is told it reads that film unblinded from then on. */
function writeDown(context: Context, reader: string, queue: Omit<LabellingQueue, 'id'>): Promise<number> {
  const { at, modelHash, rows, withheld } = queue;
  return context.database.write(async (db) => {
    if (!withheld && modelHash !== null)
      for (const { imageHash } of rows) await recordDisclosure(db, { imageHash, modelHash }, reader, at);
    return appendQueue(db, { reader, queue });
  });
}

async function orderOf(
  db: Reader,
  inUse: string | null,
  most: number,
): Promise<Omit<LabellingQueue, 'id' | 'withheld'>> {
  const modelHash = inUse ?? (await lastModel(db)) ?? null;
  const unread = await unreadFilms(db);
  const read = unread.flatMap(({ findings, ...film }) => {
    const finding = findings.find((each) => each.modelHash === modelHash);
    return finding === undefined
      ? []
      : [{ ...film, finding, others: findings.filter((each) => each.modelHash !== modelHash) }];
  });
  const labelled = modelHash === null ? [] : await labelledInputs(db, modelHash);
  return {
    at: now(),
    modelHash,
    rows: labellingOrder(read, labelled, most),
    unlabelled: unread.length,
    scored: read.filter(({ finding }) => finding.hips.length > 0).length,
  };
}
