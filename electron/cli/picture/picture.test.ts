import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../contract/finding.ts';
import { groupInWords, sideInWords } from '../words.ts';
import { inferno } from './inferno.ts';
import { letteringFace, textWidth } from './lettering/lettering.ts';
import { drawOverlay } from './overlay.ts';
import { resample } from './resample.ts';

describe('resample', () => {
  it('keeps a flat grey flat and the mean of a picture', () => {
    const flat = resample({ rows: 31, columns: 17, greys: new Uint8Array(31 * 17).fill(93) }, 0.37);
    expect(new Set(flat.greys)).toEqual(new Set([93]));
    const greys = Uint8Array.from({ length: 60 * 60 }, (_, i) => (i * 37) % 256);
    const small = resample({ rows: 60, columns: 60, greys }, 0.25);
    const mean = (values: Uint8Array): number => values.reduce((a, b) => a + b, 0) / values.length;
    expect(small.rows).toBe(15);
    expect(Math.abs(mean(small.greys) - mean(greys))).toBeLessThan(1);
  });

  it('takes the mean of four pixels at half the size', () => {
    expect([
      ...resample({ rows: 2, columns: 4, greys: Uint8Array.of(0, 10, 100, 200, 20, 30, 100, 200) }, 0.5)
        .greys,
    ]).toEqual([15, 150]);
  });
});

it("follows matplotlib's inferno", () => {
  // Entries 0, 64, 128, 192 and 255 of matplotlib's table, in 8 bits.
  const table = {
    0: [0, 0, 4],
    64: [87, 16, 110],
    128: [188, 55, 84],
    192: [249, 142, 9],
    255: [252, 255, 164],
  };
  for (const [entry, colour] of Object.entries(table))
    inferno(Number(entry) / 255).forEach((channel, c) => {
      expect(Math.abs(channel - colour[c]!)).toBeLessThanOrEqual(7);
    });
});

it('has every letter that the pictures use', () => {
  const words = [...Object.values(groupInWords), ...Object.values(sideInWords), 'Needs a human · 87 % >99 %'];
  for (const name of ['body', 'title'] as const) {
    const face = letteringFace(name);
    for (const letter of words.join('')) expect(face.glyphs, letter).toHaveProperty([letter]);
    expect(textWidth(face, 'hip')).toBeGreaterThan(0);
    expect(textWidth(face, 'hiphip')).toBeGreaterThan(1.9 * textWidth(face, 'hip') - 2);
  }
});

describe('the overlay', () => {
  const film = { rows: 400, columns: 300, greys: new Uint8Array(400 * 300).fill(50) };
  const finding: Finding = {
    imageHash: 'a'.repeat(64),
    modelHash: 'b'.repeat(64),
    modelName: 'a model',
    backend: 'cpu',
    outcome: 'answered',
    warnings: [],
    hips: [
      {
        box: { x: 100, y: 100, width: 100, height: 200 },
        laterality: 'right',
        lateralitySource: 'tag',
        presence: 1,
        probabilities: { none: 0.1, 'I-II': 0.1, 'III-IV': 0.8 },
        gradeGroup: 'III-IV',
        certainty: null,
        scope: null,
        needsHuman: [],
      },
    ],
    confidenceHash: null,
    scope: null,
    input: null,
    timings: { decodeMs: 0, localizeMs: 0, classifyMs: 0 },
  };
  const picture = (subject: Partial<Parameters<typeof drawOverlay>[0]>): PNG =>
    PNG.sync.read(
      Buffer.from(drawOverlay({ film, finding, saliency: [], modelWarning: 'Not for use.', ...subject })),
    );
  const at = (png: PNG, x: number, y: number): number[] => [
    ...png.data.subarray((y * png.width + x) * 4, (y * png.width + x) * 4 + 3),
  ];

  it('keeps the greys of the film and frames the hip where it is', () => {
    const png = picture({});
    // 760 px high: 1.9 times the film, 24 px from the corner.
    const [x, y] = [24 + 1.9 * 100, 24 + 1.9 * 100];
    expect(at(png, 30, 30)).toEqual([50, 50, 50]);
    expect(at(png, x + 3, y)).toEqual([126, 172, 218]);
    expect(at(png, x + 60, y + 60)).toEqual([50, 50, 50]);
  });

  it('lays evidence over the second film only, strongest where it is strongest', () => {
    const values = new Float32Array(16).fill(0);
    values[5] = 1;
    const box = finding.hips[0]!.box;
    const png = picture({ saliency: [{ box, rows: 4, columns: 4, values, of: 'III-IV' }] });
    // Cell (1, 1) of 4 × 4 has its centre at 3/8 of the box.
    const [x, y] = [Math.round(1.9 * (100 + 37.5)), Math.round(24 + 1.9 * (100 + 75))];
    expect(at(png, 24 + x, y)).toEqual([50, 50, 50]);
    expect(at(png, 24 + 570 + 16 + x, y)[0]).toBeGreaterThan(150);
    expect(at(png, 24 + 570 + 16 + Math.round(1.9 * 190), 24 + Math.round(1.9 * 290))).toEqual([50, 50, 50]);
  });

  it('shows one film and the reason where there is no answer', () => {
    const refused = picture({
      finding: {
        ...finding,
        outcome: 'refused',
        hips: [],
        warnings: [{ kind: 'blank', weight: 'refuse', sentence: 'This film is blank.' }],
      },
    });
    expect(refused.width).toBeLessThan(picture({}).width);
  });
});
