import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CallInput, CallName, CallOutput } from '../contract/api.ts';
import { api, reply } from '../contract/api.ts';
import type { Finding } from '../contract/finding.ts';
import { openConnection } from '../database/connection.ts';
import { openDatabase, type Database } from '../database/database.ts';
import { handedOutQueues } from '../database/queue.ts';
import { appendMachineRead } from '../database/reads.ts';
import { appendShadowRead } from '../database/shadow.ts';
import { hashOf, sampleFinding, sampleRead } from '../database/testing/samples.ts';
import { openStation, type OpenStation } from './openStation.ts';
import { smallFilm } from './testing/films.ts';

let dataDir: string;
let station: OpenStation;
/** By the file's letter. */
let film: Record<'a' | 'b' | 'c', string>;

async function call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
  const answer = reply.parse(await station.call(name, input));
  if (!answer.ok) throw new Error(`${answer.error.kind}: ${answer.error.sentence}`);
  return api[name].output.parse(answer.value) as CallOutput<N>;
}
const setReader = (blinded: boolean): Promise<unknown> =>
  call('settings.save', { reader: 'reader one', blinded, theme: 'dark', keys: {} });

/** The database of the station while it is closed. */
async function withDatabase<T>(work: (database: Database) => Promise<T>): Promise<T> {
  await station.close();
  const database = await openDatabase(join(dataDir, 'calcar.sqlite'));
  try {
    return await work(database);
  } finally {
    await database.close();
    station = await openStation({ dataDir, compute: false });
  }
}
/** A film's answer by a model, with this probability of no fracture and the rest of it for III-IV. */
function answered(imageHash: string, none: number, modelHash = hashOf('model')): Finding {
  const found = sampleFinding(imageHash, modelHash);
  const probabilities = { none, 'I-II': 0, 'III-IV': 1 - none };
  return { ...found, hips: found.hips.map((hip) => ({ ...hip, probabilities })) };
}
const keep = (findings: readonly Finding[]): Promise<void> =>
  withDatabase((database) =>
    database.write(async (db) => {
      for (const found of findings)
        await appendMachineRead(db, found, { at: '2026-11-24T00:00:00.000Z', stationVersion: '0' });
    }),
  );

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'calcar-queue-'));
  station = await openStation({ dataDir, compute: false });
  for (const [i, name] of ['a', 'b', 'c'].entries())
    await station.asset('POST', `import?name=${name}.dcm`, smallFilm(i + 1));
  const rows = await call('worklist.list', {});
  const hashNamed = (name: string): string => rows.find(({ fileName }) => fileName === name)!.imageHash;
  film = { a: hashNamed('a.dcm'), b: hashNamed('b.dcm'), c: hashNamed('c.dcm') };
});
afterEach(async () => {
  await station.close();
  rmSync(dataDir, { recursive: true, force: true });
});

it('without an answer of the machine there is no order, and nothing is written down', async () => {
  expect(await call('queue.next', { films: 10 })).toMatchObject({
    id: null,
    rows: [],
    unlabelled: 3,
    scored: 0,
  });
  expect(await withDatabase((database) => database.read(handedOutQueues))).toEqual([]);
});

it('puts the unsure first, leaves out what a person has read, and writes down what it gave out', async () => {
  await setReader(false);
  await keep([answered(film.a, 0.99), answered(film.b, 0.5), answered(film.c, 0.9)]);
  const queue = await call('queue.next', { films: 10 });
  expect(queue.rows.map(({ fileName }) => fileName)).toEqual(['b.dcm', 'c.dcm', 'a.dcm']);
  expect(queue).toMatchObject({ id: 1, modelHash: hashOf('model'), unlabelled: 3, scored: 3 });
  expect(queue.rows[0]!.reasons[0]!.reason).toBe('entropy');

  await call('reads.commit', sampleRead(film.b, 'reader one'));
  const after = await call('queue.next', { films: 1 });
  expect(after.rows.map(({ fileName }) => fileName)).toEqual(['c.dcm']);
  const log = await withDatabase((database) => database.read(handedOutQueues));
  expect(log).toEqual([
    { reader: 'reader one', queue },
    { reader: 'reader one', queue: after },
  ]);
});

it('asks for what models disagree on, by the newest model of a station without one', async () => {
  await keep([answered(film.a, 0.99, hashOf('old')), answered(film.b, 0.01, hashOf('old'))]);
  await keep([answered(film.a, 0.99), answered(film.b, 0.99), answered(film.c, 0.99)]);
  const { rows, modelHash } = await call('queue.next', { films: 10 });
  expect(modelHash).toBe(hashOf('model'));
  expect(rows[0]).toMatchObject({ fileName: 'b.dcm', reasons: [{ reason: 'disagreement' }] });
});

it('hears a candidate that reads in the shadow', async () => {
  await keep([answered(film.a, 0.99), answered(film.b, 0.99)]);
  await withDatabase((database) =>
    database.write(async (db) => {
      const stamp = { at: '2026-11-24T00:00:00.000Z', stationVersion: '0' };
      for (const [imageHash, none] of [
        [film.a, 0.99],
        [film.b, 0.01],
      ] as const)
        await appendShadowRead(db, answered(imageHash, none, hashOf('candidate')), hashOf('model'), stamp);
    }),
  );
  const { rows } = await call('queue.next', { films: 10 });
  expect(rows[0]).toMatchObject({ fileName: 'b.dcm', reasons: [{ reason: 'disagreement' }] });
});

it('tells a blinded reader the order alone; who was told reasons reads those films unblinded', async () => {
  await keep([answered(film.a, 0.99), answered(film.b, 0.5)]);
  await setReader(true);
  const kept = await call('queue.next', { films: 10 });
  expect(kept.withheld).toBe(true);
  expect(kept.rows.map(({ fileName, score, reasons }) => ({ fileName, score, reasons }))).toEqual([
    { fileName: 'b.dcm', score: null, reasons: [] },
    { fileName: 'a.dcm', score: null, reasons: [] },
  ]);
  const log = await withDatabase((database) => database.read(handedOutQueues));
  expect(log[0]!.queue.rows[0]!.reasons).not.toEqual([]);
  const blind = await call('reads.commit', sampleRead(film.b, 'reader one'));
  expect(blind).toMatchObject({ read: { blinded: true } });

  await setReader(false);
  await call('queue.next', { films: 10 });
  await setReader(true);
  const told = await call('reads.commit', sampleRead(film.a, 'reader one'));
  expect(told).toMatchObject({ read: { blinded: false, shownModelHash: hashOf('model') } });
});

it('what was given out is never changed or taken back', async () => {
  await keep([answered(film.a, 0.5)]);
  await call('queue.next', { films: 1 });
  await station.close();
  const connection = await openConnection(join(dataDir, 'calcar.sqlite'), 'write');
  for (const change of [
    "UPDATE labelling_queues SET reader = 'x'",
    'DELETE FROM labelling_queues',
    "INSERT INTO labelling_queues VALUES (7, '', '', '{}')",
  ])
    await expect(connection.exec(change)).rejects.toThrow();
  await connection.close();
  station = await openStation({ dataDir, compute: false });
});
