import { describe, expect, it } from 'vitest';
import type { Probabilities } from '../../contract/finding.ts';
import { defaultRules, type PromotionRules, type PromotionVerdict } from '../../contract/models.ts';
import type { SnapshotGrade } from '../../contract/snapshot.ts';
import { evaluateOutcomes } from '../evaluation/evaluate.ts';
import { answered, outcomesOf, sureOf } from '../testing/knownOutcomes.ts';
import { judgeCandidate, type Judged } from './judge.ts';

const grades: readonly SnapshotGrade[] = ['none', 'I', 'III'];
const groupOf: Record<string, keyof Probabilities> = { none: 'none', I: 'I-II', III: 'III-IV' };

/** Ninety patients, of whom the first `wrong` of each class are called III-IV, or none where they are III-IV. */
function model(name: string, wrong: number): Judged {
  const films = Array.from({ length: 90 }, (_, number) => {
    const grade = grades[number % 3]!;
    const right = groupOf[grade]!;
    const said = Math.floor(number / 3) >= wrong ? right : right === 'III-IV' ? 'none' : 'III-IV';
    return answered(number, grade, sureOf(said));
  });
  const outcomes = outcomesOf(films, films, name);
  return { outcomes, report: evaluateOutcomes(outcomes, { prevalence: 0.1, draws: 200 }) };
}

const lenient: PromotionRules = {
  ...defaultRules,
  floors: { none: 0, 'I-II': 0, 'III-IV': 0 },
  calibration: 1,
};

function judged(
  candidate: Judged,
  current: Judged,
  rules: PromotionRules,
  more: Partial<Parameters<typeof judgeCandidate>[0]> = {},
): PromotionVerdict {
  return judgeCandidate({
    candidate,
    current,
    rules,
    fault: null,
    saliency: null,
    shadowFilms: 0,
    at: '2026-01-01T00:00:00.000Z',
    draws: 200,
    ...more,
  });
}
const failed = (verdict: PromotionVerdict): string[] =>
  verdict.checks.filter(({ passed }) => !passed).map(({ check }) => check);

describe('a judgement', () => {
  it('lets a model through that says what the current one says: the difference is nothing, without width', () => {
    const verdict = judged(model('b', 3), model('a', 3), lenient);
    expect(verdict.allowed).toBe(true);
    expect(verdict.checks.find(({ check }) => check === 'non-inferiority')?.seen).toContain('0.0 points');
  });

  it('refuses one that is worse by ten points where three are the margin, in numbers', () => {
    const verdict = judged(model('b', 3), model('a', 0), lenient);
    expect(failed(verdict)).toEqual(['non-inferiority']);
    const { asked, seen } = verdict.checks.find(({ check }) => check === 'non-inferiority')!;
    expect(asked).toContain('−3.0 points');
    expect(seen).toContain('−10.0 points');
  });

  it('lets the same one through where the margin is thirty points', () => {
    expect(judged(model('b', 3), model('a', 0), { ...lenient, margin: 0.3 }).allowed).toBe(true);
  });

  it('asks every class for its share', () => {
    const rules = { ...lenient, floors: { none: 0.9, 'I-II': 0.91, 'III-IV': 0.5 } };
    const verdict = judged(model('b', 3), model('a', 3), rules);
    // 27 of 30 are right in each class.
    expect(failed(verdict)).toEqual(['sensitivity']);
    expect(verdict.checks.find(({ check }) => check === 'sensitivity')?.sentence).toBe(
      'It recognises too few of: Garden I–II.',
    );
  });

  it('refuses where it is not known whom either of the two has learned from', () => {
    const unknown = model('a', 3);
    const current = {
      ...unknown,
      report: {
        ...unknown.report,
        independence: { known: 'unknown', tunedOnToo: 0, sentence: 'Not known.' },
      },
    } as const;
    expect(failed(judged(model('b', 3), current, lenient))).toEqual(['independence']);
  });

  it('holds it to calibration, shadow and saliency where the rules ask for them', () => {
    const rules = { ...lenient, calibration: 0.0001, shadowFilms: 20, saliency: 'tested' } as const;
    const verdict = judged(model('b', 3), model('a', 3), rules, { shadowFilms: 19 });
    expect(failed(verdict)).toEqual(['calibration', 'saliency', 'shadow']);
  });
});
