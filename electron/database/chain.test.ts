import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import * as z from 'zod';
import { verifyChain } from './chain.ts';
import { openConnection } from './connection.ts';
import type { Database } from './database.ts';
import { openDatabase } from './database.ts';
import { addFilm } from './films.ts';
import { appendMachineRead, appendPersonRead } from './reads.ts';
import { hashOf, sampleFilm, sampleFinding, sampleRead } from './testing/samples.ts';

let folder: string;
let path: string;
let db: Database;
const stamp = { at: '2026-11-23T18:00:00.000Z', stationVersion: '0.1.0' };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'calcar-chain-'));
  path = join(folder, 'calcar.sqlite');
  db = await openDatabase(path);
  await db.write(async (w) => {
    await addFilm(w, sampleFilm('a'), stamp.at);
    await appendMachineRead(w, sampleFinding(hashOf('a')), stamp);
    for (let n = 0; n < 4; n++) await appendPersonRead(w, sampleRead(hashOf('a'), `reader ${n}`), stamp);
  });
});
afterEach(async () => {
  await db.close();
  rmSync(folder, { recursive: true, force: true });
});

it('holds over machine and person reads, and its hash can be recomputed by hand', async () => {
  const report = await db.read(verifyChain);
  expect(report).toMatchObject({ reads: 5, brokenAt: null });
  const rows = await db.read((r) =>
    r.all(
      z.object({ hash: z.string(), content: z.string(), previous_hash: z.string() }),
      'SELECT hash, content, previous_hash FROM reads ORDER BY id',
    ),
  );
  const first = rows[0]!;
  const byHand = `["",1,"${hashOf('a')}","machine","${stamp.at}","0.1.0",${JSON.stringify(first.content)}]`;
  expect(first.hash).toBe(createHash('sha256').update(byHand).digest('hex'));
  expect(rows[1]!.previous_hash).toBe(first.hash);
  expect(report.lastHash).toBe(rows[4]!.hash);
});

it.each([
  ['changed', "UPDATE reads SET at = at || ' '"],
  ['deleted', 'DELETE FROM reads WHERE id = 5'],
  [
    'replaced',
    "INSERT OR REPLACE INTO reads SELECT id, image_hash, kind, at, station_version, content, previous_hash, 'x' FROM reads WHERE id = 5",
  ],
  [
    'put out of order',
    "INSERT INTO reads SELECT 9, image_hash, kind, at, station_version, content, hash, 'x' FROM reads WHERE id = 5",
  ],
  [
    'chained to the wrong one',
    "INSERT INTO reads SELECT 6, image_hash, kind, at, station_version, content, previous_hash, 'x' FROM reads WHERE id = 5",
  ],
])('a read cannot be %s', async (_, sql) => {
  await expect(db.write((w) => w.run(sql))).rejects.toMatchObject({ kind: 'database-failed' });
  expect(await db.read(verifyChain)).toMatchObject({ reads: 5, brokenAt: null });
});

it.each([
  ['a changed grade', `UPDATE reads SET content = replace(content, '"III"', '"none"') WHERE id = 3`, 3],
  ['another time', "UPDATE reads SET at = '2020-01-01T00:00:00.000Z' WHERE id = 1", 1],
  ['a deleted read', 'DELETE FROM reads WHERE id = 2', 2],
  [
    'two reads swapped',
    'UPDATE reads SET id = 100 WHERE id = 3; UPDATE reads SET id = 3 WHERE id = 4; UPDATE reads SET id = 4 WHERE id = 100',
    3,
  ],
])('finds %s made behind its back', async (_, sql, brokenAt) => {
  await db.close();
  const connection = await openConnection(path, 'write');
  await connection.exec(`DROP TRIGGER reads_never_change; DROP TRIGGER reads_never_go; ${sql}`);
  await connection.close();
  db = await openDatabase(path);
  expect(await db.read(verifyChain)).toMatchObject({ brokenAt });
});

it('gives each hip a row to whoever opens the file with another tool', async () => {
  const row = z.object({ reader: z.string(), grade: z.string(), box_x: z.number(), duration_ms: z.number() });
  const rows = await db.read((r) =>
    r.all(row, 'SELECT reader, grade, box_x, duration_ms FROM hip_reads ORDER BY id'),
  );
  expect(rows[0]).toEqual({ reader: 'reader 0', grade: 'III', box_x: 101, duration_ms: 12_345 });
  expect(rows).toHaveLength(4);
});
