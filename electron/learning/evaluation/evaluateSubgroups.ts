/** The same numbers for parts of the hips, each beside all others: an average can hide who it fails. */
import type { EvaluationReport, FilmOutcome, Subgroup } from '../../contract/evaluation.ts';
import { gradeGroups } from '../../contract/finding.ts';
import { balancedAccuracy } from '../../statistics/confusion.ts';
import { scoreOf, weightedTable } from './evaluateClassifier.ts';
import { isBroken } from './evaluateFracture.ts';
import { rankedArea } from './evaluateRanking.ts';
import { estimateOf, meanByPatient, shareOf } from './evaluateSample.ts';
import type { GradedCase, HipCase, PatientDraws, Sample } from './evaluateSample.ts';

type PartOf = (hip: HipCase) => string | null;

/** Null keeps a hip out: nothing is known of it. */
const partitions: readonly { readonly by: string; readonly partOf: PartOf }[] = [
  { by: 'sex', partOf: ({ film }) => sexInWords(film.sex) },
  { by: 'age', partOf: ({ film }) => ageBand(film.ageYears) },
  { by: 'side', partOf: ({ hip }) => hip.laterality },
  {
    by: 'view',
    partOf: ({ film }) => (film.view === 'pelvis' ? 'pelvis' : film.view === 'unknown' ? null : 'one hip'),
  },
  { by: 'site', partOf: ({ film }) => film.site },
  { by: 'device', partOf: ({ film }) => film.device },
  {
    by: 'implant on the film',
    partOf: ({ film }) => (film.hips.some(({ implant }) => implant !== null) ? 'yes' : 'no'),
  },
];

export const subgroupNames: readonly string[] = partitions.map(({ by }) => by);

const sexInWords = (sex: FilmOutcome['sex']): string | null =>
  sex === null ? null : { F: 'women', M: 'men', O: 'other' }[sex];

function ageBand(years: number | null): string | null {
  if (years === null) return null;
  if (years < 65) return 'under 65';
  if (years < 75) return '65 to 74';
  if (years < 85) return '75 to 84';
  return '85 and over';
}

/** Parts of which the hips fall into at least two; none where nothing is known or all are alike. */
export function subgroupReport(
  sample: Sample,
  draws: PatientDraws,
  isFractureCalled: ((hip: GradedCase) => boolean) | null,
): EvaluationReport['subgroups'] {
  return partitions.flatMap(({ by, partOf }) => {
    const names = [...new Set(sample.hips.map(partOf))].filter((name) => name !== null).sort(byAge);
    if (names.length < 2) return [];
    return [{ by, groups: names.map((name) => subgroup(sample, draws, isFractureCalled, partOf, name)) }];
  });
}

/** 'under 65' stands before '65 to 74'. */
const byAge = (a: string, b: string): number =>
  Number(b.startsWith('under')) - Number(a.startsWith('under')) || a.localeCompare(b);

function subgroup(
  sample: Sample,
  draws: PatientDraws,
  isFractureCalled: ((hip: GradedCase) => boolean) | null,
  partOf: PartOf,
  name: string,
): Subgroup {
  const hips = sample.hips.filter((hip) => partOf(hip) === name);
  const graded = sample.graded.filter((hip) => partOf(hip) === name);
  const others = sample.graded.filter((hip) => {
    const part = partOf(hip);
    return part !== null && part !== name;
  });
  const decided = (cases: readonly GradedCase[], called: boolean): Subgroup['sensitivity'] =>
    isFractureCalled &&
    shareOf(cases, (hip) => hip.probabilities !== null && isFractureCalled(hip) === called);
  const area = rankedArea(graded.map(scoreOf((group) => group !== 0)), graded.map(isBroken));
  const gap = hasEveryClass(graded) && hasEveryClass(others) ? gapOf(draws, graded, others) : null;
  return {
    name,
    patients: new Set(hips.map(({ patient }) => patient)).size,
    hips: hips.length,
    meanOverlap: meanByPatient(draws, hips, ({ hip }) => hip.found?.overlap ?? 0),
    found: shareOf(hips, ({ hip }) => hip.found !== null),
    topOne: shareOf(graded, ({ truth, answer }) => truth === answer),
    balancedAccuracy: hasEveryClass(graded)
      ? estimateOf(
          draws.interval(graded, (weights) => balancedAccuracy(weightedTable(graded, weights))),
          graded.length,
          'patient-bootstrap',
        )
      : null,
    sensitivity: decided(graded.filter(isBroken), true),
    specificity: decided(
      graded.filter((hip) => !isBroken(hip)),
      false,
    ),
    area: estimateOf(draws.interval(graded, area), graded.length, 'patient-bootstrap'),
    gap,
    differs: gap !== null && (gap.low > 0 || gap.high < 0),
  };
}

const hasEveryClass = (cases: readonly GradedCase[]): boolean =>
  gradeGroups.every((_, k) => cases.some(({ truth }) => truth === k));

/** Balanced accuracy of the part less that of the others, in the same draws of patients. */
function gapOf(
  draws: PatientDraws,
  graded: readonly GradedCase[],
  others: readonly GradedCase[],
): Subgroup['gap'] {
  const all = [...graded, ...others];
  return estimateOf(
    draws.interval(
      all,
      (weights) =>
        balancedAccuracy(weightedTable(graded, weights.subarray(0, graded.length))) -
        balancedAccuracy(weightedTable(others, weights.subarray(graded.length))),
    ),
    all.length,
    'patient-bootstrap',
  );
}
