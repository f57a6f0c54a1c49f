import * as z from 'zod';
import { CalcarError } from '../contract/errors.ts';
import {
  countsBySplit,
  split,
  study,
  type DatasetRow,
  type SnapshotEntry,
  type Split,
} from '../contract/snapshot.ts';
import type { Reader, Writer } from './database.ts';
import { stored } from './stored.ts';

const snapshotRow = z.object({
  hash: z.string(),
  name: z.string(),
  study,
  folder: z.string(),
  frozen_at: z.string(),
  counts: stored(countsBySplit),
});

/** Newest first. */
export async function listSnapshots(db: Reader): Promise<DatasetRow[]> {
  const rows = await db.all(
    snapshotRow,
    'SELECT hash, name, study, folder, frozen_at, counts FROM snapshots ORDER BY frozen_at DESC, hash',
  );
  return rows.map(({ frozen_at: frozenAt, ...row }) => ({ ...row, frozenAt }));
}

export async function findSnapshot(db: Reader, hash: string): Promise<DatasetRow | undefined> {
  return (await listSnapshots(db)).find((row) => row.hash === hash);
}

/** Says where a snapshot is now. */
export async function moveSnapshot(db: Writer, hash: string, folder: string): Promise<void> {
  await db.run('UPDATE snapshots SET folder = ? WHERE hash = ?', folder, hash);
}

/** The split to which each known patient, or each known picture by its hashes, belongs. */
export async function knownSplits(
  db: Reader,
  kind: Exclude<Member['kind'], 'ct'>,
): Promise<ReadonlyMap<string, Split>> {
  const rows = await db.all(
    z.object({ key: z.string(), split }),
    'SELECT key, split FROM split_members WHERE kind = ?',
    kind,
  );
  return new Map(rows.map((row) => [row.key, row.split]));
}

/** What keys of patients are made with. */
export async function patientSalt(db: Reader): Promise<string> {
  const row = await db.first(z.object({ salt: z.string() }), 'SELECT salt FROM station_secret');
  return row!.salt;
}

interface Member {
  readonly kind: 'patient' | 'ct' | 'picture';
  readonly key: string;
  readonly split: Split;
}

/** Everything of an entry that must not be met in another split. */
function membersOf({ patient, split: own, images, cts, generators }: SnapshotEntry): Member[] {
  return [
    { kind: 'patient', key: patient, split: own },
    ...images.map((key): Member => ({ kind: 'picture', key, split: own })),
    // Where the patient of a CT is known, its key is his, or his with the series after a slash.
    ...cts.flatMap((key): Member[] => [
      { kind: 'ct', key, split: own },
      { kind: 'patient', key: key.split('/')[0]!, split: own },
    ]),
    ...generators.flatMap(({ learnedFrom }) =>
      learnedFrom.map((key): Member => ({ kind: 'patient', key, split: own })),
    ),
  ];
}

const otherSplit = z.object({ kind: z.string(), key: z.string(), split });

/**
 * Registers a frozen snapshot with all that it holds. Nothing is kept when anything of it belongs to another
 * split.
 *
 * @throws CalcarError 'leak' naming what belongs elsewhere
 */
export async function registerSnapshot(
  db: Writer,
  row: DatasetRow,
  entries: readonly SnapshotEntry[],
): Promise<void> {
  await db.run(
    'INSERT INTO snapshots (hash, name, study, folder, frozen_at, counts) VALUES (?, ?, ?, ?, ?, ?)',
    row.hash,
    row.name,
    row.study,
    row.folder,
    row.frozenAt,
    JSON.stringify(row.counts),
  );
  const members = JSON.stringify(entries.flatMap(membersOf));
  await db.run(
    `INSERT INTO split_members (kind, key, split, since)
     SELECT value ->> '$.kind' AS k, value ->> '$.key' AS i, min(value ->> '$.split'), ?2 FROM json_each(?1)
     WHERE NOT EXISTS (SELECT 1 FROM split_members WHERE kind = value ->> '$.kind' AND key = value ->> '$.key')
     GROUP BY k, i`,
    members,
    row.frozenAt,
  );
  const elsewhere = await db.all(
    otherSplit,
    `SELECT DISTINCT s.kind, s.key, s.split FROM json_each(?1) m
     JOIN split_members s ON s.kind = m.value ->> '$.kind' AND s.key = m.value ->> '$.key'
     WHERE s.split <> m.value ->> '$.split'`,
    members,
  );
  if (elsewhere.length > 0) throw leak(elsewhere);
  await db.run(
    `INSERT INTO snapshot_members (snapshot_hash, kind, key, split)
     SELECT DISTINCT ?2, value ->> '$.kind', value ->> '$.key', value ->> '$.split' FROM json_each(?1)`,
    members,
    row.hash,
  );
}

const mostNamed = 10;

function leak(elsewhere: readonly z.infer<typeof otherSplit>[]): CalcarError {
  const named = elsewhere.slice(0, mostNamed).map(({ kind, key, split: its }) => `${kind} ${key} (${its})`);
  const more = elsewhere.length > mostNamed ? ` and ${String(elsewhere.length - mostNamed)} more` : '';
  return new CalcarError(
    'leak',
    `This data set is refused: it gives to one split what this station knows to be of another. ${named.join(', ')}${more}. What tests a model must never be learned from; nothing was changed.`,
  );
}
