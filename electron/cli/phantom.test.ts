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
import { afterAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { failedOutput, phantomOutput } from '../contract/cli.ts';
import { openRadiograph } from '../dicom/index.ts';
import { openVolume } from '../volume/open.ts';
import { runProgram } from './program.ts';

const root = mkdtempSync(join(tmpdir(), 'calcar-phantom-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs `calcar phantom` as a person does, in a process of its own.
 *
 * @param killWhen asked every few milliseconds; the process is killed as soon as it says yes
 */
function phantom(words: readonly string[], killWhen: () => boolean = () => false): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), 'phantom', ...words]);
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const watch = setInterval(() => {
      if (killWhen()) child.kill('SIGKILL');
    }, 5);
    child.on('close', (code) => {
      clearInterval(watch);
      resolve({ code, out, err });
    });
  });
}

/** SHA-256 of every file below a folder, by its path in it. */
function hashes(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [
        path.slice(folder.length + 1),
        createHash('sha256').update(readFileSync(path)).digest('hex'),
      ]),
  );
}

const tiny = ['--patients', '3', '--voxel', '3', '--seed', '5', '--ct'];
const whole = join(root, 'whole');

const point = z.tuple([z.number(), z.number()]);
const truthFile = z.object({
  simulated: z.literal(true),
  ct: z.object({ files: z.number(), size: z.array(z.number()) }).nullable(),
  hips: z.record(z.enum(['left', 'right']), z.object({ grade: z.string(), headCentre: z.array(z.number()) })),
  films: z.array(
    z.object({
      file: z.string(),
      hips: z.array(
        z.object({
          laterality: z.string(),
          headCentre: point,
          greaterTrochanter: point,
          box: z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }),
          fracturePoints: z.array(point),
        }),
      ),
    }),
  ),
});
const truthOf = (folder: string) =>
  truthFile.parse(JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')));

describe('calcar phantom', { timeout: 180_000 }, () => {
  it('writes CT series that open as they were made, with what is true of the patient', async () => {
    const { code, out, err } = await phantom([...tiny, '--out', whole, '--json']);
    expect(err).not.toContain('    at ');
    expect(code).toBe(0);
    expect(phantomOutput.parse(JSON.parse(out))).toMatchObject({
      patients: 3,
      made: 3,
      ct: true,
      films: false,
    });
    expect(readdirSync(whole).sort()).toEqual([
      'cohort.json',
      'patient-000001',
      'patient-000002',
      'patient-000003',
    ]);
    const patient = join(whole, 'patient-000002');
    const truth = truthOf(patient);
    expect(
      Object.values(truth.hips)
        .map(({ grade }) => grade)
        .sort(),
    ).toEqual(['I', 'none']);
    expect(truth.films).toEqual([]);
    const { volume, source } = await openVolume(join(patient, 'ct'));
    expect(source).toMatchObject({ simulated: true, files: truth.ct!.files });
    expect(volume.size).toEqual(truth.ct!.size);
    // A femoral head is spongy bone, the corner of the picture is air.
    const at = truth.hips.right.headCentre.map((value, i) =>
      Math.round((value - volume.origin[i]!) / volume.spacing[i]!),
    );
    const [nx, ny] = volume.size;
    const head: number[] = [];
    // Within 15 mm of its centre.
    volume.hounsfield.forEach((value, n) => {
      const voxel = [n % nx, Math.floor(n / nx) % ny, Math.floor(n / (nx * ny))];
      if (Math.hypot(...voxel.map((index, axis) => index - at[axis]!)) <= 5) head.push(value);
    });
    expect(head.reduce((sum, value) => sum + value, 0) / head.length).toBeGreaterThan(50);
    // Nothing in it is thinner than fat.
    expect(Math.min(...head)).toBeGreaterThan(-120);
    expect(volume.hounsfield[0]).toBe(-1000);
  });

  it('killed in the middle and run again gives the same bytes', async () => {
    const folder = join(root, 'killed');
    const words = [...tiny, '--workers', '1', '--out', folder];
    const killed = await phantom(words, () => existsSync(join(folder, 'patient-000002.part')));
    expect(killed.code).toBeNull();
    expect(existsSync(join(folder, 'patient-000001', 'truth.json'))).toBe(true);
    expect(existsSync(join(folder, 'patient-000003'))).toBe(false);
    const resumed = await phantom([...words, '--json']);
    expect(phantomOutput.parse(JSON.parse(resumed.out)).made).toBeLessThan(3);
    expect(hashes(folder)).toEqual(hashes(whole));
  });

  it('goes on with a larger cohort, but not with other settings or in a folder of other things', async () => {
    const before = hashes(whole);
    const same = await phantom([...tiny, '--out', whole]);
    expect(same.out).toContain('3 simulated patients');
    expect(same.out).toContain('3 of them from before');
    const other = await phantom([...tiny, '--seed', '6', '--out', whole, '--json']);
    expect(other.code).toBe(2);
    expect(failedOutput.parse(JSON.parse(other.out)).error.sentence).toContain(
      'other settings (seed 5, 3 mm, CT',
    );
    expect(hashes(whole)).toEqual(before);
    const strange = join(root, 'strange');
    mkdirSync(strange);
    writeFileSync(join(strange, 'thesis.doc'), 'x');
    expect((await phantom([...tiny, '--out', strange])).code).toBe(2);
    expect(readdirSync(strange)).toEqual(['thesis.doc']);
  });

  it('writes films on which the landmarks lie where they are', async () => {
    const folder = join(root, 'films');
    const words = ['--patients', '1', '--voxel', '3', '--films', '--style', 'drr', '--out', folder];
    expect((await phantom(words)).code).toBe(0);
    const patient = join(folder, 'patient-000001');
    const { films, ct } = truthOf(patient);
    expect(ct).toBeNull();
    expect(readdirSync(patient).sort()).toEqual([...films.map(({ file }) => file), 'truth.json'].sort());
    for (const { file, hips } of films) {
      const { description } = await openRadiograph(readFileSync(join(patient, file)), file);
      expect(description).toMatchObject({ modality: 'DX', simulated: true });
      const [right, left] = hips;
      expect([right!.laterality, left!.laterality]).toEqual(['right', 'left']);
      // The patient's left is on the picture's right; trochanters lie to the outside; landmarks in the hip's box.
      expect(left!.headCentre[0]).toBeGreaterThan(right!.headCentre[0]);
      expect(left!.greaterTrochanter[0]).toBeGreaterThan(left!.headCentre[0]);
      expect(right!.greaterTrochanter[0]).toBeLessThan(right!.headCentre[0]);
      for (const { box, headCentre, greaterTrochanter } of hips) {
        for (const [x, y] of [headCentre, greaterTrochanter]) {
          expect(x > box.x && x < box.x + box.width && y > box.y && y < box.y + box.height).toBe(true);
        }
      }
    }
  });
});

describe('calcar phantom ends with 2 and says why for', () => {
  it.each([
    ['no folder', [], /--out <folder>/],
    ['no patients', ['--patients', '0', '--out', 'x'], /at least 1\./],
    ['voxels too small', ['--voxel', '0.4', '--out', 'x'], /0\.5 to 3 mm\./],
    ['an unknown look', ['--style', 'sepia', '--out', 'x'], /clinic, drr/],
    ['a file for a folder', ['--out', import.meta.filename], /is a file, so nothing was written\./],
  ])('%s', async (_, words, sentence) => {
    let said = '';
    const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      said += String(text);
      return true;
    });
    try {
      await runProgram(['phantom', ...words]);
      expect(process.exitCode).toBe(2);
    } finally {
      process.exitCode = undefined;
      stderr.mockRestore();
    }
    expect(said.replace(/\s+/g, ' ')).toMatch(sentence);
    expect(existsSync('x')).toBe(false);
  });
});

/** A disk of two megabytes in memory: only root on Linux may make one. */
function smallDisk(): string | null {
  const disk = mkdtempSync(join(tmpdir(), 'calcar-phantom-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'calcar', disk], { stdio: 'ignore' });
    return disk;
  } catch {
    rmSync(disk, { recursive: true });
    process.stdout.write('skipped: no disk can be mounted here (needs root on Linux), so none can be full\n');
    return null;
  }
}
const disk = smallDisk();
afterAll(() => {
  if (disk === null) return;
  execFileSync('umount', [disk]);
  rmSync(disk, { recursive: true });
});

it.skipIf(disk === null)(
  'a full disk is said, and no half patient is left',
  { timeout: 180_000 },
  async () => {
    const folder = join(disk!, 'cohort');
    const { code, out } = await phantom([...tiny, '--out', folder, '--json']);
    expect(code).toBe(3);
    expect(failedOutput.parse(JSON.parse(out)).error.kind).toBe('disk-full');
    expect(readdirSync(folder)).toEqual(['cohort.json']);
  },
);
