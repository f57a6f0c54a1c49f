import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { LabBatch } from '../../contract/lab.ts';
import { openStation, type OpenStation } from '../openStation.ts';

const killed = join(import.meta.dirname, 'testing', 'batchUntilKilled.ts');

/** Starts a station that makes a batch, and kills it with SIGKILL once the batch has this many films. */
function killAt(dataDir: string, films: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [killed, dataDir], { stdio: ['ignore', 'pipe', 'pipe'] });
    let complaint = '';
    child.stdout.on('data', (chunk: Buffer) => {
      if (Number(chunk.toString().trim().split('\n').at(-1)) >= films) child.kill('SIGKILL');
    });
    child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    child.on('close', (_, signal) => {
      if (signal === 'SIGKILL') resolve();
      else reject(new Error(`the station ended by itself: ${complaint}`));
    });
  });
}

async function call<T>(station: OpenStation, name: string, input: unknown): Promise<T> {
  const reply = await station.call(name, input);
  if (!reply.ok) throw new Error(reply.error.sentence);
  return reply.value as T;
}

/** Waits for the batch's end; the films it has, by name. */
async function finished(station: OpenStation, id: string): Promise<Map<string, Buffer>> {
  for (;;) {
    const batches = await call<LabBatch[]>(station, 'lab.batches', {});
    const batch = batches.find((each) => each.id === id);
    if (batch?.state === 'failed' || batch === undefined) throw new Error(batch?.reason ?? 'no batch');
    if (batch.state === 'done') {
      const folder = join(batch.folder, 'films');
      const names = readdirSync(folder).toSorted();
      return new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

it('a batch that was killed with its station ends with the bytes of one that was left alone', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'calcar-batch-kill-'));
  try {
    await killAt(dataDir, 2);
    const station = await openStation({ dataDir, compute: false });
    try {
      const [left] = await call<LabBatch[]>(station, 'lab.batches', {});
      expect(left).toMatchObject({ state: 'paused', of: 8 });
      await call(station, 'lab.resumeBatch', { id: left!.id });
      const resumed = await finished(station, left!.id);
      const { volume, views, seed, style } = left!;
      const fresh = await call<LabBatch>(station, 'lab.startBatch', { volume, views, seed, style });
      const whole = await finished(station, fresh.id);
      expect([...resumed.keys()]).toEqual([...whole.keys()]);
      expect([...whole.keys()].filter((name) => name.endsWith('.dcm'))).toHaveLength(8);
      for (const [name, bytes] of whole) expect(resumed.get(name)?.equals(bytes), name).toBe(true);
    } finally {
      await station.close();
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}, 180_000);
