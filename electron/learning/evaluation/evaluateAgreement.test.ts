import { expect, test } from 'vitest';
import { agreementReport } from './evaluateAgreement.ts';
import { drawPatients, type GradedCase } from './evaluateSample.ts';

/** One patient a hip. */
function sampleOf(table: readonly (readonly number[])[]): Parameters<typeof agreementReport>[0] {
  const graded = table.flatMap((row, truth) =>
    row.flatMap((count, answer) =>
      Array.from({ length: count }, () => ({
        truth,
        answer,
        probabilities: answer === 3 ? null : [1, 0, 0],
      })),
    ),
  );
  return {
    patients: graded.length,
    films: [],
    hips: [],
    graded: graded.map((hip, patient) => ({ ...hip, patient })) as unknown as GradedCase[],
  };
}

const agreementOf = (table: readonly (readonly number[])[]): ReturnType<typeof agreementReport> => {
  const sample = sampleOf(table);
  return agreementReport(sample, drawPatients(sample.patients));
};

test('kappa of two groups is the textbook one, over broken hips that were answered as broken', () => {
  // Cohen's 2 x 2 example with 20, 5, 10 and 15: observed .70, by chance .50, kappa .40; its interval after Fleiss,
  // Cohen and Everitt is .40 +- 1.96 x .128.
  const { displacement } = agreementOf([
    [30, 4, 2, 1],
    [7, 20, 5, 2],
    [3, 10, 15, 1],
  ]);
  expect(displacement).toMatchObject({ n: 50, of: 'hips', method: 'patient-bootstrap' });
  expect(displacement?.estimate).toBeCloseTo(0.4, 12);
  expect(Math.abs((displacement?.low ?? 0) - 0.149)).toBeLessThan(0.03);
  expect(Math.abs((displacement?.high ?? 0) - 0.651)).toBeLessThan(0.03);
});

test('answers that know nothing agree by chance alone, right ones wholly', () => {
  const chance = agreementOf([
    [20, 20, 20, 0],
    [10, 10, 10, 0],
    [10, 10, 10, 0],
  ]).threeClasses;
  expect(chance?.estimate).toBeCloseTo(0, 12);
  expect(chance!.low < 0 && chance!.high > 0).toBe(true);
  const right = agreementOf([
    [20, 0, 0, 5],
    [0, 20, 0, 5],
    [0, 0, 20, 5],
  ]).threeClasses;
  expect(right?.n).toBe(60);
  expect(right?.estimate).toBeCloseTo(1, 12);
  expect(right?.low).toBeCloseTo(1, 12);
});

test('where no broken hip was found there is nothing to say', () => {
  expect(
    agreementOf([
      [9, 1, 0, 0],
      [0, 0, 0, 3],
      [0, 0, 0, 2],
    ]).displacement,
  ).toBeNull();
});
