import { describe, expect, it } from 'vitest';
import type { GreyImage } from '../contract/image.ts';
import type { FilmTags } from '../contract/reading.ts';
import { seeded } from '../random/random.ts';
import { cutOffWarning, filmWarnings, missedHipWarning, outcomeOf } from './gate.ts';

const apHip: FilmTags = {
  modality: 'DX',
  bodyPart: 'HIP',
  view: 'AP',
  laterality: 'left',
  lossy: false,
  simulated: false,
  uncalibrated: false,
  invertedPhotometric: false,
  notes: [],
};

/** A film of `value(x, y)`, x and y in 0..1. */
function film(side: number, value: (x: number, y: number) => number): GreyImage {
  const values = Float32Array.from({ length: side * side }, (_, i) =>
    value((i % side) / side, Math.floor(i / side) / side),
  );
  return { rows: side, columns: side, values };
}

/** Uniform noise of standard deviation 1. */
function unitNoise(): () => number {
  const random = seeded(1);
  return () => random.between(-Math.sqrt(3), Math.sqrt(3));
}

const goodFilm = film(300, (x, y) => 1000 * Math.sin(3 * x) + 400 * Math.cos(5 * y));
const outcome = (image: GreyImage, tags: Partial<FilmTags>) =>
  outcomeOf(filmWarnings(image, { ...apHip, ...tags }));
const kinds = (image: GreyImage, tags: Partial<FilmTags> = {}) =>
  filmWarnings(image, { ...apHip, ...tags }).map(({ kind }) => kind);

describe('the gate by tags', () => {
  it('lets an AP hip through without a word', () => {
    expect(filmWarnings(goodFilm, apHip)).toEqual([]);
  });

  it.each(['HIP', 'PELVIS', 'hip joint', 'LT HIP', 'PELVIS_HIPS'])('knows %s as a hip', (bodyPart) => {
    expect(outcome(goodFilm, { bodyPart })).toBe('answered');
  });

  it.each(['CHEST', 'KNEE', 'SKULL', 'FOOT', 'CSPINE', 'LSPINE', 'TIBIA', 'LOWER LEG', 'HAND'])(
    'refuses %s',
    (bodyPart) => {
      expect(outcome(goodFilm, { bodyPart })).toBe('refused');
    },
  );

  it.each([null, '', 'EXTREMITY', 'FEMUR', 'ABDOMEN', 'UNKNOWN'])('doubts %s', (bodyPart) => {
    expect(outcome(goodFilm, { bodyPart })).toBe('doubtful');
    expect(kinds(goodFilm, { bodyPart })).toEqual(['body-part']);
  });

  it.each(['LL', 'RL', 'LLO', 'LATERAL', 'FROG LEG', 'Lauenstein', 'AXIAL', 'CROSS-TABLE', 'OBLIQUE'])(
    'refuses the view %s',
    (view) => {
      expect(outcome(goodFilm, { view })).toBe('refused');
    },
  );

  it.each([null, '', 'PA'])('doubts the view %s', (view) => {
    expect(outcome(goodFilm, { view })).toBe('doubtful');
  });

  it.each(['CT', 'MR', 'US', 'MG', 'NM'])('refuses the modality %s', (modality) => {
    expect(outcome(goodFilm, { modality })).toBe('refused');
  });

  // The tags as dcmdump shows them in NEMA's WG04 sample films.
  it('doubts the frog-leg RG2, which names no view, and the tibia RG3; refuses the chest RG1', () => {
    const computed = { modality: 'CR', laterality: 'unknown' } as const;
    expect(outcome(goodFilm, { ...computed, bodyPart: 'HIP', view: null })).toBe('doubtful');
    expect(outcome(goodFilm, { ...computed, bodyPart: 'EXTREMITY', view: 'AP' })).toBe('doubtful');
    expect(outcome(goodFilm, { ...computed, bodyPart: 'CHEST', view: 'PA' })).toBe('refused');
  });

  it('keeps badges as notes and makes none twice', () => {
    const note = { kind: 'lossy', weight: 'note', sentence: 'From the file.' } as const;
    const warnings = filmWarnings(goodFilm, { ...apHip, lossy: true, simulated: true, notes: [note] });
    expect(outcomeOf(warnings)).toBe('answered');
    expect(warnings.map(({ kind }) => kind).toSorted()).toEqual(['lossy', 'simulated']);
    expect(warnings).toContain(note);
  });
});

describe('the gate by pixels', () => {
  it('refuses a film of one grey, and one of noise alone, as blank', () => {
    const noise = unitNoise();
    expect(kinds(film(300, () => 7))).toEqual(['blank']);
    expect(kinds(film(512, () => 1000 + 30 * noise()))).toEqual(['blank']);
  });

  it('doubts structure that is barely above the noise, and drawings of few greys', () => {
    const noise = unitNoise();
    expect(kinds(film(512, (x) => Math.sin(6 * x) + noise()))).toEqual(['low-contrast']);
    expect(kinds(film(512, (x) => Math.round(5 * x)))).toEqual(['low-contrast']);
  });

  it('does not depend on slope, offset or polarity of the values', () => {
    const noise = unitNoise();
    const values = film(512, (x, y) => 40 * Math.sin(6 * x) * Math.cos(4 * y) + noise());
    for (const [slope, offset] of [
      [0.001, 0],
      [-1, 0],
      [17, 5000],
    ] as const)
      expect(kinds({ ...values, values: values.values.map((value) => value * slope + offset) })).toEqual([]);
  });

  it('refuses a thumbnail', () => {
    expect(kinds(film(255, (x) => x))).toEqual(['too-small']);
  });
});

describe('the gate by boxes', () => {
  const box = { x: 10, y: 10, width: 100, height: 100 };
  it('doubts a hip that reaches over any edge and no other', () => {
    expect(cutOffWarning([box], goodFilm)).toBeNull();
    for (const over of [{ x: -1 }, { y: -1 }, { x: 201 }, { y: 201 }])
      expect(cutOffWarning([box, { ...box, ...over }], goodFilm)?.kind).toBe('hip-cut-off');
  });

  it('doubts a pelvis that gave one hip, and no film that gave what it is tagged as', () => {
    expect(missedHipWarning(1, { ...apHip, bodyPart: 'PELVIS' })?.weight).toBe('doubt');
    expect(missedHipWarning(2, { ...apHip, bodyPart: 'PELVIS' })).toBeNull();
    expect(missedHipWarning(1, apHip)).toBeNull();
  });
});
