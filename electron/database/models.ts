/** The model shelf as the database keeps it. */
import * as z from 'zod';
import {
  defaultRules,
  promotionEvent,
  promotionRules,
  shelvedEvaluation,
  shelvedModel,
  type PromotionEvent,
  type PromotionRules,
  type ShelvedEvaluation,
} from '../contract/models.ts';
import type { Reader, Writer } from './database.ts';
import { stored } from './stored.ts';

/** What a model is from the day it was put on the shelf. */
export const shelfEntry = shelvedModel.omit({
  state: true,
  evaluations: true,
  confidence: true,
  saliency: true,
  reads: true,
});
export type ShelfEntry = z.infer<typeof shelfEntry>;

export async function shelveModel(db: Writer, entry: ShelfEntry): Promise<void> {
  await db.run(
    'INSERT INTO models (hash, added_at, content) VALUES (?, ?, ?)',
    entry.hash,
    entry.addedAt,
    JSON.stringify(entry),
  );
}

/** In the order in which they were put there, the last first. */
export async function shelvedModels(db: Reader): Promise<ShelfEntry[]> {
  const rows = await db.all(
    z.object({ content: stored(shelfEntry) }),
    'SELECT content FROM models ORDER BY rowid DESC',
  );
  return rows.map(({ content }) => content);
}

export async function shelvedModelOf(db: Reader, hash: string): Promise<ShelfEntry | undefined> {
  const row = await db.first(
    z.object({ content: stored(shelfEntry) }),
    'SELECT content FROM models WHERE hash = ?',
    hash,
  );
  return row?.content;
}

export async function addEvaluation(db: Writer, model: string, made: ShelvedEvaluation): Promise<void> {
  await db.run(
    'INSERT INTO model_evaluations (model_hash, snapshot_hash, at, content) VALUES (?, ?, ?, ?)',
    model,
    made.snapshot.hash,
    made.at,
    JSON.stringify(made),
  );
}

/** Newest first. */
export async function evaluationsOf(db: Reader, model: string): Promise<ShelvedEvaluation[]> {
  const rows = await db.all(
    z.object({ content: stored(shelvedEvaluation) }),
    'SELECT content FROM model_evaluations WHERE model_hash = ? ORDER BY id DESC',
    model,
  );
  return rows.map(({ content }) => content);
}

export async function readsBy(db: Reader, model: string): Promise<number> {
  const row = await db.first(
    z.object({ reads: z.number() }),
    "SELECT count(*) AS reads FROM reads WHERE kind = 'machine' AND model_hash = ?",
    model,
  );
  return row!.reads;
}

/** The rules for trainings that begin now. */
export async function rulesInForce(db: Reader): Promise<PromotionRules> {
  const row = await db.first(
    z.object({ content: stored(promotionRules) }),
    'SELECT content FROM promotion_rules ORDER BY id DESC LIMIT 1',
  );
  return row?.content ?? defaultRules;
}

export async function addRules(db: Writer, rules: PromotionRules, at: string): Promise<void> {
  await db.run('INSERT INTO promotion_rules (at, content) VALUES (?, ?)', at, JSON.stringify(rules));
}

/** Newest first. */
export async function promotionEvents(db: Reader): Promise<PromotionEvent[]> {
  const rows = await db.all(
    z.object({ content: stored(promotionEvent) }),
    'SELECT content FROM promotions ORDER BY id DESC',
  );
  return rows.map(({ content }) => content);
}

/** Numbers the event, and says of it when the clock stood before that of the last one. */
export async function appendPromotion(
  db: Writer,
  event: Omit<PromotionEvent, 'id' | 'clockWentBack'>,
): Promise<PromotionEvent> {
  const [last] = await promotionEvents(db);
  const whole: PromotionEvent = {
    id: (last?.id ?? 0) + 1,
    clockWentBack: last !== undefined && event.at < last.at,
    ...event,
  };
  await db.run(
    'INSERT INTO promotions (id, at, kind, model_hash, content) VALUES (?, ?, ?, ?, ?)',
    whole.id,
    whole.at,
    whole.kind,
    whole.model.hash,
    JSON.stringify(whole),
  );
  return whole;
}
