import { describe, expect, test } from 'vitest';
import { cohortOf, patientPlan, patientSeed } from './cohort.ts';

describe('the cohort', () => {
  test('never gives one patient to two splits', () => {
    const cohorts = ['learn', 'tune-to-learn', 'tune-to-judge', 'test'] as const;
    const ranges = cohorts.map((cohort) => [patientSeed(cohort, 0), patientSeed(cohort, 499_999)] as const);
    for (const [i, [first, last]] of ranges.entries()) {
      for (const [k, [otherFirst, otherLast]] of ranges.entries()) {
        if (i !== k) expect(last < otherFirst || otherLast < first).toBe(true);
      }
    }
    expect(() => patientSeed('learn', 500_000)).toThrow(RangeError);
  });

  test('tunes a judgement on patients as they come, and a training on patients as it learns from', () => {
    expect(cohortOf('tune', true)).toBe('tune-to-judge');
    expect(cohortOf('tune', false)).toBe('tune-to-learn');
    const brokenHips = (cohort: 'tune-to-judge' | 'test'): number[] =>
      Array.from({ length: 300 }, (_, number) => {
        const { left, right } = patientPlan(cohort, number).plan.grades;
        return Number(left !== 'none') + Number(right !== 'none');
      });
    expect(brokenHips('tune-to-judge')).toEqual(brokenHips('test'));
  });

  test('draws thirds of the three groups to learn, and one broken hip at most to test', () => {
    const counts = { none: 0, 'I-II': 0, 'III-IV': 0 };
    let others = 0;
    for (let number = 0; number < 600; number++) {
      const { grades, findings } = patientPlan('learn', number).plan;
      for (const side of ['left', 'right'] as const) {
        const { condition, implant } = findings?.[side] ?? {};
        const grade = grades[side];
        if (condition !== undefined || implant !== undefined) {
          expect(grade).toBe('none');
          others += 1;
        } else counts[grade === 'none' ? 'none' : grade === 'I' || grade === 'II' ? 'I-II' : 'III-IV'] += 1;
      }
      const test = patientPlan('test', number).plan.grades;
      expect([test.left, test.right]).toContain('none');
      if (number % 3 === 0) expect(test.left === 'none' && test.right === 'none').toBe(true);
    }
    // Of 1,200 hips one in twelve is of no class; four standard deviations either way.
    expect(Math.abs(others - 100)).toBeLessThan(39);
    for (const count of Object.values(counts)) expect(Math.abs(count - 1100 / 3)).toBeLessThan(64);
  });
});
