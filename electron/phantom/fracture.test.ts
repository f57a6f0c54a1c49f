import { describe, expect, it } from 'vitest';
import { seeded } from '../random/random.ts';
import { Femur } from './femur.ts';
import { Fracture } from './fracture.ts';
import type { PhantomGrade } from './fractureParameters.ts';
import { samplePatient } from './parameters.ts';
import { placementOf } from './placement.ts';
import { inverse, move } from './rigid.ts';
import { Texture } from './texture.ts';
import { type HipTruth, hipTruth } from './truth.ts';

const texture = new Texture(seeded(1), 0.7);

interface Case {
  readonly whole: HipTruth;
  readonly broken: HipTruth;
  readonly fracture: Fracture | null;
  readonly femur: Femur;
}

function cases(grade: PhantomGrade, count: number): Case[] {
  return Array.from({ length: count }, (_, i) => {
    const random = seeded(400).stream(i);
    const patient = samplePatient(random, { left: grade });
    const femur = new Femur(patient.left, patient.cancellousDensity, texture);
    const placement = placementOf(patient, patient.left);
    const { fracture: parameters } = patient.left;
    const fracture = parameters && new Fracture(parameters, femur, random.stream('rough'));
    return {
      femur,
      fracture,
      whole: hipTruth({ ...patient.left, fracture: null }, femur, null, placement, 1),
      broken: hipTruth(patient.left, femur, fracture, placement, 1),
    };
  });
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const index = (found: Case[]) => found.map((c) => c.broken.gardenAlignmentIndexAP as number);
/** How far the shaft went up, mm. */
const migration = (found: Case[]) =>
  found.map((c) => c.broken.greaterTrochanter[2] - c.whole.greaterTrochanter[2]);

/** Volume in mm³ that both fragments claim, by a 2 mm grid about the fracture. */
function overlap({ fracture, femur }: Case): number {
  if (fracture === null) return 0;
  const toProximal = inverse(fracture.proximal);
  const toDistal = inverse(fracture.distal);
  let volume = 0;
  for (let x = -40; x <= 60; x += 2) {
    for (let y = -40; y <= 40; y += 2) {
      for (let z = -60; z <= 40; z += 2) {
        const p = move(toProximal, [x, y, z]);
        if (femur.distance(...p) >= 0 || fracture.side(...p) >= 0) continue;
        const d = move(toDistal, [x, y, z]);
        if (femur.distance(...d) < 0 && fracture.side(...d) > 0) volume += 8;
      }
    }
  }
  return volume;
}

describe('fractures of the femoral neck', () => {
  it('leave a whole femur at the normal alignment index of 160° (Garden 1961), seen in any leg position', () => {
    const found = index(cases('none', 200));
    expect(mean(found)).toBeCloseTo(160, -0.5);
    expect(Math.min(...found)).toBeGreaterThan(152);
    expect(Math.max(...found)).toBeLessThan(170);
  });

  it('keep the head in its socket', () => {
    for (const grade of ['I', 'II', 'III', 'IV'] as const) {
      for (const { whole, broken } of cases(grade, 20)) {
        broken.headCentre.forEach((value, axis) => expect(value).toBeCloseTo(whole.headCentre[axis]!, 9));
      }
    }
  });

  it('turn the head as each grade says: I valgus, II hardly, III varus 120 to 152°, IV back in line', () => {
    const first = cases('I', 100);
    expect(mean(index(first))).toBeGreaterThan(168);
    expect(mean(index(first))).toBeLessThan(176);
    expect(Math.min(...index(cases('II', 100)))).toBeGreaterThan(152);
    expect(Math.max(...index(cases('II', 100)))).toBeLessThan(170);
    const third = index(cases('III', 100));
    expect(mean(third)).toBeGreaterThan(125);
    expect(mean(third)).toBeLessThan(145);
    expect(Math.max(...third)).toBeLessThan(158);
    expect(Math.abs(mean(index(cases('IV', 100))) - 160)).toBeLessThan(6);
  });

  it('drive the shaft up by 10 to 30 mm in grade IV and hardly at all in II', () => {
    const fourth = migration(cases('IV', 60));
    expect(Math.min(...fourth)).toBeGreaterThan(5);
    expect(Math.max(...fourth)).toBeLessThan(40);
    expect(mean(fourth)).toBeGreaterThan(12);
    for (const moved of migration(cases('II', 60))) expect(Math.abs(moved)).toBeLessThan(5);
  });

  it('impact the fragments in grade I and part them in grade IV', () => {
    const impacted = cases('I', 8).map(overlap);
    expect(mean(impacted)).toBeGreaterThan(500);
    for (const volume of cases('IV', 8).map(overlap)) expect(volume).toBeLessThan(1500);
  });

  it('sample both faces of the cut, inside the bone, and none for a whole femur', () => {
    for (const { broken, femur } of cases('II', 10)) {
      expect(broken.fracturePoints.length).toBeGreaterThan(60);
      const far = broken.fracturePoints.map((p) =>
        Math.hypot(...p.map((v, axis) => v - broken.headCentre[axis]!)),
      );
      expect(Math.max(...far)).toBeLessThan(femur.axisLength + 20);
    }
    expect(cases('none', 1)[0]?.broken.fracturePoints).toEqual([]);
  });

  it('give a box from above the head to below the lesser trochanter and little more, also after displacement', () => {
    for (const grade of ['none', 'I', 'II', 'III', 'IV'] as const) {
      for (const { broken } of cases(grade, 30)) {
        const extent = (axis: 0 | 2) => {
          const along = broken.boxCorners.map((p) => p[axis]);
          return Math.max(...along) - Math.min(...along);
        };
        expect(extent(0)).toBeGreaterThan(105);
        const across =
          Math.max(broken.greaterTrochanter[0] - broken.headCentre[0], 66) + broken.headDiameter / 2;
        expect(extent(0)).toBeGreaterThan(across);
        expect(extent(0)).toBeLessThan(across + 65);
        expect(extent(2)).toBeGreaterThan(108);
        const headTop = broken.headCentre[2] + broken.headDiameter / 2;
        const spanned = headTop - Math.min(broken.lesserTrochanter[2], broken.headCentre[2] - 72);
        expect(extent(2)).toBeGreaterThan(spanned + 15);
        expect(extent(2)).toBeLessThan(spanned + 65);
      }
    }
  });
});
