import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DatasetRow, SnapshotEntry, Split } from '../contract/snapshot.ts';
import { verifyChain } from './chain.ts';
import { openConnection, type Connection } from './connection.ts';
import { openDatabase, writerOver, type Database, type Reader } from './database.ts';
import { addFilm, findFilm } from './films.ts';
import { filmsWithReads } from './labels.ts';
import { first } from './migrations/0001-first.ts';
import { prepareFile } from './prepareFile.ts';
import { appendMachineRead, appendPersonRead, readsOfFilm } from './reads.ts';
import {
  findSnapshot,
  knownSplits,
  listSnapshots,
  moveSnapshot,
  patientSalt,
  registerSnapshot,
} from './snapshots.ts';
import { hashOf, sampleFilm, sampleFinding, sampleRead } from './testing/samples.ts';

let folder: string;
let path: string;
const opened: { close(): Promise<void> }[] = [];
const at = '2026-11-24T01:00:00.000Z';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'calcar-snapshots-'));
  path = join(folder, 'calcar.sqlite');
});
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
  rmSync(folder, { recursive: true, force: true });
});

async function database(): Promise<Database> {
  const db = await openDatabase(path);
  opened.push(db);
  return db;
}

/** SQLite as another program would open it. */
async function raw(): Promise<Connection> {
  const connection = await openConnection(path, 'write');
  opened.push(connection);
  return connection;
}

const nobody = { patients: 0, films: 0, hips: { none: 0, I: 0, II: 0, III: 0, IV: 0, ungraded: 0 } };
const row = (name: string, frozenAt = at): DatasetRow => ({
  hash: hashOf(name),
  name,
  study: 'simulated study',
  folder: `/data/${name}`,
  frozenAt,
  counts: { learn: nobody, tune: nobody, test: nobody },
});

function entry(patient: string, split: Split, change: Partial<SnapshotEntry> = {}): SnapshotEntry {
  return {
    patient,
    split,
    stem: `${split}-000000`,
    truth: hashOf('truth'),
    pixels: hashOf('pixels'),
    images: [hashOf(`film of ${patient}`)],
    films: 1,
    hips: 1,
    drrs: 0,
    generated: 0,
    simulated: 1,
    cts: [],
    generators: [],
    ...change,
  };
}

const register = (db: Database, name: string, ...entries: SnapshotEntry[]): Promise<void> =>
  db.write((w) => registerSnapshot(w, row(name), entries));

describe('registering', () => {
  it('keeps what was given, the newest first, and remembers where it is', async () => {
    const db = await database();
    await register(db, 'old', entry('anna', 'learn'), entry('berta', 'tune'), entry('clara', 'test'));
    await db.write((w) =>
      registerSnapshot(w, row('new', '2026-11-25T01:00:00.000Z'), [entry('anna', 'learn')]),
    );
    expect(await db.read(listSnapshots)).toEqual([row('new', '2026-11-25T01:00:00.000Z'), row('old')]);
    await db.write((w) => moveSnapshot(w, hashOf('old'), '/elsewhere'));
    expect(await db.read((r) => findSnapshot(r, hashOf('old')))).toEqual({
      ...row('old'),
      folder: '/elsewhere',
    });
    expect(await db.read((r) => findSnapshot(r, hashOf('none')))).toBeUndefined();
    expect(Object.fromEntries(await db.read((r) => knownSplits(r, 'patient')))).toEqual({
      anna: 'learn',
      berta: 'tune',
      clara: 'test',
    });
  });

  const known = [
    entry('anna', 'learn', {
      cts: ['ct-of-anna', 'paula/series-1'],
      generators: [{ model: hashOf('generator'), learnedFrom: ['gerda'] }],
    }),
    entry('clara', 'test'),
  ];
  it.each<[string, SnapshotEntry, string]>([
    ['a patient of another split', entry('clara', 'learn'), 'patient clara (test)'],
    ['a CT of another split', entry('dora', 'tune', { cts: ['ct-of-anna'] }), 'ct ct-of-anna (learn)'],
    ['the patient of a CT that was learned from', entry('paula', 'test'), 'patient paula (learn)'],
    ['a patient whom a generator saw', entry('gerda', 'test'), 'patient gerda (learn)'],
    [
      'a generator that saw who tests',
      entry('dora', 'learn', { generators: [{ model: hashOf('g'), learnedFrom: ['clara'] }] }),
      'patient clara (test)',
    ],
    [
      "another patient's film",
      entry('dora', 'test', { images: [hashOf('film of anna')] }),
      `picture ${hashOf('film of anna')} (learn)`,
    ],
  ])('refuses %s, by name, and keeps nothing', async (_, other, named) => {
    const db = await database();
    await register(db, 'first', ...known);
    const before = await db.read((r) => knownSplits(r, 'patient'));
    const refusal = register(db, 'second', entry('emma', 'tune'), other);
    await expect(refusal).rejects.toMatchObject({ kind: 'leak' });
    await expect(refusal).rejects.toThrow(named);
    expect(await db.read(listSnapshots)).toEqual([row('first')]);
    expect(await db.read((r) => knownSplits(r, 'patient'))).toEqual(before);
  });

  it('refuses a snapshot that contradicts itself', async () => {
    const db = await database();
    const refusal = register(db, 'both', entry('anna', 'learn'), entry('anna', 'test'));
    await expect(refusal).rejects.toMatchObject({ kind: 'leak' });
    await expect(refusal).rejects.toThrow('patient anna');
    expect(await db.read(listSnapshots)).toEqual([]);
  });
});

describe('SQLite itself, asked by another program,', () => {
  async function filled(): Promise<Connection> {
    const db = await database();
    await register(
      db,
      'first',
      entry('anna', 'learn', {
        cts: ['ct-of-anna'],
        generators: [{ model: hashOf('generator'), learnedFrom: ['gerda'] }],
      }),
      entry('clara', 'test'),
    );
    const connection = await raw();
    await connection.exec('PRAGMA foreign_keys = ON');
    await connection.exec(
      `INSERT INTO snapshots VALUES ('${hashOf('second')}', 'second', 'simulated study', '/x', '${at}', '{}')`,
    );
    return connection;
  }
  const member = (kind: string, key: string, split: Split): string =>
    `INSERT INTO snapshot_members VALUES ('${hashOf('second')}', '${kind}', '${key}', '${split}')`;

  it('takes members of their own split', async () => {
    const connection = await filled();
    await connection.exec(member('patient', 'anna', 'learn'));
    await connection.exec(member('ct', 'ct-of-anna', 'learn'));
  });

  it.each<[string, string]>([
    ['a patient in another split', member('patient', 'clara', 'learn')],
    ['a CT in another split', member('ct', 'ct-of-anna', 'test')],
    ['a patient whom a generator saw, to test', member('patient', 'gerda', 'test')],
    ['a film in another split', member('picture', hashOf('film of clara'), 'learn')],
    ['a member that has no split', member('patient', 'nobody', 'test')],
    ['another split for a patient', "UPDATE split_members SET split = 'learn' WHERE key = 'clara'"],
    ['a patient taken back', "DELETE FROM split_members WHERE key = 'clara'"],
    [
      'a patient given again',
      `INSERT OR REPLACE INTO split_members VALUES ('patient', 'clara', 'learn', '${at}')`,
    ],
    ['a split that there is not', `INSERT INTO split_members VALUES ('patient', 'dora', 'both', '${at}')`],
    ['another member', "UPDATE snapshot_members SET split = 'test' WHERE key = 'anna'"],
    ['a member taken out', 'DELETE FROM snapshot_members'],
    ['a snapshot under another name', "UPDATE snapshots SET name = 'mine'"],
    ['other counts', "UPDATE snapshots SET counts = '[]'"],
    ['a snapshot that is gone', `DELETE FROM snapshots WHERE hash = '${hashOf('second')}'`],
  ])('refuses %s', async (_, sql) => {
    const connection = await filled();
    const all = async (): Promise<unknown[]> => [
      ...(await connection.all('SELECT * FROM split_members ORDER BY kind, key')),
      ...(await connection.all('SELECT * FROM snapshots ORDER BY hash')),
      ...(await connection.all('SELECT * FROM snapshot_members ORDER BY kind, key')),
    ];
    const before = await all();
    await expect(connection.exec(sql)).rejects.toMatchObject({ kind: 'database-failed' });
    expect(await all()).toEqual(before);
  });
});

describe('a database from before there were data sets', () => {
  it('keeps every film and read, its chain holds, and it is copied first', async () => {
    await prepareFile(path, [first]);
    const old = await openConnection(path, 'write');
    const writer = writerOver(old, path);
    const names = ['a', 'b', 'c'];
    for (const name of names) {
      await addFilm(writer, sampleFilm(name), at);
      const stamp = { at, stationVersion: '0.1.0' };
      await appendMachineRead(writer, sampleFinding(hashOf(name)), stamp);
      await appendPersonRead(writer, sampleRead(hashOf(name)), stamp);
      await appendPersonRead(writer, sampleRead(hashOf(name), 'reader two'), stamp);
    }
    const reads = (db: Reader): Promise<unknown> =>
      Promise.all(names.map((name) => readsOfFilm(db, hashOf(name))));
    const [before, chain] = [await reads(writer), await verifyChain(writer)];
    await old.close();

    const db = await database();
    expect(await db.read(reads)).toEqual(before);
    expect(chain).toMatchObject({ reads: 9, brokenAt: null });
    expect(await db.read(verifyChain)).toEqual(chain);
    expect((await db.read((r) => findFilm(r, hashOf('a'))))?.description).toEqual(sampleFilm('a'));
    expect(readdirSync(folder).filter((name) => name.endsWith('.backup'))).toHaveLength(1);
    await register(db, 'first', entry('anna', 'learn'));
    await expect(register(db, 'second', entry('anna', 'test'))).rejects.toMatchObject({ kind: 'leak' });
  });

  it('gets a salt of its own that stays', async () => {
    const db = await database();
    const salt = await db.read(patientSalt);
    expect(salt).toMatch(/^[0-9a-f]{64}$/);
    await db.close();
    expect(await (await database()).read(patientSalt)).toBe(salt);
    const other = await openDatabase(join(folder, 'other.sqlite'));
    opened.push(other);
    expect(await other.read(patientSalt)).not.toBe(salt);
  });
});

it('gives the last read of each reader, in the order they were committed', async () => {
  const db = await database();
  const stamp = { at, stationVersion: '1' };
  await db.write(async (w) => {
    await addFilm(w, sampleFilm('a'), at);
    await addFilm(w, sampleFilm('b'), at);
    await appendPersonRead(w, sampleRead(hashOf('a'), 'one'), stamp);
    await appendPersonRead(w, sampleRead(hashOf('a'), 'two'), stamp);
    await appendPersonRead(w, { ...sampleRead(hashOf('a'), 'one'), comment: 'on second thoughts' }, stamp);
    await appendMachineRead(w, sampleFinding(hashOf('b')), stamp);
  });
  const films = await db.read(filmsWithReads);
  expect(films.map(({ description }) => description.fileName)).toEqual(['a.dcm']);
  expect(films[0]!.reads.map(({ id, read }) => [id, read.reader, read.comment])).toEqual([
    [2, 'two', ''],
    [3, 'one', 'on second thoughts'],
  ]);
});
