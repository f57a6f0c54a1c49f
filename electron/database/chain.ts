import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Reader } from './database.ts';

/** One read as it is hashed. */
export interface ChainLink {
  readonly id: number;
  readonly imageHash: string;
  readonly kind: string;
  readonly at: string;
  readonly stationVersion: string;
  /** The stored JSON text, byte for byte. */
  readonly content: string;
  /** Hash of the read before; empty for the first. */
  readonly previousHash: string;
}

/** SHA-256, in hex, over the JSON array of a link's fields, the previous hash first. */
export function linkHash(link: ChainLink): string {
  const fields = [
    link.previousHash,
    link.id,
    link.imageHash,
    link.kind,
    link.at,
    link.stationVersion,
    link.content,
  ];
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex');
}

export interface ChainReport {
  readonly reads: number;
  /** Hash of the last read; kept elsewhere, it proves later that nothing was cut off the end. Empty without reads. */
  readonly lastHash: string;
  /** The first read that is missing or does not follow from the one before; null when the chain holds. */
  readonly brokenAt: number | null;
}

const chainRow = z.object({
  id: z.number(),
  image_hash: z.string(),
  kind: z.string(),
  at: z.string(),
  station_version: z.string(),
  content: z.string(),
  previous_hash: z.string(),
  hash: z.string(),
});
const pageSize = 1000;

/**
 * Recomputes the chain of all reads. A read that was changed, taken out or put in between by other means
 * than Calcar is found; a clean cut at the end is found only by comparing `reads` and `lastHash` with a
 * record kept elsewhere.
 */
export async function verifyChain(db: Reader): Promise<ChainReport> {
  let reads = 0;
  let lastHash = '';
  for (;;) {
    const page = await db.all(
      chainRow,
      `SELECT id, image_hash, kind, at, station_version, content, previous_hash, hash
       FROM reads WHERE id > ? ORDER BY id LIMIT ${pageSize}`,
      reads,
    );
    for (const row of page) {
      const expected = linkHash({
        id: row.id,
        imageHash: row.image_hash,
        kind: row.kind,
        at: row.at,
        stationVersion: row.station_version,
        content: row.content,
        previousHash: lastHash,
      });
      if (row.id !== reads + 1 || row.previous_hash !== lastHash || row.hash !== expected)
        return { reads, lastHash, brokenAt: reads + 1 };
      reads = row.id;
      lastHash = row.hash;
    }
    if (page.length < pageSize) return { reads, lastHash, brokenAt: null };
  }
}
