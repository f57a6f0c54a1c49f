import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readsOfFilm } from '../database/reads.ts';
import { openDatabase } from '../database/database.ts';
import { verifyChain } from '../database/chain.ts';
import { filmsToRead } from '../database/films.ts';
import { seeded } from '../random/random.ts';

const committer = join(import.meta.dirname, 'testing', 'commitForever.ts');

/** Starts a real station, kills it with SIGKILL `afterMs` after its first acknowledged read, and returns what it acknowledged. */
function killAfter(dataDir: string, afterMs: number): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [committer, dataDir], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    let complaint = '';
    child.stdout.on('data', (chunk: Buffer) => {
      if (said === '') setTimeout(() => child.kill('SIGKILL'), afterMs);
      said += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    child.on('close', (_, signal) => {
      if (signal !== 'SIGKILL') reject(new Error(`the station ended by itself: ${complaint}`));
      else resolve(said.split('\n').slice(0, -1).map(Number));
    });
  });
}

it('every acknowledged read survives kill -9 at random moments, and the chain holds', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'calcar-kill-'));
  const random = seeded(9);
  const acknowledged: number[] = [];
  try {
    for (let round = 0; round < 8; round++) {
      acknowledged.push(...(await killAfter(dataDir, random.between(0, 250))));
      const database = await openDatabase(join(dataDir, 'calcar.sqlite'));
      try {
        const [film] = await database.read(filmsToRead);
        const stored = await database.read((db) => readsOfFilm(db, film!));
        const ids = new Set(stored.map((read) => read.id));
        expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
        expect(await database.read(verifyChain)).toMatchObject({ reads: stored.length, brokenAt: null });
      } finally {
        await database.close();
      }
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(8);
    expect(new Set(acknowledged).size).toBe(acknowledged.length);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}, 180_000);
