import * as z from 'zod';
import { finding } from '../contract/finding.ts';
import type { Reader } from './database.ts';
import { stored } from './stored.ts';

const machineRow = z.object({
  id: z.number().int(),
  at: z.string(),
  content: stored(finding.pick({ imageHash: true, outcome: true, input: true, hips: true }).strip()),
  patient: z.string(),
});

/** A film as one model read it first. */
export type FirstMachineRead = z.infer<typeof machineRow>;

/**
 * The first answer of a model to each film, in the order in which they were stored, with the patient by the file's
 * identifier or, where it has none, the film's hash.
 *
 * @param readBy only films that this person has read; null for all
 */
export async function firstMachineReads(
  db: Reader,
  modelHash: string,
  readBy: string | null,
): Promise<FirstMachineRead[]> {
  return db.all(
    machineRow,
    `SELECT r.id, r.at, r.content,
       coalesce(json_extract(f.description, '$.patient.id'), r.image_hash) AS patient
     FROM reads r JOIN films f ON f.image_hash = r.image_hash
     WHERE r.id IN (SELECT min(id) FROM reads WHERE kind = 'machine' AND model_hash = ?1 GROUP BY image_hash)
       AND (?2 IS NULL OR EXISTS (SELECT 1 FROM reads p
         WHERE p.image_hash = r.image_hash AND p.kind = 'person' AND p.reader = ?2))
     ORDER BY r.id`,
    modelHash,
    readBy,
  );
}
