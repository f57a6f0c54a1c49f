import { describe, expect, it } from 'vitest';
import { degrees, mm } from '../contract/units.ts';
import { seeded } from '../random/random.ts';
import { noArthritis } from './arthritisParameters.ts';
import { Femur } from './femur.ts';
import type { FractureParameters, PhantomGrade } from './fractureParameters.ts';
import { type FemurPieces, FragmentedFemur, wholeFemur } from './fragments.ts';
import { femurPieces } from './injuries.ts';
import { samplePatient } from './parameters.ts';
import { placementOf } from './placement.ts';
import { add, identity, multiply, type RigidMotion, scale, transpose } from './rigid.ts';
import { Texture } from './texture.ts';
import { type HipTruth, hipTruth } from './truth.ts';
import { edgeWidth } from './voxelize.ts';

const texture = new Texture(seeded(1), 0.7);

interface Case {
  readonly whole: HipTruth;
  readonly broken: HipTruth;
  readonly femur: Femur;
  readonly pieces: FemurPieces;
  readonly placement: RigidMotion;
}

/** A left hip with the fracture of a grade; `changed` overrides what was drawn. */
function fractured(number: number, grade: PhantomGrade, changed: Partial<FractureParameters> = {}): Case {
  const random = seeded(400).stream(number);
  const patient = samplePatient(random, { left: grade });
  const drawn = patient.left.fracture;
  const left = { ...patient.left, fracture: drawn && { ...drawn, ...changed }, arthritis: noArthritis };
  const femur = new Femur(left, patient.cancellousDensity, texture);
  const placement = placementOf(patient, left);
  const pieces = femurPieces(left, femur, placement, random.stream('rough'));
  const hip = { femur, placement, side: 1 as const, ramusPoints: null };
  return {
    femur,
    pieces,
    placement,
    whole: hipTruth({ ...hip, parameters: { ...left, fracture: null }, pieces: wholeFemur }),
    broken: hipTruth({ ...hip, parameters: left, pieces }),
  };
}

const cases = (grade: PhantomGrade, count: number): Case[] =>
  Array.from({ length: count }, (_, i) => fractured(i, grade));

/** A fracture of which nothing moved, to move one part of it by a known amount. */
const unmoved = {
  valgus: degrees(0),
  posteriorTilt: degrees(0),
  impaction: mm(0),
  gap: mm(0),
  slide: 0,
  externalRotation: degrees(0),
  migration: mm(0),
  obliquity: degrees(0),
};

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const index = (found: Case[]) => found.map((c) => c.broken.gardenAlignmentIndexAP as number);
/** How far the shaft went up along itself, mm: it also turns about its axis, which lifts no point of that axis. */
const migration = (found: Case[]) => found.map(({ pieces }) => pieces.shaft.translation[2]);

describe('what is measured of a fracture', () => {
  it('is 160° and 180° and no step for a whole femur, in any position of the leg (Garden 1961)', () => {
    for (const { broken } of cases('none', 20)) {
      expect(broken.gardenAlignmentIndexAP).toBeCloseTo(160, 9);
      expect(broken.gardenAlignmentIndexLateral).toBeCloseTo(180, 9);
      expect(broken.shentonStep).toBeCloseTo(0, 9);
      expect(broken.headCentreShift).toBeCloseTo(0, 9);
      expect(broken.neck).toBeNull();
      expect(broken.fracturePoints).toEqual([]);
    }
  });

  it('follows a pure rotation of the head degree by degree', () => {
    for (const valgus of [-30, -12, 5, 20]) {
      const { broken } = fractured(3, 'III', { ...unmoved, valgus: degrees(valgus) });
      expect(broken.gardenAlignmentIndexAP).toBeCloseTo(160 + valgus, 9);
      expect(broken.gardenAlignmentIndexLateral).toBeCloseTo(180, 9);
    }
    for (const tilt of [-10, 18, 33]) {
      const { broken } = fractured(3, 'III', { ...unmoved, posteriorTilt: degrees(tilt) });
      expect(broken.gardenAlignmentIndexLateral).toBeCloseTo(180 - tilt, 9);
    }
  });

  it('gives back the Pauwels angle by which the plane was laid', () => {
    for (const angle of [30, 45, 70]) {
      const { broken } = fractured(4, 'II', { ...unmoved, pauwelsAngle: degrees(angle) });
      expect(broken.neck?.pauwelsAngle).toBeCloseTo(angle, 9);
    }
  });

  it('gives back a gap by which the faces part, and no contact once they slid by', () => {
    const { broken } = fractured(5, 'II', { ...unmoved, gap: mm(3), roughness: mm(0) });
    expect(broken.neck?.gap).toBeCloseTo(3, 1);
    expect(broken.neck?.contact).toBeGreaterThan(0.85);
    expect(broken.neck?.overlapVolume).toBe(0);
    const apart = fractured(5, 'II', { ...unmoved, gap: mm(3), slide: 2.2 });
    expect(apart.broken.neck?.contact).toBeLessThan(0.1);
    const shifted = fractured(5, 'II', { ...unmoved, gap: mm(3), roughness: mm(0), obliquity: degrees(0) });
    expect(shifted.broken.headCentreShift).toBeCloseTo(3, 9);
  });

  it('counts the bone that a plain impaction crushes: neck section times depth', () => {
    const { broken, pieces, femur } = fractured(6, 'I', {
      ...unmoved,
      neckFraction: 0.55,
      pauwelsAngle: degrees(50),
      roughness: mm(0),
      impaction: mm(4),
    });
    const { surface } = pieces;
    const faces = broken.fracturePoints.length / 2;
    const normal = surface?.normal ?? [0, 0, 0];
    const depth = 4 * (normal[0] * femur.sine - normal[2] * femur.cosine);
    // Points stand 1.5 mm apart over the face.
    const expected = faces * 1.5 ** 2 * depth;
    expect((broken.neck?.overlapVolume ?? 0) / expected).toBeGreaterThan(0.85);
    expect((broken.neck?.overlapVolume ?? 0) / expected).toBeLessThan(1.15);
  });

  it('is painted as wide as it is, however coarse the voxels, and not at all where the faces touch', () => {
    for (const gap of [0, 0.5, 2]) {
      const changed = { ...unmoved, gap: mm(gap), roughness: mm(0), neckFraction: 0.4 };
      const { femur, pieces } = fractured(9, 'II', changed);
      const { surface } = pieces;
      if (surface === null) throw new Error('a broken neck has a surface');
      for (const voxel of [0.6, 2]) {
        const frame = { rotation: identity, translation: [0, 0, 0] as const };
        const bone = new FragmentedFemur(femur, pieces, frame, 1, 1400, voxel);
        const half = 0.5 * edgeWidth * voxel;
        let missing = 0;
        for (let t = -4; t < 6; t += 0.01) {
          const distance = bone.distance(...add(surface.centre, scale(surface.normal, t)));
          missing += 0.01 * Math.min(Math.max(0.5 + distance / (2 * half), 0), 1);
        }
        expect(missing).toBeCloseTo(gap, 1);
      }
    }
  });

  it('moves each fragment rigidly', () => {
    for (const grade of ['I', 'II', 'III', 'IV'] as const) {
      const { fragments } = fractured(7, grade).broken;
      for (const { rotation } of [fragments.proximal, fragments.distal]) {
        multiply(rotation, transpose(rotation)).forEach((value, i) =>
          expect(value).toBeCloseTo(i % 4 === 0 ? 1 : 0, 12),
        );
      }
    }
  });
});

describe('fractures of the femoral neck', () => {
  it('keep the head in its socket', () => {
    for (const grade of ['I', 'II', 'III', 'IV'] as const) {
      for (const { whole, broken } of cases(grade, 20)) {
        broken.headCentre.forEach((value, axis) => expect(value).toBeCloseTo(whole.headCentre[axis]!, 9));
      }
    }
  });

  it('turn the head as each grade says: I valgus, II hardly, III varus 120 to 152°, IV back in line', () => {
    const first = cases('I', 40);
    expect(mean(index(first))).toBeGreaterThan(168);
    expect(mean(index(first))).toBeLessThan(176);
    expect(Math.min(...index(cases('II', 30)))).toBeGreaterThan(152);
    expect(Math.max(...index(cases('II', 30)))).toBeLessThan(170);
    const third = index(cases('III', 40));
    expect(mean(third)).toBeGreaterThan(125);
    expect(mean(third)).toBeLessThan(145);
    expect(Math.max(...third)).toBeLessThan(158);
    expect(Math.abs(mean(index(cases('IV', 60))) - 160)).toBeLessThan(6);
  });

  it('drive the shaft up by 10 to 30 mm in grade IV and hardly at all in II', () => {
    const fourth = migration(cases('IV', 60));
    // A gap of up to 6 mm opens along the cut's normal, which falls at the flattest by the cosine of 30°.
    expect(Math.min(...fourth)).toBeGreaterThan(10 - 6 * Math.cos(Math.PI / 6));
    expect(Math.max(...fourth)).toBeLessThan(30);
    expect(mean(fourth)).toBeGreaterThan(12);
    for (const moved of migration(cases('II', 60))) expect(Math.abs(moved)).toBeLessThan(5);
  });

  it('impact the fragments in grade I, leave contact in III and part them in IV', () => {
    const necks = (grade: PhantomGrade) => cases(grade, 12).map(({ broken }) => broken.neck);
    expect(mean(necks('I').map((neck) => neck?.overlapVolume ?? 0))).toBeGreaterThan(700);
    for (const neck of necks('II')) {
      expect(neck?.contact).toBeGreaterThan(0.75);
      expect(neck?.gap).toBeLessThan(2.5);
    }
    for (const neck of necks('III')) expect(neck?.contact).toBeGreaterThan(0.25);
    for (const neck of necks('IV')) {
      expect(neck?.contact).toBeLessThan(0.55);
      expect(neck?.overlapVolume).toBeLessThan(1500);
    }
  });

  it('break Shenton’s arc by what the shaft rose: little in I and II, most in IV', () => {
    const steps = (grade: PhantomGrade) => cases(grade, 40).map(({ broken }) => broken.shentonStep as number);
    expect(Math.abs(mean(steps('II')))).toBeLessThan(3);
    expect(mean(steps('IV'))).toBeGreaterThan(10);
    const { broken } = fractured(8, 'IV', { ...unmoved, migration: mm(12), pauwelsAngle: degrees(60) });
    // Straight up but for the turn of the leg's own frame against the table.
    expect(broken.shentonStep).toBeGreaterThan(10);
    expect(broken.shentonStep).toBeLessThan(13);
  });

  it('sample both faces of the cut, on the cut and inside the bone', () => {
    for (const { broken, femur, pieces } of cases('II', 6)) {
      const half = broken.fracturePoints.length / 2;
      expect(half).toBeGreaterThan(150);
      const { surface } = pieces;
      if (surface === null) throw new Error('a broken neck has a surface');
      for (let p = -12; p <= 12; p += 3) {
        const point = surface.at(p, 5);
        expect(surface.side(...point)).toBeCloseTo(0, 9);
      }
      const far = broken.fracturePoints.map((p) =>
        Math.hypot(...p.map((v, axis) => v - broken.headCentre[axis]!)),
      );
      expect(Math.max(...far)).toBeLessThan(femur.axisLength + 20);
    }
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
