import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CalcarError } from '../../contract/errors.ts';
import { labBatch, type LabBatch } from '../../contract/lab.ts';
import type { StationLog } from '../log.ts';
import { Batches, type RunBatch } from './batches.ts';

const log: StationLog = { info: () => undefined, failure: () => undefined, close: () => undefined };
const order = { volume: 'a'.repeat(64), volumeName: 'CT', views: 5, of: 5, seed: 1, style: 'drr' } as const;

describe('batches', () => {
  let folder: string;
  let told: LabBatch[];
  /** One step of a run each, so that a test says when a picture is made. */
  let steps: (() => void)[];

  const counting: RunBatch = async (batch, { signal, report }) => {
    for (let done = batch.done; done < batch.of; done++) {
      report({ done, of: batch.of, secondsLeft: null });
      await new Promise<void>((resolve) => {
        steps.push(resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      if (signal.aborted) throw new CalcarError('cancelled', 'stopped');
    }
    report({ done: batch.of, of: batch.of, secondsLeft: null });
  };
  const open = async (run: RunBatch = counting): Promise<Batches> => {
    const batches = new Batches({ folder, run, log, changed: (batch) => told.push(labBatch.parse(batch)) });
    await batches.prepare();
    return batches;
  };
  const until = async (what: () => boolean): Promise<void> => {
    while (!what()) await new Promise((resolve) => setTimeout(resolve, 2));
  };
  const makeOne = async (): Promise<void> => {
    await until(() => steps.length > 0);
    steps.shift()?.();
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'calcar-batches-'));
    told = [];
    steps = [];
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('run one after the other and say how far they are', async () => {
    const batches = await open();
    const first = await batches.start(order);
    const second = await batches.start({ ...order, views: 1, of: 1 });
    for (let n = 0; n < 6; n++) await makeOne();
    await until(() => batches.list().every(({ state }) => state === 'done'));
    const running = told.filter(({ state }) => state === 'running').map(({ id }) => id);
    expect(running.lastIndexOf(first.id)).toBeLessThan(running.indexOf(second.id));
    const counts = told
      .filter(({ id, state }) => id === first.id && state === 'running')
      .map(({ done }) => done);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(counts.at(-1)).toBe(5);
  });

  it('stop, and go on where they were', async () => {
    const batches = await open();
    const { id } = await batches.start(order);
    await makeOne();
    await makeOne();
    await until(() => batches.list()[0]?.done === 2);
    expect(await batches.stop(id)).toMatchObject({ state: 'paused', done: 2 });
    await batches.resume(id);
    steps = [];
    for (let n = 2; n < 5; n++) await makeOne();
    await until(() => batches.list()[0]?.state === 'done');
    await expect(batches.resume(id)).rejects.toMatchObject({ kind: 'invalid-input' });
  });

  it('that were under way when the station was killed wait for a person', async () => {
    const killed = await open();
    const { id } = await killed.start(order);
    await makeOne();
    await until(() => told.some(({ done }) => done === 1));
    // Nothing is closed: what is on disk is all that the next station has.
    const next = await open();
    expect(next.list()).toMatchObject([
      { id, state: 'paused', reason: expect.stringContaining('closed') as string },
    ]);
    await next.close();
    await killed.close();
  });

  it('that are closed with the station are found paused', async () => {
    const batches = await open();
    const { id } = await batches.start(order);
    await makeOne();
    await batches.close();
    const next = await open();
    expect(next.list()).toMatchObject([{ id, state: 'paused' }]);
  });

  it('that fail keep the sentence, and can be tried again', async () => {
    let broken = true;
    const batches = await open((batch, options) =>
      broken ? Promise.reject(new CalcarError('disk-full', 'The disk is full.')) : counting(batch, options),
    );
    const { id } = await batches.start({ ...order, views: 1, of: 1 });
    await until(() => batches.list()[0]?.state === 'failed');
    expect(batches.list()).toMatchObject([{ state: 'failed', reason: 'The disk is full.' }]);
    broken = false;
    await batches.resume(id);
    await makeOne();
    await until(() => batches.list()[0]?.state === 'done');
    expect(JSON.parse(await readFile(join(folder, id, 'batch.json'), 'utf8'))).toMatchObject({
      state: 'done',
    });
  });

  it('of which the header is damaged are left out, and the others are there', async () => {
    const batches = await open();
    const { id } = await batches.start({ ...order, views: 1, of: 1 });
    await makeOne();
    await until(() => batches.list()[0]?.state === 'done');
    // What is told may be ahead of what is written.
    const header = join(folder, id, 'batch.json');
    await expect.poll(() => readFile(header, 'utf8')).toContain('"done"');
    await writeFile(header, '{"id":');
    expect((await open()).list()).toEqual([]);
  });
});
