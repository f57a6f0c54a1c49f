import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { openConnection } from './connection.ts';
import type { Database } from './database.ts';
import { openDatabase } from './database.ts';
import { addFilm, addUnusable, countFilms, findFilm, listFilms, setFilmState } from './films.ts';
import { loadDraft, removeDraft, saveDraft } from './drafts.ts';
import { migrations } from './migrations/all.ts';
import { prepareFile } from './prepareFile.ts';
import { appendPersonRead, readsOfFilm } from './reads.ts';
import { loadSettings, saveSettings } from './settings.ts';
import { hashOf, sampleFilm, sampleRead } from './testing/samples.ts';

let folder: string;
let path: string;
const open: Database[] = [];
const at = '2026-11-23T18:00:00.000Z';

async function database(): Promise<Database> {
  const db = await openDatabase(path);
  open.push(db);
  return db;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'calcar-database-'));
  path = join(folder, 'calcar.sqlite');
});
afterEach(async () => {
  for (const db of open.splice(0)) await db.close();
  rmSync(folder, { recursive: true, force: true });
});

const contents = (): string => createHash('sha256').update(readFileSync(path)).digest('hex');

describe('opening', () => {
  it('makes a database that syncs every commit', async () => {
    const db = await database();
    const pragma = z.object({ journal_mode: z.string() });
    expect(await db.read((r) => r.first(pragma, 'PRAGMA journal_mode'))).toEqual({ journal_mode: 'wal' });
    await db.write(async (w) => {
      expect(await w.first(z.object({ synchronous: z.number() }), 'PRAGMA synchronous')).toEqual({
        synchronous: 2,
      });
    });
    expect(readdirSync(folder).filter((name) => name.includes('.new'))).toEqual([]);
  });

  it('keeps what was written when it is opened again', async () => {
    const first = await database();
    await first.write((db) => addFilm(db, sampleFilm('a'), at));
    await first.close();
    const second = await database();
    const film = await second.read((db) => findFilm(db, hashOf('a')));
    expect(film?.description).toEqual(sampleFilm('a'));
  });

  it('refuses a newer database and leaves its bytes alone', async () => {
    const made = await database();
    await made.close();
    const connection = await openConnection(path, 'write');
    await connection.exec('PRAGMA user_version = 999');
    await connection.close();
    const before = contents();
    await expect(openDatabase(path)).rejects.toMatchObject({ kind: 'database-newer' });
    expect(contents()).toBe(before);
  });

  it.each([
    ['text in its place', () => writeFileSync(path, 'not a database, '.repeat(400))],
    ['an empty file', () => writeFileSync(path, '')],
    ['a file cut in half', () => truncateSync(path, 6144)],
    [
      'a page of rubbish in the middle',
      () => {
        const bytes = readFileSync(path);
        bytes.fill(0xa5, 4096, 3 * 4096);
        writeFileSync(path, bytes);
      },
    ],
  ])('refuses %s as damaged and leaves its bytes alone', async (_, damage) => {
    const made = await database();
    await made.write((db) => addFilm(db, sampleFilm('a'), at));
    await made.close();
    damage();
    const before = contents();
    await expect(openDatabase(path)).rejects.toMatchObject({ kind: 'database-damaged' });
    expect(contents()).toBe(before);
  });

  it('leaves a damaged file alone even when a log beside it waits to be merged', async () => {
    const db = await database();
    await db.write((w) => addFilm(w, sampleFilm('a'), at));
    // What a killed station leaves: the database and its log as they are now.
    const crashed = join(folder, 'crashed.sqlite');
    const bytes = readFileSync(path);
    // Pages that the log does not hold: those it holds would be healed by it.
    bytes.fill(0xa5, 5 * 4096, 8 * 4096);
    writeFileSync(crashed, bytes);
    const log = readFileSync(`${path}-wal`);
    expect(log.length).toBeGreaterThan(0);
    writeFileSync(`${crashed}-wal`, log);
    await expect(openDatabase(crashed)).rejects.toMatchObject({ kind: 'database-damaged' });
    expect(readFileSync(crashed).equals(bytes)).toBe(true);
    expect(readFileSync(`${crashed}-wal`).equals(log)).toBe(true);
  });

  it("refuses another program's SQLite file", async () => {
    const connection = await openConnection(path, 'create');
    await connection.exec('CREATE TABLE theirs (a)');
    await connection.close();
    const before = contents();
    await expect(openDatabase(path)).rejects.toMatchObject({ kind: 'database-damaged' });
    expect(contents()).toBe(before);
  });

  it('copies the old database before it migrates, and names the copy when the new one is damaged', async () => {
    const made = await database();
    await made.write((db) => addFilm(db, sampleFilm('a'), at));
    await made.close();
    const next = { number: migrations.length + 1, sql: 'CREATE TABLE later (a TEXT) STRICT' };
    await prepareFile(path, [...migrations, next]);
    const backup = readdirSync(folder).find((name) => name.endsWith('.backup'));
    expect(backup).toContain(`before-version-${next.number}`);

    const copy = await openDatabase(join(folder, backup!));
    expect(await copy.read(countFilms)).toBe(1);
    await copy.close();

    truncateSync(path, 5000);
    await expect(openDatabase(path)).rejects.toThrow(backup);
  });

  it('a migration that fails leaves the old version whole', async () => {
    await (await database()).close();
    const broken = {
      number: migrations.length + 1,
      sql: 'CREATE TABLE later (a TEXT) STRICT; SELECT nonsense',
    };
    await expect(prepareFile(path, [...migrations, broken])).rejects.toMatchObject({
      kind: 'database-failed',
    });
    const db = await database();
    const tables = await db.read((r) =>
      r.all(z.object({ name: z.string() }), "SELECT name FROM sqlite_schema WHERE name = 'later'"),
    );
    expect(tables).toEqual([]);
  });
});

describe('transactions', () => {
  it('saves all or nothing', async () => {
    const db = await database();
    await expect(
      db.write(async (w) => {
        await addFilm(w, sampleFilm('a'), at);
        throw new Error('half way');
      }),
    ).rejects.toThrow('half way');
    expect(await db.read(countFilms)).toBe(0);
    await db.write((w) => addFilm(w, sampleFilm('b'), at));
    expect(await db.read(countFilms)).toBe(1);
  });

  it('runs one at a time in the order they came', async () => {
    const db = await database();
    await db.write((w) => addFilm(w, sampleFilm('a'), at));
    await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        db.write((w) =>
          appendPersonRead(w, sampleRead(hashOf('a'), `reader ${n}`), { at, stationVersion: '1' }),
        ),
      ),
    );
    const reads = await db.read((r) => readsOfFilm(r, hashOf('a')));
    expect(reads.map((read) => (read.by === 'person' ? read.read.reader : ''))).toEqual(
      Array.from({ length: 40 }, (_, n) => `reader ${39 - n}`),
    );
  });

  it('a full disk is said, loses nothing and heals when there is room', async () => {
    const db = await database();
    await db.write((w) => addFilm(w, sampleFilm('a'), at));
    await db.write(async (w) => {
      const { page_count: pages } = (await w.first(
        z.object({ page_count: z.number() }),
        'PRAGMA page_count',
      ))!;
      await w.first(z.object({ max_page_count: z.number() }), `PRAGMA max_page_count = ${pages + 1}`);
    });
    const long = { ...sampleRead(hashOf('a')), comment: 'x'.repeat(4000) };
    const stamp = { at, stationVersion: '1' };
    let stored = 0;
    const fill = async (): Promise<void> => {
      for (;;) {
        await db.write((w) => appendPersonRead(w, long, stamp));
        stored++;
      }
    };
    await expect(fill()).rejects.toMatchObject({ kind: 'disk-full' });
    expect(await db.read((r) => readsOfFilm(r, hashOf('a')))).toHaveLength(stored);
    await db.write((w) =>
      w.first(z.object({ max_page_count: z.number() }), 'PRAGMA max_page_count = 100000'),
    );
    await db.write((w) => appendPersonRead(w, long, stamp));
    expect(await db.read((r) => readsOfFilm(r, hashOf('a')))).toHaveLength(stored + 1);
  });
});

describe('films', () => {
  it('a file that could not be used becomes a film when it can', async () => {
    const db = await database();
    const film = sampleFilm('a');
    await db.write((w) => addUnusable(w, { ...film, reason: 'cut off' }, at));
    expect(await db.read((r) => findFilm(r, film.imageHash))).toMatchObject({
      state: 'unusable',
      description: null,
    });
    await db.write((w) => addFilm(w, film, at));
    expect(await db.read((r) => findFilm(r, film.imageHash))).toMatchObject({ state: 'new', reason: null });
  });

  it('searches names and ids, and takes the wild cards of SQL as letters', async () => {
    const db = await database();
    for (const name of ['alpha', 'beta', '100%']) await db.write((w) => addFilm(w, sampleFilm(name), at));
    const found = async (search: string): Promise<string[]> =>
      (await db.read((r) => listFilms(r, { search, modelHash: null, blindedFor: null }))).map(
        (row) => row.fileName,
      );
    expect(await found('ALPH')).toEqual(['alpha.dcm']);
    expect(await found('ID-beta')).toEqual(['beta.dcm']);
    expect(await found('%')).toEqual(['100%.dcm']);
    expect(await found('_')).toEqual([]);
    expect(await found(' ')).toHaveLength(3);
  });

  it('refuses a state that the contract does not know', async () => {
    const db = await database();
    await db.write((w) => addFilm(w, sampleFilm('a'), at));
    await expect(db.write((w) => w.run("UPDATE films SET state = 'lovely'"))).rejects.toMatchObject({
      kind: 'database-failed',
    });
    await db.write((w) => setFilmState(w, hashOf('a'), 'failed', 'because'));
    expect(await db.read((r) => findFilm(r, hashOf('a')))).toMatchObject({
      state: 'failed',
      reason: 'because',
    });
  });
});

it('keeps one draft a film and reader, and the settings', async () => {
  const db = await database();
  await db.write((w) => addFilm(w, sampleFilm('a'), at));
  const draft = sampleRead(hashOf('a'));
  await db.write((w) => saveDraft(w, draft, at));
  await db.write((w) => saveDraft(w, { ...draft, comment: 'later' }, at));
  expect(await db.read((r) => loadDraft(r, draft.imageHash, draft.reader))).toMatchObject({
    comment: 'later',
  });
  expect(await db.read((r) => loadDraft(r, draft.imageHash, 'someone else'))).toBeNull();
  await db.write((w) => removeDraft(w, draft.imageHash, draft.reader));
  expect(await db.read((r) => loadDraft(r, draft.imageHash, draft.reader))).toBeNull();

  expect(await db.read(loadSettings)).toBeUndefined();
  const settings = { reader: 'a', blinded: true, theme: 'dark', keys: { commit: 'Enter' } } as const;
  await db.write((w) => saveSettings(w, settings));
  expect(await db.read(loadSettings)).toEqual(settings);
});
