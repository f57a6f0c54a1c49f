import { describe, expect, it } from 'vitest';
import { seeded } from '../random/random.ts';
import { type PatientParameters, samplePatient } from './parameters.ts';

const people = Array.from({ length: 3000 }, (_, i) => samplePatient(seeded(11).stream(i)));

function moments(values: readonly number[]): { mean: number; deviation: number; error: number } {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((a, v) => a + (v - mean) ** 2, 0) / (values.length - 1));
  return { mean, deviation, error: deviation / Math.sqrt(values.length) };
}

/** The mean within five standard errors and the spread within a tenth of what was published. */
function expectPublished(values: readonly number[], mean: number, deviation: number): void {
  const found = moments(values);
  expect(Math.abs(found.mean - mean)).toBeLessThan(5 * found.error);
  expect(found.deviation / deviation).toBeGreaterThan(0.9);
  expect(found.deviation / deviation).toBeLessThan(1.1);
}

const of = (sex: PatientParameters['sex']) => people.filter((p) => p.sex === sex);

describe('samplePatient', () => {
  it('has the neck-shaft angles, versions and offsets of 628 CTs (Carmona 2021)', () => {
    expectPublished(
      people.map((p) => p.left.neckShaftAngle),
      124.7,
      6.2,
    );
    expectPublished(
      people.map((p) => p.right.anteversion),
      14.5,
      8.1,
    );
    expectPublished(
      people.map((p) => p.left.offset),
      42.9,
      6.8,
    );
  });

  it('has the head diameters of women and men (Jamali)', () => {
    expectPublished(
      of('male').map((p) => p.left.headDiameter),
      49.1,
      3.5,
    );
    expectPublished(
      of('female').map((p) => p.right.headDiameter),
      43.9,
      2.3,
    );
  });

  it('has the necks of women and men (Saengnipanthkul 2012)', () => {
    for (const [sex, height, depth] of [
      ['male', 30.8, 25.65],
      ['female', 27.79, 22.08],
    ] as const) {
      expect(moments(of(sex).map((p) => p.left.neckDiameterSuperoinferior)).mean).toBeCloseTo(height, 0);
      expect(moments(of(sex).map((p) => p.left.neckDiameterAnteroposterior)).mean).toBeCloseTo(depth, 0);
    }
  });

  it('thins the upper neck cortex with age as Poole 2010 found, and spares the lower one', () => {
    const at = (from: number, to: number) => people.filter((p) => p.age >= from && p.age < to);
    const upper = (group: PatientParameters[]) => moments(group.map((p) => p.left.superiorNeckCortex)).mean;
    // The line from 1.63 mm at 25 years to 0.33 mm at 85.
    expect(upper(at(58, 62))).toBeCloseTo(0.87, 1);
    expect(upper(at(68, 72))).toBeCloseTo(0.65, 1);
    expect(moments(at(80, 90).map((p) => p.left.inferiorNeckCortex)).mean).toBeCloseTo(3.3, 0);
  });

  it('is plain data: JSON gives it back', () => {
    const patient = samplePatient(seeded(5), { left: 'IV', right: 'I' });
    expect(JSON.parse(JSON.stringify(patient))).toEqual(patient);
  });

  it('tells nothing of the grade by anything but the fracture', () => {
    const whole = samplePatient(seeded(123));
    const broken = samplePatient(seeded(123), { left: 'IV', right: 'II' });
    expect(broken.left.fracture?.grade).toBe('IV');
    expect(broken.right.fracture?.grade).toBe('II');
    const unbroken = (p: PatientParameters) => ({
      ...p,
      left: { ...p.left, fracture: null },
      right: { ...p.right, fracture: null },
    });
    expect(unbroken(broken)).toEqual(whole);
  });
});
