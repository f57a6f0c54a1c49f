import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { PNG } from 'pngjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallName, StationEvent } from '../contract/api.ts';
import { api, reply } from '../contract/api.ts';
import type { ImportOutcome, ReadDraft, WorklistRow } from '../contract/reads.ts';
import { importOutcome } from '../contract/reads.ts';
import type { OpenStation } from './openStation.ts';
import { openStation } from './openStation.ts';
import { smallFilm } from './testing/films.ts';

let dataDir: string;
let station: OpenStation;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'calcar-station-'));
  station = await openStation({ dataDir, compute: false });
});
afterEach(async () => {
  await station.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function call(name: CallName, input: unknown): Promise<unknown> {
  const answer = reply.parse(await station.call(name, input));
  if (!answer.ok) throw new Error(`${answer.error.kind}: ${answer.error.sentence}`);
  return api[name].output.parse(answer.value);
}

async function importBytes(bytes: Uint8Array, name: string): Promise<ImportOutcome> {
  const answer = await station.asset('POST', `import?name=${encodeURIComponent(name)}`, bytes);
  expect(answer.status).toBe(200);
  return importOutcome.array().parse(JSON.parse(Buffer.from(answer.bytes).toString()))[0]!;
}

const worklist = async (): Promise<WorklistRow[]> => (await call('worklist.list', {})) as WorklistRow[];

function draft(imageHash: string, reader = 'reader one'): ReadDraft {
  const box = { x: 4, y: 5, width: 30, height: 40 };
  return {
    imageHash,
    reader,
    hips: [{ box, laterality: 'left', grade: 'III', confidence: 4 }],
    comment: '',
    blinded: true,
    shownModelHash: null,
    durationMs: 1500,
  };
}

describe('importing', () => {
  it('takes a film in, whole, and gives its picture back', async () => {
    const bytes = smallFilm(1);
    const outcome = await importBytes(bytes, 'folder/hip one.dcm');
    const imageHash = createHash('sha256').update(bytes).digest('hex');
    expect(outcome).toEqual({ state: 'imported', fileName: 'hip one.dcm', imageHash });
    const stored = join(dataDir, 'films', imageHash.slice(0, 2), `${imageHash}.dcm`);
    expect(readFileSync(stored).equals(bytes)).toBe(true);

    expect(await worklist()).toMatchObject([
      { imageHash, state: 'new', patientName: 'Doe, Jane', laterality: 'left' },
    ]);
    const pixels = await station.asset('GET', `film/${imageHash}/pixels`);
    expect(pixels.status).toBe(200);
    const greys = Buffer.from(pixels.bytes);
    expect(Array.from({ length: 64 * 64 }, (_, i) => greys.readUInt16LE(2 * i))).toEqual(
      Array.from({ length: 64 * 64 }, (_, i) => (i * 7 + 1) % 4096),
    );
    const thumbnail = await station.asset('GET', `film/${imageHash}/thumbnail`);
    expect(PNG.sync.read(Buffer.from(thumbnail.bytes))).toMatchObject({ width: 64, height: 64 });
  });

  it('knows a film that is there already, under any name and twice at once', async () => {
    const both = await Promise.all([importBytes(smallFilm(1), 'a.dcm'), importBytes(smallFilm(1), 'b.dcm')]);
    expect(both.map((outcome) => outcome.state).sort()).toEqual(['already-here', 'imported']);
    expect((await importBytes(smallFilm(1), 'c.dcm')).state).toBe('already-here');
    expect(await worklist()).toHaveLength(1);
  });

  it('answers bad files by kind and lists those that claim to be images', async () => {
    const film = smallFilm(1);
    const cut = await importBytes(film.subarray(0, film.length - 3000), 'cut.dcm');
    const garbage = await importBytes(Buffer.from('\0\x01garbage'.repeat(99)), 'garbage.dcm');
    const empty = await importBytes(new Uint8Array(), 'empty');
    const text = await importBytes(Buffer.from('read me'), 'README.txt');
    const zip = await importBytes(Buffer.from('PK\x03\x04rest of the archive'), 'films.zip');
    expect([cut, garbage, empty, text, zip].map((outcome) => outcome.state)).toEqual(
      Array(5).fill('refused'),
    );
    expect(zip).toMatchObject({ sentence: expect.stringContaining('zip archive is damaged') as string });
    const rows = await worklist();
    expect(rows.map((row) => [row.fileName, row.state]).sort()).toEqual([
      ['cut.dcm', 'unusable'],
      ['garbage.dcm', 'unusable'],
    ]);
    expect(rows.every((row) => row.reason !== null && row.reason.length > 20)).toBe(true);
    expect((await importBytes(film, 'whole.dcm')).state).toBe('imported');
  });

  it('shortens huge names and takes what is no name out of them', async () => {
    const huge = await importBytes(smallFilm(1), `${'x'.repeat(5000)}.dcm`);
    expect(huge.fileName).toHaveLength(255);
    expect(huge.fileName.endsWith('.dcm')).toBe(true);
    expect((await importBytes(smallFilm(2), '..\\..\\etc\\\u0000passwd')).fileName).toBe('passwd');
    expect((await importBytes(smallFilm(3), '../../')).fileName).toBe('..');
    expect((await importBytes(smallFilm(4), '')).fileName).toBe('unnamed');
  });

  it('imports from disk, and answers for a file that is not there', async () => {
    const path = join(dataDir, 'film.dcm');
    writeFileSync(path, smallFilm(1));
    expect((await station.importPath(path))[0]?.state).toBe('imported');
    expect(await station.importPath(join(dataDir, 'missing.dcm'))).toMatchObject([
      { state: 'refused', kind: 'unreadable-file' },
    ]);
  });

  it('takes every film out of a zip, with a reason for what is none', async () => {
    const archive = zipSync({
      'disc/a.dcm': smallFilm(1),
      'disc/b.dcm': smallFilm(2),
      'disc/README.txt': Buffer.from('read me'),
    });
    const path = join(dataDir, 'disc.zip');
    writeFileSync(path, archive);
    const outcomes = await station.importPath(path);
    expect(outcomes.map((outcome) => [outcome.fileName, outcome.state])).toEqual([
      ['a.dcm', 'imported'],
      ['b.dcm', 'imported'],
      ['README.txt', 'refused'],
    ]);
    expect(await worklist()).toHaveLength(2);
  });

  it('blames the damaged film of a zip alone', async () => {
    const archive = zipSync({ 'a.dcm': smallFilm(1), 'b.dcm': smallFilm(2) }, { level: 9 });
    // The first film's packed bytes begin after its 30-byte header and its name.
    archive.fill(0xff, 60, 160);
    const path = join(dataDir, 'disc.zip');
    writeFileSync(path, archive);
    expect((await station.importPath(path)).map((outcome) => outcome.state)).toEqual(['refused', 'imported']);
  });

  it('makes a thumbnail again and asks for a film again when their files are gone', async () => {
    const { imageHash } = (await importBytes(smallFilm(1), 'a.dcm')) as { imageHash: string };
    rmSync(join(dataDir, 'thumbnails'), { recursive: true });
    mkdirSync(join(dataDir, 'thumbnails'));
    expect((await station.asset('GET', `film/${imageHash}/thumbnail`)).status).toBe(200);
    await station.close();
    rmSync(join(dataDir, 'films'), { recursive: true });
    station = await openStation({ dataDir, compute: false });
    expect((await station.asset('GET', `film/${imageHash}/pixels`)).status).toBe(404);
    expect((await station.call('film.read', { imageHash })).ok).toBe(false);
  });
});

describe('reads and drafts', () => {
  it('keeps a draft until the read is committed, and the read over a restart', async () => {
    const { imageHash } = (await importBytes(smallFilm(1), 'a.dcm')) as { imageHash: string };
    const unfinished = { ...draft(imageHash), hips: [{ ...draft(imageHash).hips[0]!, grade: null }] };
    await call('draft.save', unfinished);
    expect(await call('draft.load', { imageHash, reader: 'reader one' })).toEqual(unfinished);
    const committed = await call('reads.commit', draft(imageHash));
    expect(committed).toMatchObject({ by: 'person', id: 1, read: { hips: draft(imageHash).hips } });
    expect(await call('draft.load', { imageHash, reader: 'reader one' })).toBeNull();
    await station.close();
    station = await openStation({ dataDir, compute: false });
    expect(await call('reads.history', { imageHash })).toEqual([committed]);
    expect(await worklist()).toMatchObject([{ person: ['III'], lastReader: 'reader one' }]);
    expect(await station.verifyReads()).toMatchObject({ reads: 1, brokenAt: null });
  });

  it('refuses a read of a film that is not there or cannot be used', async () => {
    await expect(call('reads.commit', draft('0'.repeat(64)))).rejects.toThrow('not-found');
    const bad = (await importBytes(Buffer.from('garbage'), 'bad.dcm')) as { imageHash: string };
    await expect(call('reads.commit', draft(bad.imageHash))).rejects.toThrow('not-an-image');
  });
});

describe('bad input', () => {
  it.each([
    ['an unknown call', 'film.explode', {}],
    ['a name from the prototype', 'constructor', {}],
    ['a wrong input', 'film.describe', { imageHash: '../../etc/passwd' }],
    ['too much input', 'film.describe', { imageHash: 'a'.repeat(64), more: 1 }],
    ['no input', 'reads.commit', undefined],
    ['a read without a reader', 'reads.commit', { ...draft('a'.repeat(64)), reader: '   ' }],
    [
      'a box turned inside out',
      'reads.commit',
      {
        ...draft('a'.repeat(64)),
        hips: [{ ...draft('a').hips[0], box: { x: 0, y: 0, width: -1, height: 3 } }],
      },
    ],
  ])('%s gets a typed answer', async (_, name, input) => {
    expect(await station.call(name, input)).toMatchObject({ ok: false, error: { kind: 'invalid-input' } });
  });

  it.each([
    '',
    'film/x/pixels',
    `film/${'a'.repeat(64)}/pixels`,
    `film/${'a'.repeat(64)}/saliency/0`,
    '../calcar.sqlite',
  ])('the asset %j is not found', async (path) => {
    const answer = await station.asset('GET', path);
    expect(answer.status).toBe(404);
    expect(JSON.parse(Buffer.from(answer.bytes).toString())).toMatchObject({ kind: 'not-found' });
  });

  it('a closed station answers that it is closed', async () => {
    await station.close();
    expect(await station.call('worklist.list', {})).toMatchObject({
      ok: false,
      error: { kind: 'cancelled' },
    });
    expect((await station.asset('GET', 'film')).status).toBeGreaterThanOrEqual(400);
    await station.close();
  });
});

describe('the data folder', () => {
  it('belongs to one station, and the second is told which', async () => {
    await expect(openStation({ dataDir, compute: false })).rejects.toMatchObject({
      kind: 'folder-in-use',
      message: expect.stringContaining(`process ${process.pid}`) as string,
    });
    await station.close();
    station = await openStation({ dataDir, compute: false });
  });

  it('is left as it is when its database is damaged', async () => {
    await station.close();
    truncateSync(join(dataDir, 'calcar.sqlite'), 5000);
    await expect(openStation({ dataDir, compute: false })).rejects.toMatchObject({
      kind: 'database-damaged',
    });
    expect(readFileSync(join(dataDir, 'calcar.sqlite'))).toHaveLength(5000);
    expect(existsSync(join(dataDir, 'station.json'))).toBe(false);
  });

  it('cannot be a file', async () => {
    const path = join(dataDir, 'file');
    writeFileSync(path, '');
    await expect(openStation({ dataDir: path, compute: false })).rejects.toMatchObject({
      kind: 'invalid-input',
    });
    await expect(openStation({ dataDir: join(path, 'in'), compute: false })).rejects.toMatchObject({
      kind: 'invalid-input',
    });
  });
});

it("writes no patient's name, file name or comment into its log", async () => {
  const { imageHash } = (await importBytes(smallFilm(1, 'Secretname^Jane'), 'Secretname.dcm')) as {
    imageHash: string;
  };
  await importBytes(Buffer.from('Secretname'), 'Secretname-broken.dcm');
  await station.importPath(join(dataDir, 'Secretname-missing.dcm'));
  await call('reads.commit', { ...draft(imageHash), comment: 'Secretname said' });
  await station.call('reads.commit', { ...draft(imageHash, 'Secretname'), hips: 'Secretname' });
  await station.call('Secretname', { Secretname: 1 });
  await station.asset('GET', 'film/Secretname');
  await call('worklist.list', { search: 'Secretname' });
  await station.close();
  const log = readFileSync(join(dataDir, 'logs', 'calcar.log'), 'utf8');
  expect(log).toContain('file refused');
  expect(log).not.toContain('Secretname');
});

it('says what it is doing', async () => {
  const events: StationEvent[] = [];
  const stop = station.subscribe((event) => events.push(event));
  await importBytes(smallFilm(1), 'a.dcm');
  expect(events).toContainEqual({ event: 'worklist-changed' });
  stop();
  const before = events.length;
  await importBytes(smallFilm(2), 'b.dcm');
  expect(events).toHaveLength(before);
});
