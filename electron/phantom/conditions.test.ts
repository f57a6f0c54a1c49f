import { describe, expect, it } from 'vitest';
import { CalcarError } from '../contract/errors.ts';
import { hounsfield, mm } from '../contract/units.ts';
import { seeded } from '../random/random.ts';
import type { Volume } from '../volume/volume.ts';
import { cutPoints } from './alignment.ts';
import { type HipFindingPlan, otherConditionKinds } from './conditions.ts';
import { Femur } from './femur.ts';
import { FragmentedFemur } from './fragments.ts';
import { femurPieces } from './injuries.ts';
import { buildPhantom, type Phantom, samplePatient } from './phantom.ts';
import { inPatient, placementOf } from './placement.ts';
import { Texture } from './texture.ts';

const voxel = mm(2.5);

const made = new Map<string, Phantom>();

/** A patient with a finding on the left; built once. */
function built(seed: number, finding: HipFindingPlan): Phantom {
  const name = `${String(seed)} ${JSON.stringify(finding)}`;
  // Dense enough that bone and soft tissue differ everywhere.
  const dense = { cancellousDensity: hounsfield(160) };
  const patient = { ...samplePatient(seeded(seed), { left: 'none', findings: { left: finding } }), ...dense };
  const phantom = made.get(name) ?? buildPhantom(patient, voxel, seeded(seed));
  made.set(name, phantom);
  return phantom;
}

function at(
  { hounsfield: values, size, spacing, origin }: Volume,
  point: readonly [number, number, number],
): number {
  const [i, j, k] = point.map((v, axis) => Math.round((v - origin[axis]!) / spacing[axis]!));
  return values[i! + size[0] * (j! + size[1] * k!)]!;
}

const apart = (a: readonly number[], b: readonly number[]) => Math.hypot(...a.map((v, i) => v - b[i]!));

describe('what is no fracture of the femoral neck', () => {
  it.each(otherConditionKinds)('%s: is labelled, has no grade, and points where bone broke', (condition) => {
    const { left, right } = built(31, { condition }).truth.hips;
    expect(left).toMatchObject({ condition, grade: 'none', implant: null, outOfScope: true });
    expect(right).toMatchObject({ condition: 'none', grade: 'none', outOfScope: false });
    expect(left.fracturePoints.length > 100).toBe(condition !== 'dislocation');
    expect(left.neck !== null).toBe(condition === 'united-fracture');
  });

  it('puts a dislocated head where it was said to go: behind and above the socket, or before and below it', () => {
    const directions = new Set<string>();
    for (let seed = 1; seed <= 40; seed++) {
      const patient = samplePatient(seeded(seed), { findings: { left: { condition: 'dislocation' } } });
      const { condition } = patient.left;
      if (condition?.kind !== 'dislocation') throw new Error('asked for a dislocation');
      if (directions.has(condition.direction)) continue;
      directions.add(condition.direction);
      const left = { ...patient.left, arthritis: patient.right.arthritis };
      const { headCentre, shentonStep } = buildPhantom({ ...patient, left }, mm(3), seeded(seed)).truth.hips
        .left;
      const wear = left.arthritis.narrowing;
      const moved = [headCentre[0] - patient.hipSeparation / 2, headCentre[1], headCentre[2]];
      expect(apart(moved, condition.shift)).toBeLessThan(1e-6 + wear);
      expect(Math.sign(shentonStep)).toBe(condition.direction === 'posterior' ? 1 : -1);
    }
    expect([...directions].sort()).toEqual(['anterior', 'posterior']);
  });

  it('keeps the trochanters with the head when the shaft breaks under them', () => {
    const { volume, truth } = built(31, { condition: 'subtrochanteric' });
    const { left } = truth.hips;
    const whole = built(31, {}).truth.hips.left;
    expect(apart(left.headCentre, left.greaterTrochanter)).toBeCloseTo(
      apart(whole.headCentre, whole.greaterTrochanter),
      6,
    );
    expect(apart(left.greaterTrochanter, whole.greaterTrochanter)).toBeGreaterThan(3);
    expect(at(volume, left.headCentre)).toBeGreaterThan(80);
  });

  it('parts the faces of a broken ramus by its shift', () => {
    const { truth } = built(31, { condition: 'pubic-ramus' });
    const { condition } = truth.patient.left;
    if (condition?.kind !== 'pubic-ramus') throw new Error('asked for a broken ramus');
    const [inward, back, up] = condition.shift;
    const [face, other] = truth.hips.left.fracturePoints;
    expect(other![0] - face![0]).toBeCloseTo(-1 * inward, 9);
    expect(other![1] - face![1]).toBeCloseTo(back, 9);
    expect(other![2] - face![2]).toBeCloseTo(up, 9);
  });

  it('leaves no gap across a fracture that healed', () => {
    const patient = samplePatient(seeded(35), { findings: { left: { condition: 'united-fracture' } } });
    const femur = new Femur(patient.left, patient.cancellousDensity, new Texture(seeded(1), 0.7));
    const placement = placementOf(patient, patient.left);
    const pieces = femurPieces(patient.left, femur, placement, seeded(2));
    if (pieces.surface === null) throw new Error('a healed neck was broken once');
    const bone = new FragmentedFemur(femur, pieces, placement, 1, patient.corticalDensity, 1);
    const cut = cutPoints(pieces.surface, femur);
    const faces = [pieces.head, pieces.shaft].flatMap((motion) =>
      cut.map((point) => inPatient(point, placement, 1, motion)),
    );
    expect(faces.length).toBeGreaterThan(200);
    const joined = faces.filter((point) => bone.distance(...point) < 0);
    expect(joined.length / faces.length).toBeGreaterThan(0.98);
  });

  it('refuses two injuries of one femur, and a broken neck under an artificial head', () => {
    const ask = (left: 'none' | 'II', finding: HipFindingPlan) => () =>
      samplePatient(seeded(1), { left, findings: { left: finding } });
    expect(ask('II', { condition: 'dislocation' })).toThrow(CalcarError);
    expect(ask('II', { implant: 'total-hip' })).toThrow(CalcarError);
    expect(ask('none', { condition: 'pertrochanteric', implant: 'hemiarthroplasty' })).toThrow(CalcarError);
    expect(ask('none', { condition: 'pubic-ramus', implant: 'hemiarthroplasty' })).not.toThrow();
    expect(ask('II', { implant: 'cannulated-screws' })).not.toThrow();
  });
});
