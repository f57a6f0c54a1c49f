import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, expect, it, vi } from 'vitest';
import { drrOutput, drrPicture, failedOutput } from '../contract/cli.ts';
import { mm } from '../contract/units.ts';
import { buildCohort } from '../learning/simulation/phantomCohort.ts';
import { runProgram } from './program.ts';

const root = mkdtempSync(join(tmpdir(), 'calcar-drr-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Runs `calcar` as a person's words do, in this process; the end code is put back. */
async function calcar(...words: string[]): Promise<{ code: unknown; out: string; err: string }> {
  let [out, err] = ['', ''];
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => (out += String(text)) !== ''),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => (err += String(text)) !== ''),
  ];
  const before = process.exitCode;
  try {
    await runProgram(words);
    return { code: process.exitCode, out, err };
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
  }
}

it('turns the CT of a simulated patient into films with boxes, labels and previews', async () => {
  const cohort = join(root, 'cohort');
  const settings = { seed: 1, voxel: mm(3), style: 'drr', ct: true, films: false, software: 'test' } as const;
  await buildCohort({ folder: cohort, patients: 1, settings }, 1, () => undefined);
  const folder = join(root, 'films');
  const words = ['drr', join(cohort, 'patient-000001'), '--out', folder, '--views', '2', '--seed', '3'];
  const fast = ['--size', '128', '--pixel', '1.6', '--kvp', '70', '--rotation', '-15'];
  const first = await calcar(...words, ...fast, '--png', '--json');
  expect(first.code).toBe(0);
  const output = drrOutput.parse(JSON.parse(first.out));
  expect(output).toMatchObject({ made: 4, refused: [], folder });
  for (const name of output.pictures) {
    const truth = drrPicture.parse(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')));
    expect(truth).toMatchObject({ boxFrom: 'truth', seed: 3, rows: 128 });
    expect(truth.label).not.toBe('unknown');
    expect(truth.variation).toMatchObject({ hipRotation: -15, exposure: { tubeVoltage: 70 } });
    expect(PNG.sync.read(readFileSync(join(folder, `${name}.png`))).height).toBeGreaterThan(128);
  }
  const again = await calcar(...words, ...fast);
  expect(again).toMatchObject({ code: 0 });
  expect(again.out).toContain('4 of them from before');
  const other = await calcar(...words, '--json');
  expect(other.code).toBe(2);
  expect(failedOutput.parse(JSON.parse(other.out)).error.sentence).toContain('another batch');
});

it('says in a sentence what it cannot do', async () => {
  const missing = await calcar('drr', join(root, 'nowhere'), '--out', join(root, 'no'));
  expect(missing.code).toBe(1);
  expect(missing.err).toContain('There is no such file or folder');
  expect(missing.out).toBe('');
  const wrong = await calcar('drr', join(root, 'nowhere'), '--kvp', '500');
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain('Give 50 to 120 kV');
});
