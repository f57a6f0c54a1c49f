import { describe, expect, it } from 'vitest';
import { mm } from '../contract/units.ts';
import { seeded } from '../random/random.ts';
import { noArthritis, sampleArthritis } from './arthritisParameters.ts';
import { buildPhantom, samplePatient } from './phantom.ts';

const drawn = (age: number) =>
  Array.from({ length: 4000 }, (_, i) => {
    const random = seeded(90).stream(i);
    return sampleArthritis(random.stream('hip'), random.normal(), age, mm(4));
  });
const share = (age: number) => drawn(age).filter(({ grade }) => grade >= 2).length / 4000;

describe('arthritis', () => {
  it('is seen in one hip of ten at 75 years (Kim 2014: 9.7 % in Framingham), in fewer before, in more after', () => {
    expect(share(75)).toBeGreaterThan(0.08);
    expect(share(75)).toBeLessThan(0.12);
    expect(share(55)).toBeLessThan(0.06);
    expect(share(92)).toBeGreaterThan(0.14);
  });

  it('never wears the head into the roof', () => {
    for (const { narrowing, grade } of drawn(90)) {
      expect(narrowing).toBeLessThanOrEqual(3.75);
      if (grade === 0) expect(narrowing).toBe(0);
    }
  });

  it('takes the head towards the roof by what the joint space lost, and leaves the measures of the neck alone', () => {
    const patient = samplePatient(seeded(91));
    const worn = {
      ...noArthritis,
      grade: 3 as const,
      narrowing: mm(2.5),
      sclerosis: patient.corticalDensity,
    };
    const hip = (arthritis: typeof noArthritis) =>
      buildPhantom({ ...patient, left: { ...patient.left, arthritis } }, mm(3), seeded(1)).truth.hips.left;
    const [before, after] = [hip(noArthritis), hip(worn)];
    expect(after.headCentre[2] - before.headCentre[2]).toBeCloseTo(2.5, 9);
    expect(after.headCentre[0]).toBeCloseTo(before.headCentre[0], 9);
    expect(after.gardenAlignmentIndexAP).toBeCloseTo(160, 9);
    expect(after.arthritisGrade).toBe(3);
    expect(after.outOfScope).toBe(false);
  });
});
