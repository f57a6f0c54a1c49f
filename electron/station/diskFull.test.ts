import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { StoredRead, WorklistRow } from '../contract/reads.ts';
import { openStation } from './openStation.ts';
import { smallFilm } from './testing/films.ts';

/** A disk of two megabytes in memory: only root on Linux may make one. */
const disk = mkdtempSync(join(tmpdir(), 'calcar-disk-'));
const mounted = mount(['-t', 'tmpfs', '-o', 'size=2m', 'calcar', disk]);

function mount(words: readonly string[]): boolean {
  try {
    execFileSync('mount', words, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

beforeAll(() => {
  if (!mounted)
    console.info(
      'No disk can be mounted here (needs root on Linux): the full and the read-only disk are not tested.',
    );
});
afterAll(() => {
  if (mounted) execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true, force: true });
});

it.skipIf(!mounted)('a full disk is said, loses nothing, and all goes on when there is room', async () => {
  const dataDir = join(disk, 'home');
  const ballast = join(disk, 'ballast');
  const station = await openStation({ dataDir, compute: false });
  const films = async (): Promise<WorklistRow[]> => {
    const reply = await station.call('worklist.list', {});
    return reply.ok ? (reply.value as WorklistRow[]) : [];
  };
  try {
    expect((await station.asset('POST', 'import?name=a.dcm', smallFilm(1))).status).toBe(200);
    const imageHash = (await films())[0]!.imageHash;
    const read = {
      imageHash,
      reader: 'reader one',
      hips: [],
      comment: 'x'.repeat(3000),
      blinded: false,
      shownModelHash: null,
      durationMs: 1,
    };
    expect(await station.call('reads.commit', read)).toMatchObject({ ok: true });
    fill(ballast);

    const refused = await station.asset('POST', 'import?name=b.dcm', smallFilm(2, 'Doe^Jane', 300));
    expect(refused.status).toBe(507);
    expect(JSON.parse(Buffer.from(refused.bytes).toString())).toMatchObject({ kind: 'disk-full' });
    let stored = 1;
    let answer = await station.call('reads.commit', read);
    for (; answer.ok; stored++) answer = await station.call('reads.commit', read);
    expect(answer).toMatchObject({ error: { kind: 'disk-full' } });
    expect(await films()).toHaveLength(1);

    rmSync(ballast);
    expect(await station.call('reads.commit', read)).toMatchObject({ ok: true });
    stored++;
    expect((await station.asset('POST', 'import?name=b.dcm', smallFilm(2, 'Doe^Jane', 300))).status).toBe(
      200,
    );
    const history = await station.call('reads.history', { imageHash });
    expect(history.ok ? (history.value as StoredRead[]) : []).toHaveLength(stored);
    expect(await station.verifyReads()).toMatchObject({ reads: stored, brokenAt: null });
  } finally {
    await station.close();
  }
});

it.skipIf(!mounted)('a data set that does not fit on the disk is said, and nothing of it stays', async () => {
  rmSync(join(disk, 'home'), { recursive: true, force: true });
  const dataDir = join(disk, 'freezing');
  const ballast = join(disk, 'ballast');
  const station = await openStation({ dataDir, compute: false });
  const freeze = (): Promise<unknown> =>
    station.call('datasets.freeze', { name: 'mine', study: 'simulated study' });
  const kept = (): string[] => readdirSync(join(dataDir, 'datasets'));
  try {
    for (const seed of [1, 2, 3]) {
      const answer = await station.asset('POST', `import?name=${String(seed)}.dcm`, smallFilm(seed));
      const [{ imageHash }] = JSON.parse(Buffer.from(answer.bytes).toString()) as [{ imageHash: string }];
      const read = {
        imageHash,
        reader: 'reader one',
        hips: [
          { box: { x: 4, y: 5, width: 30, height: 40 }, laterality: 'left', grade: 'III', confidence: 4 },
        ],
        comment: '',
        blinded: false,
        shownModelHash: null,
        durationMs: 1,
      };
      expect(await station.call('reads.commit', read)).toMatchObject({ ok: true });
    }
    fill(ballast);
    expect(await freeze()).toMatchObject({ ok: false, error: { kind: 'disk-full' } });
    expect(kept()).toEqual([]);
    rmSync(ballast);
    expect(await freeze()).toMatchObject({ ok: true, value: { leftOut: [] } });
    expect(kept()).toHaveLength(1);
    expect(await station.verifyReads()).toMatchObject({ reads: 3, brokenAt: null });
  } finally {
    await station.close();
  }
});

it.skipIf(!mounted)('a folder that may not be written is said at once', async () => {
  const dataDir = join(disk, 'home');
  mkdirSync(dataDir, { recursive: true });
  execFileSync('mount', ['-o', 'remount,ro', disk]);
  try {
    await expect(openStation({ dataDir, compute: false })).rejects.toMatchObject({ kind: 'read-only' });
    await expect(openStation({ dataDir: join(disk, 'new'), compute: false })).rejects.toMatchObject({
      kind: 'read-only',
    });
  } finally {
    execFileSync('mount', ['-o', 'remount,rw', disk]);
  }
});

/** Writes until nothing more goes in. */
function fill(path: string): void {
  for (let kilobytes = 4096; kilobytes >= 4; kilobytes /= 2)
    for (;;) {
      try {
        writeFileSync(path, Buffer.alloc(kilobytes * 1024), { flag: 'a' });
      } catch {
        break;
      }
    }
}
