/** Whether a candidate may take the current model's place: every check in numbers, decided by rules set before. */
import type { ComparisonReport } from '../../contract/comparison.ts';
import type { EvaluationReport, Outcomes } from '../../contract/evaluation.ts';
import { gradeGroups } from '../../contract/finding.ts';
import type { PromotionCheck, PromotionRules, PromotionVerdict } from '../../contract/models.ts';
import type { SaliencyVerdict } from '../../contract/saliencyTests.ts';
import { compareOutcomes } from '../evaluation/compare.ts';
import { percent, ratio } from '../evaluation/evaluateWords.ts';

export interface Judged {
  readonly outcomes: Outcomes;
  readonly report: EvaluationReport;
}

export interface JudgementOrder {
  readonly candidate: Judged;
  readonly current: Judged;
  readonly rules: PromotionRules;
  /** Null where every file of the candidate is as it was put on the shelf; else the sentence that says what is not. */
  readonly fault: string | null;
  readonly saliency: SaliencyVerdict | null;
  /** Films that the candidate has read in the shadow. */
  readonly shadowFilms: number;
  /** When, ISO 8601. */
  readonly at: string;
  /** Draws of patients for an interval. */
  readonly draws?: number;
}

/**
 * @throws CalcarError 'invalid-input' when the two have read no test film in common, as `compareOutcomes`
 */
export function judgeCandidate(order: JudgementOrder): PromotionVerdict {
  const { candidate, current, rules, at, draws } = order;
  const comparison = compareOutcomes(candidate.outcomes, current.outcomes, draws);
  const checks = [
    filesCheck(order),
    independenceCheck(order),
    nonInferiorityCheck(comparison, rules),
    sensitivityCheck(candidate.report, rules),
    calibrationCheck(candidate.report, rules),
    ...(rules.saliency === 'not asked' ? [] : [saliencyCheck(order)]),
    ...(rules.shadowFilms > 0 ? [shadowCheck(order)] : []),
  ];
  return {
    format: 1,
    warning: candidate.report.warning,
    model: candidate.report.model,
    against: current.report.model,
    snapshot: candidate.report.snapshot,
    rules,
    at,
    allowed: checks.every(({ passed }) => passed),
    checks,
    comparison,
  };
}

function filesCheck({ fault }: JudgementOrder): PromotionCheck {
  return {
    check: 'files',
    passed: fault === null,
    asked: 'as they were put on the shelf, by their hash',
    seen: fault === null ? 'the same' : 'not the same',
    sentence: fault ?? 'What is judged is what would read.',
  };
}

/** Both must be known to be independent: a current model that has seen the test makes every candidate look worse. */
function independenceCheck({ candidate, current }: JudgementOrder): PromotionCheck {
  const doubtful = [candidate, current].filter(({ report }) => report.independence.known !== 'independent');
  const { patients } = candidate.report.test;
  return {
    check: 'independence',
    passed: doubtful.length === 0,
    asked: 'no test patient was learned from, by either model',
    seen:
      doubtful.length === 0
        ? `none of ${patients.toLocaleString('en')} patients`
        : `not known for ${doubtful.map(({ report }) => report.model.name).join(' and ')}`,
    sentence:
      doubtful.length === 0
        ? 'The records of both trainings name their patients, and no test patient is among them.'
        : doubtful[0]!.report.independence.sentence,
  };
}

const points = (share: number): string => `${(100 * share).toFixed(1).replace('-', '−')} points`;

/** Non-inferiority: the low end of the 95 % interval of the paired difference lies above minus the margin. */
function nonInferiorityCheck({ measures }: ComparisonReport, { margin }: PromotionRules): PromotionCheck {
  const difference = measures[0]?.difference ?? null;
  const asked = `low end of the interval at least ${points(-margin)}`;
  if (difference === null)
    return {
      check: 'non-inferiority',
      passed: false,
      asked,
      seen: 'too little to say',
      sentence:
        'A class is missing among the test hips, so the two cannot be compared. Judge on a data set with all three.',
    };
  const passed = difference.low >= -margin;
  const { estimate, low, high, n, of } = difference;
  return {
    check: 'non-inferiority',
    passed,
    asked,
    seen: `balanced accuracy ${points(estimate)} (${points(low)} to ${points(high)}), n = ${n.toLocaleString('en')} ${of}`,
    sentence: passed
      ? 'It is shown to be not worse than the current model by more than the margin.'
      : high < -margin
        ? 'It is worse than the current model by more than the margin.'
        : 'It may be worse than the current model by more than the margin: more test patients would tell.',
  };
}

const groupNames = { none: 'no fracture', 'I-II': 'Garden I–II', 'III-IV': 'Garden III–IV' } as const;

function sensitivityCheck({ classifier }: EvaluationReport, { floors }: PromotionRules): PromotionCheck {
  const shares = gradeGroups.map((group) => ({
    group,
    right: classifier.byClass.find((each) => each.group === group)?.sensitivity ?? null,
  }));
  const short = shares.filter(({ group, right }) => right === null || right.estimate < floors[group]);
  const least = (group: keyof typeof floors): string =>
    `${groupNames[group]} ${(100 * floors[group]).toFixed(0)} %`;
  return {
    check: 'sensitivity',
    passed: short.length === 0,
    asked: `at least ${gradeGroups.map(least).join(', ')}`,
    seen: shares.map(({ group, right }) => `${groupNames[group]} ${percent(right)}`).join(', '),
    sentence:
      short.length === 0
        ? 'It recognises every class as often as was asked.'
        : `It recognises too few of: ${short.map(({ group }) => groupNames[group]).join(', ')}.`,
  };
}

function calibrationCheck(
  { calibration }: EvaluationReport,
  { calibration: most }: PromotionRules,
): PromotionCheck {
  const error = calibration.after?.expectedCalibrationError ?? null;
  return {
    check: 'calibration',
    passed: error !== null && error.estimate <= most,
    asked: `expected calibration error at most ${most.toFixed(2)}`,
    seen: error === null ? 'never fixed: the tuning patients lack a class' : ratio(error),
    sentence:
      error === null
        ? 'Nothing says how sure it is, so it could not say when it needs a human.'
        : error.estimate <= most
          ? 'Its probabilities mean what they say, as closely as was asked.'
          : 'Its probabilities say more than they mean.',
  };
}

function saliencyCheck({ saliency, rules }: JudgementOrder): PromotionCheck {
  const asked =
    rules.saliency === 'passed'
      ? 'one method that passed every test that could be done'
      : 'its maps tested, whatever the tests say';
  if (saliency === null)
    return {
      check: 'saliency',
      passed: false,
      asked,
      seen: 'not tested',
      sentence: 'Nobody knows what its maps show. Test them on the shelf; it takes minutes.',
    };
  const passedOne = saliency.methods.some(({ verdict }) => verdict === 'passed');
  return {
    check: 'saliency',
    passed: rules.saliency === 'tested' || passedOne,
    asked,
    seen: saliency.methods.map(({ method, verdict }) => `${method} ${verdict}`).join(', '),
    sentence: passedOne
      ? 'A method passed its tests.'
      : 'No method passed all of its tests, and every map says so.',
  };
}

function shadowCheck({ shadowFilms, rules }: JudgementOrder): PromotionCheck {
  const passed = shadowFilms >= rules.shadowFilms;
  return {
    check: 'shadow',
    passed,
    asked: `at least ${rules.shadowFilms.toLocaleString('en')} films`,
    seen: `${shadowFilms.toLocaleString('en')} films`,
    sentence: passed
      ? 'It has read enough films of this station unseen.'
      : 'It has not yet read enough films of this station unseen. Let it read in the shadow.',
  };
}
