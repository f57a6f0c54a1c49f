import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadModels } from '../../models/index.ts';
import type { FilmTags, Reading } from '../contract/reading.ts';
import { simulateFilms } from '../learning/simulation/simulate.ts';
import { seeded } from '../random/random.ts';
import { createReader } from '../reading/reader.ts';
import { candidates } from './candidates.ts';

const weights = new URL('../../models/weights/', import.meta.url);
const tags: FilmTags = {
  modality: 'DX',
  bodyPart: 'PELVIS',
  view: 'AP',
  laterality: 'unknown',
  lossy: false,
  simulated: true,
  uncalibrated: true,
  invertedPhotometric: false,
  notes: [],
};

describe('the shipped models', () => {
  const readings = new Map<string, Reading>();

  beforeAll(async () => {
    const plan = { style: 'clinic', grades: { left: 'III', right: 'none' }, views: ['pelvis'] } as const;
    const [film] = simulateFilms(seeded(5).stream('parity'), { ...plan, resolution: 'coarse' }).films;
    for (const candidate of candidates) {
      try {
        await candidate.load();
      } catch {
        // A backend that this machine cannot give is the doctor's to name.
        continue;
      }
      const models = await loadModels(async (name) => new Uint8Array(await readFile(new URL(name, weights))));
      readings.set(candidate.name, await createReader(models).read(film!.image, tags));
      models.dispose();
    }
  });

  it('read a simulated pelvis alike on every backend that loads: boxes to a hundredth of a pixel, probabilities to 1e-4', () => {
    const reference = readings.get('cpu')!;
    expect(reference.hips).toHaveLength(2);
    expect([...readings.keys()]).toContain('wasm');
    for (const [name, { hips, outcome }] of readings) {
      expect(outcome, name).toBe(reference.outcome);
      expect(hips, name).toHaveLength(2);
      hips.forEach((hip, i) => {
        const other = reference.hips[i]!;
        for (const side of ['x', 'y', 'width', 'height'] as const)
          expect(Math.abs(hip.box[side] - other.box[side]), `${name} ${side}`).toBeLessThan(0.01);
        for (const group of ['none', 'I-II', 'III-IV'] as const)
          expect(Math.abs(hip.probabilities[group] - other.probabilities[group]), name).toBeLessThan(1e-4);
        expect(Math.abs(hip.presence - other.presence), name).toBeLessThan(1e-4);
      });
    }
  });
});
