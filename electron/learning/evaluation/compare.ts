/** Two models on the same hips: what differs, by how much, and whether chance would do as much. */
import type { ComparisonReport, MeasureDifference } from '../../contract/comparison.ts';
import { CalcarError } from '../../contract/errors.ts';
import type { FilmOutcome, Outcomes } from '../../contract/evaluation.ts';
import { gradeGroups } from '../../contract/finding.ts';
import { snapshotGrade } from '../../contract/snapshot.ts';
import { balancedAccuracy } from '../../statistics/confusion.ts';
import { holm, mcNemar } from '../../statistics/mcnemar.ts';
import { detectableDifference } from '../../statistics/proportion.ts';
import { deLongPaired } from '../../statistics/roc.ts';
import { verdictOf } from './compareWords.ts';
import { macroAreaOf, scoreOf, weightedTable } from './evaluateClassifier.ts';
import { fixThresholds, fractureProbability, isBroken } from './evaluateFracture.ts';
import { rankedArea } from './evaluateRanking.ts';
import { drawPatients, estimateOf, sampleOf, weightedMean } from './evaluateSample.ts';
import type { GradedCase, PatientDraws, Sample, WeightedStatistic } from './evaluateSample.ts';
import { warningOf } from './evaluateWords.ts';

type Pair<T> = readonly [first: T, second: T];

/**
 * @param draws of patients for an interval
 * @throws CalcarError 'invalid-input' when the two have no film in common, disagree on what a film shows, or no hip of
 *   theirs has a class
 */
export function compareOutcomes(first: Outcomes, second: Outcomes, draws = 2000): ComparisonReport {
  const { films, leftOut } = commonFilms(first, second);
  const samples: Pair<Sample> = [sampleOf(films[0]), sampleOf(films[1])];
  const [{ graded, hips, patients }] = samples;
  if (graded.length === 0)
    throw new CalcarError(
      'invalid-input',
      'No hip that both models have read has a grade, so they cannot be compared. Evaluate both on a snapshot with graded test patients.',
    );
  const drawn = drawPatients(patients, 2000, draws);
  const thresholds: Pair<number | null> = [youdenOf(first), youdenOf(second)];
  const measures = measuresOf(samples, thresholds, drawn);
  return {
    format: 1,
    warning: warningOf(first.study),
    study: first.study,
    first: first.model,
    second: second.model,
    snapshot: first.snapshot,
    patients,
    films: films[0].length,
    hips: hips.length,
    graded: graded.length,
    leftOut,
    measures,
    areas: areasOf(samples, drawn),
    decisions: decisionsOf(samples, thresholds, drawn),
    verdict: verdictOf(first.model.name, second.model.name, measures),
  };
}

/** Test films that both have read, in the same order. */
function commonFilms(first: Outcomes, second: Outcomes): { films: Pair<FilmOutcome[]>; leftOut: number } {
  const others = new Map(second.test.map((film) => [keyOf(film), film]));
  const pairs = first.test.flatMap((film): Pair<FilmOutcome>[] => {
    const other = others.get(keyOf(film));
    return other === undefined ? [] : [[film, other]];
  });
  if (pairs.length === 0)
    throw new CalcarError(
      'invalid-input',
      `The two models have read no test film in common ('${first.snapshot.name}' and '${second.snapshot.name}'), so they cannot be compared. Evaluate both on one snapshot.`,
    );
  if (first.study !== second.study || pairs.some(([one, other]) => labelsOf(one) !== labelsOf(other)))
    throw new CalcarError(
      'invalid-input',
      'The two evaluations do not agree on what the films show, so a comparison would say nothing. Evaluate both models on one snapshot.',
    );
  return {
    films: [pairs.map(([film]) => film), pairs.map(([, film]) => film)],
    leftOut: first.test.length + second.test.length - 2 * pairs.length,
  };
}

const keyOf = ({ patient, film, image }: FilmOutcome): string => `${patient}/${String(film)}/${image}`;

const labelsOf = ({ hips }: FilmOutcome): string =>
  JSON.stringify(
    hips.map(({ laterality, grade, box: { x, y, width, height } }) => [
      laterality,
      grade,
      x,
      y,
      width,
      height,
    ]),
  );

/** Each model is judged at the threshold that its own tuning gave. */
function youdenOf({ tune }: Outcomes): number | null {
  return fixThresholds(sampleOf(tune)).find(({ name }) => name === 'Youden')?.threshold ?? null;
}

const isFound = ({ probabilities }: GradedCase): boolean => probabilities !== null;
const isRight = ({ truth, answer }: GradedCase): boolean => truth === answer;

/** Broken called broken, whole called whole; a hip that was not found is wrong. */
const isRightAt =
  (threshold: number) =>
  (hip: GradedCase): boolean => {
    const probability = fractureProbability(hip);
    return probability !== null && probability >= threshold === isBroken(hip);
  };

function measuresOf(
  samples: Pair<Sample>,
  thresholds: Pair<number | null>,
  draws: PatientDraws,
): [MeasureDifference, ...MeasureDifference[]] {
  const graded: Pair<readonly GradedCase[]> = [samples[0].graded, samples[1].graded];
  const hips = samples[0].hips;
  const each = <T>(of: (sample: Sample) => T): Pair<T> => [of(samples[0]), of(samples[1])];
  const shares = (is: (hip: GradedCase) => boolean): Pair<WeightedStatistic> => [
    shareWhere(graded[0], is),
    shareWhere(graded[1], is),
  ];
  return [
    differenceOf(
      'Balanced accuracy',
      draws,
      graded[0],
      each((sample) => (weights) => balancedAccuracy(weightedTable(sample.graded, weights))),
    ),
    differenceOf('Top-1', draws, graded[0], shares(isRight)),
    differenceOf(
      'Macro AUC, all hips',
      draws,
      graded[0],
      each((sample) => macroAreaOf(sample.graded)),
    ),
    ...decisionMeasures(graded, thresholds, draws),
    differenceOf(
      'Mean overlap',
      draws,
      hips,
      each((sample) => weightedMean(sample.hips.map(({ hip }) => hip.found?.overlap ?? 0))),
    ),
    differenceOf(
      'Hips found',
      draws,
      hips,
      each((sample) => weightedMean(sample.hips.map(({ hip }) => (hip.found === null ? 0 : 1)))),
    ),
  ];
}

function decisionMeasures(
  graded: Pair<readonly GradedCase[]>,
  thresholds: Pair<number | null>,
  draws: PatientDraws,
): MeasureDifference[] {
  const [one, other] = thresholds;
  if (one === null || other === null) return [];
  return ([true, false] as const).map((broken) => {
    const [first, second] = graded.map((hips) => hips.filter((hip) => isBroken(hip) === broken)) as [
      GradedCase[],
      GradedCase[],
    ];
    return differenceOf(broken ? 'Sensitivity for a fracture' : 'Specificity for a fracture', draws, first, [
      shareWhere(first, isRightAt(one)),
      shareWhere(second, isRightAt(other)),
    ]);
  });
}

const shareWhere = (cases: readonly GradedCase[], is: (hip: GradedCase) => boolean): WeightedStatistic =>
  weightedMean(cases.map((hip) => (is(hip) ? 1 : 0)));

function differenceOf(
  name: string,
  draws: PatientDraws,
  cases: readonly { readonly patient: number }[],
  [first, second]: Pair<WeightedStatistic>,
): MeasureDifference {
  const of = (statistic: WeightedStatistic): MeasureDifference['first'] =>
    estimateOf(draws.interval(cases, statistic), cases.length, 'patient-bootstrap');
  const interval = draws.interval(cases, (weights) => first(weights) - second(weights));
  return {
    name,
    first: of(first),
    second: of(second),
    difference: estimateOf(interval, cases.length, 'patient-bootstrap'),
    detectable: interval && detectableDifference(interval),
  };
}

function areasOf([one, other]: Pair<Sample>, draws: PatientDraws): ComparisonReport['areas'] {
  const places = [...one.graded.keys()].filter((i) => isFound(one.graded[i]!) && isFound(other.graded[i]!));
  const first = places.map((i) => one.graded[i]!);
  const second = places.map((i) => other.graded[i]!);
  const questions = [
    // The same ranking as that of no fracture against any, told once.
    { name: 'Any fracture against none', isOf: (group: number) => group !== 0 },
    ...gradeGroups.slice(1).map((name, k) => ({
      name: `${name} against the rest`,
      isOf: (group: number) => group === k + 1,
    })),
  ];
  const areas = questions.map(({ name, isOf }) => {
    const truths = first.map(({ truth }) => isOf(truth));
    const [a, b] = [first.map(scoreOf(isOf)), second.map(scoreOf(isOf))];
    const enough = truths.filter(Boolean).length > 1 && truths.filter((is) => !is).length > 1;
    return {
      ...differenceOf(name, draws, first, [rankedArea(a, truths), rankedArea(b, truths)]),
      p: enough ? deLongPaired(a, b, truths).p : null,
    };
  });
  const adjusted = holm(areas.flatMap(({ p }) => p ?? []));
  return areas.map((area) => ({ ...area, holm: area.p === null ? null : adjusted.shift()! }));
}

function decisionsOf(
  [one, other]: Pair<Sample>,
  [first, second]: Pair<number | null>,
  draws: PatientDraws,
): ComparisonReport['decisions'] {
  const all = [...one.graded.keys()];
  const three: Pair<(hip: GradedCase) => boolean> = [isRight, isRight];
  const questions = [
    { name: 'Right class of three', places: all, are: three },
    ...(first === null || second === null
      ? []
      : [
          {
            name: 'Fracture or none',
            places: all,
            are: [isRightAt(first), isRightAt(second)] as Pair<(hip: GradedCase) => boolean>,
          },
        ]),
    ...snapshotGrade.options.map((grade) => ({
      name: grade === 'none' ? 'Right class, no fracture' : `Right class, Garden ${grade}`,
      places: all.filter((i) => one.graded[i]!.hip.grade === grade),
      are: three,
    })),
    { name: 'Hip found', places: all, are: [isFound, isFound] as Pair<(hip: GradedCase) => boolean> },
  ].filter(({ places }) => places.length > 0);
  const tested = questions.map(({ name, places, are }) => {
    const cases = places.map((i) => ({
      patient: one.graded[i]!.patient,
      gain: Number(are[0](one.graded[i]!)) - Number(are[1](other.graded[i]!)),
    }));
    const onlyFirst = cases.filter(({ gain }) => gain > 0).length;
    const onlySecond = cases.filter(({ gain }) => gain < 0).length;
    return {
      name,
      hips: cases.length,
      onlyFirst,
      onlySecond,
      difference: estimateOf(
        draws.interval(cases, weightedMean(cases.map(({ gain }) => gain))),
        cases.length,
        'patient-bootstrap',
      ),
      p: mcNemar(onlyFirst, onlySecond).exactP,
    };
  });
  const adjusted = holm(tested.map(({ p }) => p));
  return tested.map((decision, i) => ({ ...decision, holm: adjusted[i]! }));
}
