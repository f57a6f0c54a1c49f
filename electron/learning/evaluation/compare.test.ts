import { describe, expect, test } from 'vitest';
import { comparisonReport } from '../../contract/comparison.ts';
import type { FilmOutcome } from '../../contract/evaluation.ts';
import { gradeGroupOf, gradeGroups } from '../../contract/finding.ts';
import type { SnapshotGrade } from '../../contract/snapshot.ts';
import { compareOutcomes } from './compare.ts';
import { comparisonPage } from './report/comparisonPage.ts';
import { answered, fractureAt, outcomesOf, sureOf } from '../testing/knownOutcomes.ts';

const grades: readonly SnapshotGrade[] = ['none', 'I', 'II', 'III', 'IV'];
const tune = [0.1, 0.2, 0.8, 0.9].map((p, i) => answered(500 + i, i < 2 ? 'none' : 'III', fractureAt(p)));

/** A hundred hips, of which those that `wrong` names are answered with the next class. */
const films = (wrong: (number: number) => boolean): FilmOutcome[] =>
  Array.from({ length: 100 }, (_, i) => {
    const grade = grades[i % grades.length]!;
    const at = gradeGroups.indexOf(gradeGroupOf(grade)!);
    return answered(i, grade, sureOf(gradeGroups[wrong(i) ? (at + 1) % 3 : at]!));
  });

const compared = (first: FilmOutcome[], second: FilmOutcome[]) =>
  comparisonReport.parse(
    compareOutcomes(outcomesOf(tune, first, 'one'), outcomesOf(tune, second, 'other'), 400),
  );

describe('two models on the same hips', () => {
  test('are tested on the hips where one is right and the other wrong', () => {
    // Only the first is right on 10 to 24, only the second on 0 to 4.
    const report = compared(
      films((i) => i < 5),
      films((i) => i >= 10 && i < 25),
    );
    const [right] = report.decisions;
    expect([right?.onlyFirst, right?.onlySecond, right?.hips]).toEqual([15, 5, 100]);
    // Two-sided binomial of 5 among 20 at a half: 2 * 21700 / 2^20.
    expect(right?.p).toBeCloseTo((2 * 21700) / 2 ** 20, 12);
    expect(right!.holm).toBeGreaterThan(right!.p);
    expect(right?.difference?.estimate).toBeCloseTo(0.1, 12);
    const top = report.measures.find(({ name }) => name === 'Top-1');
    expect(top?.first?.estimate).toBeCloseTo(0.95, 12);
    expect(top?.second?.estimate).toBeCloseTo(0.85, 12);
    expect(top?.difference?.estimate).toBeCloseTo(0.1, 12);
    expect(report.decisions.map(({ name }) => name)).toContain('Right class, Garden II');
  });

  test('are told apart in words only where the interval says so', () => {
    const none = films(() => false);
    expect(
      compared(
        none,
        films((i) => i < 40),
      ).verdict,
    ).toMatch(/^The first \(one\) is better/);
    expect(
      compared(
        films((i) => i < 40),
        none,
      ).verdict,
    ).toMatch(/^The second \(other\) is better/);
    expect(
      compared(
        films((i) => i < 8),
        films((i) => i >= 50 && i < 60),
      ).verdict,
    ).toMatch(/^It cannot be told which is better.* points for a test of this size/);
    expect(compared(none, none).verdict).toMatch(/^Both have the same hips right/);
  });

  test('have no difference when their answers are one', () => {
    const { measures, areas, decisions } = compared(
      films((i) => i % 7 === 0),
      films((i) => i % 7 === 0),
    );
    for (const { difference } of [...measures, ...areas, ...decisions])
      expect([difference?.estimate, difference?.low, difference?.high]).toEqual([0, 0, 0]);
    for (const { p, holm } of [...areas, ...decisions]) expect([p, holm]).toEqual([1, 1]);
  });

  test('are compared on what both have read, and not at all without such films', () => {
    const all = films(() => false);
    expect(compared(all, all.slice(10)).leftOut).toBe(10);
    expect(() => compared(all.slice(0, 50), all.slice(50))).toThrow(/no test film in common/);
    const other = [answered(0, 'IV', sureOf('none')), ...all.slice(1)];
    expect(() => compared(all, other)).toThrow(/do not agree on what the films show/);
  });

  test('fill a page that needs nothing else', () => {
    const page = comparisonPage(
      compared(
        films((i) => i < 5),
        films((i) => i > 90),
      ),
    );
    expect(page).not.toMatch(/<script|https?:|<link/);
    expect(page).toContain('McNemar');
  });
});
