import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeSimulatedStudy } from './dataset.ts';
import { isFrozen, openSnapshot } from './snapshot.ts';
import { writeTinyPatients } from '../testing/tinySnapshot.ts';

let root: string;
let folder: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'calcar-study-'));
  folder = join(root, 'study');
  writeTinyPatients(folder, { patients: { learn: 6, tune: 3, test: 0 } });
});
afterAll(() => rmSync(root, { recursive: true }));

const make = (
  learn: number,
  tune: number,
  test: number,
  data = folder,
): ReturnType<typeof makeSimulatedStudy> =>
  makeSimulatedStudy(
    { folder: data, learn, tune, test },
    { name: 'study', software: '0', command: 'calcar' },
    1,
    () => undefined,
  );

test('a study without patients, with fewer than are there, or in place of a file is refused before anything is made', async () => {
  await expect(make(0, 0, 0)).rejects.toMatchObject({ kind: 'invalid-input' });
  await expect(make(5, 3, 0)).rejects.toThrow('not asked for');
  const file = join(root, 'file');
  writeFileSync(file, '');
  await expect(make(1, 0, 0, file)).rejects.toMatchObject({
    kind: expect.not.stringMatching('internal') as string,
  });
  expect(isFrozen(folder)).toBe(false);
  expect(readdirSync(folder)).toHaveLength(18);
});

test(
  'a study makes what it lacks, is frozen, and is given again; another in its folder is refused',
  { timeout: 180_000 },
  async () => {
    const { manifest, made } = await make(6, 3, 1);
    expect(made).toBe(1);
    expect(manifest.entries.at(-1)).toMatchObject({ patient: 'tune-2' });
    expect(manifest.entries.find(({ split }) => split === 'test')).toMatchObject({
      patient: 'simulated-3000000',
      films: 2,
      simulated: 2,
      drrs: 0,
    });
    expect(openSnapshot(folder).manifest).toEqual(manifest);
    expect(await make(6, 3, 1)).toEqual({ manifest, made: 0 });
    await expect(make(7, 3, 1)).rejects.toThrow('never changes');
    expect(openSnapshot(folder).manifest).toEqual(manifest);
  },
);
