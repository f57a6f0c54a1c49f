import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { drrPicture } from '../../contract/cli.ts';
import { CalcarError } from '../../contract/errors.ts';
import { mm } from '../../contract/units.ts';
import { openRadiograph } from '../../dicom/index.ts';
import { alignedDirection, type PatientPoint, type Volume } from '../../volume/volume.ts';
import { type BatchPlan, type BatchProgress, renderBatch } from './renderBatch.ts';
import { readPicture } from './renderBatchFiles.ts';

const root = mkdtempSync(join(tmpdir(), 'calcar-batch-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const point = (x: number, y: number, z: number): PatientPoint => [mm(x), mm(y), mm(z)];

/** A trunk of water with two heads and shafts of bone: quick, and enough for what is not about anatomy. */
function trunk(): Volume {
  const size = [90, 50, 60] as const;
  const hounsfield = new Int16Array(size[0] * size[1] * size[2]).fill(-1000);
  for (let k = 0, n = 0; k < size[2]; k++) {
    for (let j = 0; j < size[1]; j++) {
      for (let i = 0; i < size[0]; i++, n++) {
        const [x, y, z] = [(i - 44.5) * 4, (j - 24.5) * 4, (k - 29.5) * 4];
        if (Math.hypot(x / 170, y / 90) > 1) continue;
        const head = Math.hypot(Math.abs(x) - 85, y, z) < 24;
        const shaft = z < 0 && Math.hypot(Math.abs(x) - 105, y) < 14;
        hounsfield[n] = head || shaft ? 500 : 30;
      }
    }
  }
  return {
    size,
    spacing: [mm(4), mm(4), mm(4)],
    origin: point(-178, -98, -118),
    direction: alignedDirection,
    hounsfield,
  };
}

const hips = [
  { side: 'left', headCentre: point(85, 0, 0), headRadius: mm(24), label: 'II' },
  { side: 'right', headCentre: point(-85, 0, 0), headRadius: mm(24) },
] as const;

function planOf(folder: string, changes: Partial<BatchPlan> = {}): BatchPlan {
  return {
    volumes: [{ kind: 'resident', volume: trunk(), sha256: 'ab'.repeat(32), hips }],
    sides: ['left', 'right'],
    views: 3,
    seed: 5,
    style: 'clinic',
    film: { rows: 96, columns: 80, spacing: mm(2) },
    folder: join(root, folder),
    workers: 1,
    software: 'test',
    ...changes,
  };
}

/** SHA-256 of every file of a folder, by name. */
function hashes(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex'),
      ]),
  );
}

async function kindOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (error) {
    return error instanceof CalcarError ? error.kind : String(error);
  }
}

describe('renderBatch', () => {
  it('writes a film and its truth for each hip and view, and says how far it is', async () => {
    const reports: BatchProgress[] = [];
    const plan = planOf('one');
    const result = await renderBatch(plan, { report: (progress) => reports.push(progress) });
    expect(result.pictures).toHaveLength(6);
    expect(result).toMatchObject({ made: 6, refused: [], notes: [] });
    expect(reports.at(-1)).toMatchObject({ done: 6, of: 6, secondsLeft: 0 });
    expect(reports.map(({ done }) => done)).toEqual(
      [...reports.map(({ done }) => done)].sort((a, b) => a - b),
    );
    expect(readdirSync(plan.folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    for (const name of result.pictures) {
      const truth = drrPicture.parse(JSON.parse(readFileSync(join(plan.folder, `${name}.json`), 'utf8')));
      const bytes = readFileSync(join(plan.folder, truth.file));
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(truth.sha256);
      expect(truth).toMatchObject({ rows: 96, columns: 80, boxFrom: 'head' });
      expect(truth.label).toBe(truth.side === 'left' ? 'II' : 'unknown');
      const { description } = await openRadiograph(bytes, truth.file);
      expect(description).toMatchObject({ rows: 96, columns: 80, simulated: true, laterality: truth.side });
    }
  });

  it('shows the head where the truth says it is: the densest place of a bare head', async () => {
    const bare = trunk();
    const hounsfield = bare.hounsfield.map((value, n) => {
      const [nx, ny] = bare.size;
      const x = ((n % nx) - 44.5) * 4;
      const y = ((Math.floor(n / nx) % ny) - 24.5) * 4;
      const z = (Math.floor(n / (nx * ny)) - 29.5) * 4;
      return Math.hypot(x - 85, y, z) < 20 ? 2500 : value > -1000 ? 30 : value;
    });
    const volume = { ...bare, hounsfield };
    const plan = planOf('bare', {
      volumes: [{ kind: 'resident', volume, sha256: 'cd'.repeat(32), hips }],
      sides: ['left'],
      style: 'drr',
      film: { rows: 128, columns: 128, spacing: mm(1.6) },
    });
    const { pictures } = await renderBatch(plan);
    for (const name of pictures) {
      const { greys, truth } = await readPicture(plan.folder, name);
      let [sum, x, y] = [0, 0, 0];
      greys.forEach((grey, n) => {
        if (grey < 200) return;
        sum++;
        x += (n % 128) + 0.5;
        y += Math.floor(n / 128) + 0.5;
      });
      expect(Math.hypot(x / sum - truth.headCentre.x, y / sum - truth.headCentre.y)).toBeLessThan(3);
    }
  });

  it('gives the same bytes whatever the workers', async () => {
    await renderBatch(planOf('alone'));
    await renderBatch(planOf('together', { workers: 3 }));
    expect(hashes(join(root, 'together'))).toEqual(hashes(join(root, 'alone')));
  });

  it('makes more views of the same batch beside those that are there', async () => {
    await renderBatch(planOf('alone'));
    const before = hashes(join(root, 'alone'));
    const result = await renderBatch(planOf('alone', { views: 4 }));
    expect(result.made).toBe(2);
    expect(hashes(join(root, 'alone'))).toMatchObject(before);
  });

  it('refuses to mix two batches in a folder', async () => {
    await renderBatch(planOf('alone'));
    expect(await kindOf(renderBatch(planOf('alone', { seed: 6 })))).toBe('invalid-input');
    const moved = [{ ...hips[0], headCentre: point(80, 0, 0) }];
    const volumes = [{ kind: 'resident', volume: trunk(), sha256: 'ab'.repeat(32), hips: moved }] as const;
    expect(await kindOf(renderBatch(planOf('alone', { volumes })))).toBe('invalid-input');
  });

  it('leaves only whole pictures when it is stopped, and goes on to the same bytes', async () => {
    await renderBatch(planOf('whole', { views: 8 }));
    const stop = new AbortController();
    const plan = planOf('stopped', { views: 8, workers: 2 });
    const run = renderBatch(plan, {
      signal: stop.signal,
      report: ({ done }) => {
        if (done === 5) stop.abort();
      },
    });
    expect(await kindOf(run)).toBe('cancelled');
    const left = readdirSync(plan.folder);
    expect(left.filter((name) => name.endsWith('.part'))).toEqual([]);
    const films = left.filter((name) => name.endsWith('.dcm'));
    expect(films.length).toBeGreaterThanOrEqual(5);
    expect(films.length).toBeLessThan(16);
    for (const name of films) expect(left).toContain(name.replace('.dcm', '.json'));
    const { made } = await renderBatch(plan);
    expect(made).toBe(16 - films.length);
    expect(hashes(plan.folder)).toEqual(hashes(join(root, 'whole')));
    stop.abort();
    expect(await kindOf(renderBatch(planOf('never'), { signal: stop.signal }))).toBe('cancelled');
  });

  it('goes on to the same bytes after the process was killed, with phantoms and their truth', async () => {
    const plan = planOf('killed', {
      volumes: [{ kind: 'phantom', seed: 7, grades: { left: 'III', right: 'none' }, voxel: 3 }],
      sides: ['left'],
      views: 12,
      style: 'drr',
    });
    const module = join(import.meta.dirname, 'renderBatch.ts');
    const code = `import(${JSON.stringify(`file://${module}`)}).then(({ renderBatch }) => renderBatch(${JSON.stringify(plan)}, { report: ({ done }) => console.log(done) }))`;
    await new Promise((resolve, reject) => {
      const child = spawn(process.execPath, ['-e', code]);
      child.stdout.on('data', (chunk: Buffer) => {
        if (/^[3-9]$/m.test(chunk.toString())) child.kill('SIGKILL');
      });
      child.on('error', reject);
      child.on('exit', resolve);
    });
    const films = readdirSync(plan.folder).filter((name) => name.endsWith('.json') && name.startsWith('001'));
    expect(films.length).toBeGreaterThanOrEqual(3);
    expect(films.length).toBeLessThan(12);
    await renderBatch(plan);
    const whole = planOf('unkilled', { ...plan, folder: join(root, 'unkilled') });
    await renderBatch(whole);
    expect(hashes(plan.folder)).toEqual(hashes(whole.folder));
    const { truth } = await readPicture(plan.folder, '001-left-00001');
    expect(truth).toMatchObject({ label: 'III', outOfScope: false, boxFrom: 'truth', side: 'left' });
  });

  it('tells what could not be pictured and pictures the rest', async () => {
    const plan = planOf('some', {
      volumes: [
        { kind: 'file', path: join(root, 'nothing.nii') },
        { kind: 'resident', volume: trunk(), sha256: 'ef'.repeat(32), hips: [hips[0]] },
      ],
      views: 1,
    });
    const result = await renderBatch(plan);
    expect(result.pictures).toEqual(['002-left-00001']);
    expect(result.refused).toHaveLength(1);
    expect(result.refused[0]).toMatchObject({ volume: 0, side: null });
    expect(result.refused[0]!.reason).toContain('There is no such file or folder');
  });

  it('refuses a plan without views and a folder that is a file', async () => {
    expect(await kindOf(renderBatch(planOf('none', { views: 0 })))).toBe('invalid-input');
    writeFileSync(join(root, 'file'), '');
    expect(await kindOf(renderBatch(planOf('file')))).toBe('invalid-input');
    expect(existsSync(join(root, 'none'))).toBe(false);
  });
});

/** A disk of 200 kB in memory: only root on Linux may make one. */
const disk = join(root, 'disk');
const mounted = mount();
afterAll(() => {
  if (mounted) execFileSync('umount', [disk]);
});

function mount(): boolean {
  try {
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=200k', 'calcar', disk], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

it.skipIf(!mounted)(
  'a full disk is said, leaves whole pictures, and all goes on when there is room',
  async () => {
    const plan = planOf('', { folder: disk, views: 8, workers: 2 });
    expect(await kindOf(renderBatch(plan))).toBe('disk-full');
    const left = readdirSync(disk);
    for (const name of left.filter((file) => /^001.*json$/.test(file))) {
      const truth = drrPicture.parse(JSON.parse(readFileSync(join(disk, name), 'utf8')));
      const bytes = readFileSync(join(disk, truth.file));
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(truth.sha256);
    }
    execFileSync('mount', ['-o', 'remount,size=4m', disk]);
    await renderBatch(plan);
    await renderBatch(planOf('roomy', { views: 8 }));
    expect(hashes(disk)).toEqual(hashes(join(root, 'roomy')));
  },
);
