import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import {
  classifierLayers,
  defaultClassifierConfig,
  defaultLocalizerConfig,
  initialParameters,
  localizerLayers,
  modelFiles,
  writeWeights,
} from '../../../models/index.ts';
import type { CallInput, CallName, CallOutput, StationEvent } from '../../contract/api.ts';
import { api, reply } from '../../contract/api.ts';
import { forkCompute, type ChildPort } from '../../compute/childPort.ts';
import { startCompute } from '../../compute/client.ts';
import { openDatabase } from '../../database/database.ts';
import { addFilm, setFilmState } from '../../database/films.ts';
import { appendMachineRead } from '../../database/reads.ts';
import { appendShadowEvent, appendShadowRead } from '../../database/shadow.ts';
import { hashOf, sampleFilm, sampleFinding, sampleRead } from '../../database/testing/samples.ts';
import { seeded } from '../../random/random.ts';
import type { OpenStation } from '../openStation.ts';
import { openStation } from '../openStation.ts';
import { smallFilm } from '../testing/films.ts';
import { settledState } from './candidate.ts';

// Every test starts real processes, which take their time where other tests run beside.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** Untrained networks of the shipped shapes: who reads when is what is tested, not the answers. */
async function writeModels(folder: string, seed: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const random = seeded(seed);
  const uniform = (): number => random.uniform();
  const networks = [
    ['localizer', defaultLocalizerConfig, localizerLayers(defaultLocalizerConfig)],
    ['classifier', defaultClassifierConfig, classifierLayers(defaultClassifierConfig)],
  ] as const;
  for (const [network, config, layers] of networks) {
    const parameters = initialParameters(layers, uniform);
    writeFileSync(join(folder, modelFiles[network]), await writeWeights({ network, config, parameters }));
  }
  writeFileSync(join(folder, modelFiles.card), 'Untrained, for tests.\n\n# Untrained\n');
}

let root: string;
let dataDir: string;
let candidate: string;
let current: string;
let station: OpenStation;
let children: { folder: string; port: ChildPort }[];

const open = async (): Promise<void> => {
  children = [];
  station = await openStation({
    dataDir,
    modelFolder: join(root, 'current'),
    spawnCompute: (args) => {
      const port = forkCompute(args);
      children.push({ folder: args.modelFolder, port });
      return port;
    },
  });
};
async function call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
  const answer = reply.parse(await station.call(name, input));
  if (!answer.ok) throw new Error(`${answer.error.kind}: ${answer.error.sentence}`);
  return api[name].output.parse(answer.value) as CallOutput<N>;
}
const report = async () => (await call('shadow.report', { model: null }))!;
const importFilm = async (seed: number): Promise<string> => {
  const answer = await station.asset('POST', `import?name=${String(seed)}.dcm`, smallFilm(seed));
  return (JSON.parse(Buffer.from(answer.bytes).toString()) as [{ imageHash: string }])[0].imageHash;
};
/** Reads by the current model too, so that the candidate may. */
const readByCurrent = (imageHash: string) => call('film.read', { imageHash });
const inShadow = (): string => join(dataDir, 'models', candidate);

async function hashIn(folder: string): Promise<string> {
  const compute = startCompute({ modelFolder: folder });
  await settledState(compute);
  const { hash } = compute.model()!;
  await compute.close();
  return hash;
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'calcar-shadow-'));
  // wasm starts in half a second and is there on every machine.
  vi.stubEnv('CALCAR_BACKEND', 'wasm');
  await writeModels(join(root, 'current'), 1);
  await writeModels(join(root, 'candidate'), 2);
  [current, candidate] = [await hashIn(join(root, 'current')), await hashIn(join(root, 'candidate'))];
  return () => rmSync(root, { recursive: true, force: true });
});
beforeEach(() => {
  dataDir = mkdtempSync(join(root, 'data-'));
  cpSync(join(root, 'candidate'), inShadow(), { recursive: true });
});
afterEach(async () => {
  await station.close();
  rmSync(dataDir, { recursive: true, force: true });
});

it('reads what the current model has read, goes on over a restart, and shows nothing to a reader', async () => {
  await open();
  const first = await importFilm(1);
  await readByCurrent(first);
  const events: StationEvent[] = [];
  station.subscribe((event) => events.push(event));
  const before = [await call('worklist.list', {}), await call('reads.history', { imageHash: first })];

  expect(await call('shadow.start', { model: candidate })).toMatchObject({
    candidate: { hash: candidate },
    against: { hash: current },
    isRunning: true,
    failure: null,
  });
  await station.shadowSettled();
  expect(await report()).toMatchObject({ films: 1, of: 1, isRunning: true });
  expect([await call('worklist.list', {}), await call('reads.history', { imageHash: first })]).toEqual(
    before,
  );
  expect((await call('film.finding', { imageHash: first }))!.modelHash).toBe(current);
  expect(await station.verifyReads()).toMatchObject({ reads: 1, brokenAt: null });
  const told = events.filter(({ event }) => event !== 'compute');
  expect(told.length).toBeGreaterThan(0);
  expect(told).toEqual(told.map(() => ({ event: 'shadow-changed' })));

  await station.close();
  await open();
  await readByCurrent(await importFilm(2));
  await station.shadowSettled();
  expect(await report()).toMatchObject({ films: 2, of: 2, isRunning: true });

  await call('shadow.stop', {});
  await readByCurrent(await importFilm(3));
  await station.shadowSettled();
  expect(await report()).toMatchObject({ films: 2, of: 3, isRunning: false });
});

it('the death of its process costs the current model nothing', async () => {
  await open();
  await call('shadow.start', { model: candidate });
  const kill = setInterval(() => {
    for (const { folder, port } of children) if (folder === inShadow()) port.kill();
  }, 20);
  try {
    const imageHash = await importFilm(1);
    expect((await readByCurrent(imageHash))!.modelHash).toBe(current);
    await station.shadowSettled();
    expect(await report()).toMatchObject({
      films: 0,
      of: 1,
      failure: expect.stringMatching(/current model is not affected/) as unknown,
    });
    expect((await call('station.state', {})).compute.state).toBe('ready');
  } finally {
    clearInterval(kill);
  }
});

it('refuses the current model, and one whose files are gone or are another model', async () => {
  await open();
  await expect(call('shadow.start', { model: current })).rejects.toThrow(/^invalid-input/);
  await expect(call('shadow.start', { model: hashOf('nobody') })).rejects.toThrow(/^model-missing/);
  renameSync(inShadow(), join(dataDir, 'models', hashOf('other')));
  await expect(call('shadow.start', { model: hashOf('other') })).rejects.toThrow(/^model-damaged/);
  expect(await call('shadow.report', { model: null })).toBeNull();
});

it('says so when its files go while the station is closed', async () => {
  await open();
  await call('shadow.start', { model: candidate });
  await station.close();
  rmSync(inShadow(), { recursive: true });
  await open();
  await readByCurrent(await importFilm(1));
  await station.shadowSettled();
  expect(await report()).toMatchObject({
    films: 0,
    of: 1,
    isRunning: true,
    failure: expect.any(String) as unknown,
  });
});

it('a disagreement is kept from a blinded reader until his read, and its sight is written down for others', async () => {
  const film = sampleFilm('a');
  const { imageHash } = film;
  const found = sampleFinding(imageHash, current);
  const other = sampleFinding(imageHash, candidate);
  const stamp = { at: new Date().toISOString(), stationVersion: '0' };
  const database = await openDatabase(join(dataDir, 'calcar.sqlite'));
  const against = { name: 'now', hash: current };
  await database.write(async (db) => {
    await addFilm(db, film, stamp.at);
    await appendMachineRead(db, found, stamp);
    await setFilmState(db, imageHash, 'answered', null);
    await appendShadowEvent(db, 'begun', { model: { name: 'next', hash: candidate }, against }, stamp.at);
    await appendShadowRead(
      db,
      { ...other, hips: other.hips.map((hip) => ({ ...hip, gradeGroup: 'none' as const })) },
      current,
      stamp,
    );
  });
  const change = (sql: string): Promise<unknown> => database.write((db) => db.run(sql));
  await expect(change("UPDATE shadow_reads SET at = 'x'")).rejects.toThrow();
  await expect(change('DELETE FROM shadow_reads')).rejects.toThrow();
  await expect(change('DELETE FROM shadow_events')).rejects.toThrow();
  await expect(change('INSERT OR REPLACE INTO shadow_reads SELECT * FROM shadow_reads')).rejects.toThrow();
  await database.close();

  station = await openStation({ dataDir, compute: false });
  const set = (blinded: boolean) =>
    call('settings.save', { reader: 'reader one', blinded, theme: 'dark', keys: {} });
  await set(true);
  expect(await report()).toMatchObject({ films: 1, hips: 1, disagreements: [] });
  expect(await call('reads.commit', sampleRead(imageHash, 'reader one'))).toMatchObject({
    read: { blinded: true },
  });
  const { disagreements, againstReaders } = await report();
  expect(disagreements).toMatchObject([
    { imageHash, current: { group: 'III-IV' }, candidate: { group: 'none' } },
  ]);
  expect(againstReaders).toMatchObject({ hips: 1, sawCurrent: 0 });
  // Who has seen the row has seen the answer: no later read of that film is blinded.
  await set(false);
  await call('settings.save', { reader: 'reader two', blinded: false, theme: 'dark', keys: {} });
  await report();
  await set(true);
  expect(await call('reads.commit', sampleRead(imageHash, 'reader two'))).toMatchObject({
    read: { blinded: false, shownModelHash: current },
  });
});
