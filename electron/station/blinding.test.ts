import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CallName, Settings } from '../contract/api.ts';
import { api, reply } from '../contract/api.ts';
import type { StoredRead, WorklistRow } from '../contract/reads.ts';
import { openDatabase } from '../database/database.ts';
import { setFilmState } from '../database/films.ts';
import { appendMachineRead } from '../database/reads.ts';
import { sampleFinding, sampleRead } from '../database/testing/samples.ts';
import type { OpenStation } from './openStation.ts';
import { openStation } from './openStation.ts';
import { smallFilm } from './testing/films.ts';

let dataDir: string;
let station: OpenStation;
let imageHash: string;

async function call(name: CallName, input: unknown): Promise<unknown> {
  const answer = reply.parse(await station.call(name, input));
  if (!answer.ok) throw new Error(`${answer.error.kind}: ${answer.error.sentence}`);
  return api[name].output.parse(answer.value);
}
const set = (settings: Partial<Settings>): Promise<unknown> =>
  call('settings.save', { reader: 'reader one', blinded: true, theme: 'dark', keys: {}, ...settings });
const commit = async (reader: string, claims: object = {}): Promise<StoredRead> =>
  (await call('reads.commit', { ...sampleRead(imageHash, reader), ...claims })) as StoredRead;

/** All that a door can ask about the machine's answer. */
async function seen(): Promise<{
  finding: boolean;
  group: string | null;
  history: boolean;
  state: string;
  saliency: string;
}> {
  const [row] = (await call('worklist.list', {})) as WorklistRow[];
  const history = (await call('reads.history', { imageHash })) as StoredRead[];
  const saliency = await station.asset('GET', `film/${imageHash}/saliency/0`);
  return {
    finding: (await call('film.finding', { imageHash })) !== null,
    group: row!.machine,
    history: history.some((read) => read.by === 'machine'),
    state: row!.state,
    saliency: (JSON.parse(Buffer.from(saliency.bytes).toString()) as { kind: string }).kind,
  };
}
const nothing = { finding: false, group: null, history: false, state: 'answered', saliency: 'not-found' };
// Without tensors the map itself cannot be made; that it was tried is what is told apart from withholding it.
const everything = {
  finding: true,
  group: 'III-IV',
  history: true,
  state: 'doubtful',
  saliency: 'backend-unavailable',
};

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'calcar-blinding-'));
  station = await openStation({ dataDir, compute: false });
  await station.asset('POST', 'import?name=a.dcm', smallFilm(1));
  imageHash = ((await call('worklist.list', {})) as WorklistRow[])[0]!.imageHash;
  await station.close();
  const database = await openDatabase(join(dataDir, 'calcar.sqlite'));
  await database.write(async (db) => {
    await appendMachineRead(db, sampleFinding(imageHash), {
      at: new Date().toISOString(),
      stationVersion: '0',
    });
    await setFilmState(db, imageHash, 'doubtful', 'because');
  });
  await database.close();
  station = await openStation({ dataDir, compute: false });
});
afterEach(async () => {
  await station.close();
  rmSync(dataDir, { recursive: true, force: true });
});

it('shows everything while blinding is off', async () => {
  await set({ blinded: false });
  expect(await seen()).toEqual(everything);
});

it('gives nothing of the machine by any call until this reader has committed', async () => {
  await set({ blinded: true });
  expect(await seen()).toEqual(nothing);
  await commit('another reader');
  expect(await seen()).toEqual(nothing);
  const read = await commit('reader one');
  expect(read).toMatchObject({ read: { blinded: true, shownModelHash: null } });
  expect(await seen()).toEqual(everything);
});

it('withholds over a restart, and from a reader without a name', async () => {
  await set({ blinded: true, reader: '' });
  await station.close();
  station = await openStation({ dataDir, compute: false });
  expect(await seen()).toEqual(nothing);
});

it('does not let a read after a look count as blinded, whatever the screen claims', async () => {
  await set({ blinded: false });
  await call('film.finding', { imageHash });
  await set({ blinded: true });
  const { modelHash } = sampleFinding(imageHash);
  expect(await commit('reader one', { blinded: true, shownModelHash: null })).toMatchObject({
    read: { blinded: false, shownModelHash: modelHash },
  });
});

it('does not let a second read count as blinded', async () => {
  await set({ blinded: true });
  expect(await commit('reader one')).toMatchObject({ read: { blinded: true } });
  await call('film.finding', { imageHash });
  expect(await commit('reader one', { blinded: true })).toMatchObject({ read: { blinded: false } });
});
