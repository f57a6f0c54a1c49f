/** What was read, as cases to count: hips with a class, and draws of whole patients for intervals. */
import type { Estimate, FilmOutcome, HipOutcome } from '../../contract/evaluation.ts';
import { gradeGroups } from '../../contract/finding.ts';
import { seeded } from '../../random/random.ts';
import { quantile } from '../../statistics/bootstrap.ts';
import { wilson, type Interval } from '../../statistics/proportion.ts';
import { classIndex } from '../batches/examples.ts';

/** A hip that the localizer did not find is answered by this column of the confusion table. */
export const notFound = gradeGroups.length;

/** A hip of a film, with or without a class. */
export interface HipCase {
  /** Place of the patient, for the draws. */
  readonly patient: number;
  readonly film: FilmOutcome;
  readonly hip: HipOutcome;
}

/** A hip that is an example of a class. */
export interface GradedCase extends HipCase {
  /** Place among `gradeGroups`. */
  readonly truth: number;
  /** Place among `gradeGroups`, or `notFound`. */
  readonly answer: number;
  /** In the order of `gradeGroups`; null for a missed hip. */
  readonly probabilities: readonly number[] | null;
}

export interface Sample {
  readonly patients: number;
  readonly films: readonly (FilmOutcome & { readonly place: number })[];
  readonly hips: readonly HipCase[];
  readonly graded: readonly GradedCase[];
}

export function sampleOf(films: readonly FilmOutcome[]): Sample {
  const places = new Map<string, number>();
  for (const { patient } of films) if (!places.has(patient)) places.set(patient, places.size);
  const hips = films.flatMap((film) =>
    film.hips.map((hip): HipCase => ({ patient: places.get(film.patient)!, film, hip })),
  );
  return {
    patients: places.size,
    films: films.map((film) => ({ ...film, place: places.get(film.patient)! })),
    hips,
    graded: hips.flatMap(gradedCase),
  };
}

function gradedCase(hipCase: HipCase): GradedCase[] {
  const { grade, found } = hipCase.hip;
  if (grade === null) return [];
  const probabilities = found && gradeGroups.map((group) => found.probabilities[group]);
  const answer = probabilities === null ? notFound : probabilities.indexOf(Math.max(...probabilities));
  return [{ ...hipCase, truth: classIndex(grade), answer, probabilities }];
}

/** Log odds of a class against the others: the same order as its probability, without rounding to 1. */
export function logOdds(probabilities: readonly number[], isOf: (group: number) => boolean): number {
  const least = 1e-300;
  let [inside, outside] = [0, 0];
  probabilities.forEach((p, group) => {
    if (isOf(group)) inside += p;
    else outside += p;
  });
  return Math.log(Math.max(least, inside)) - Math.log(Math.max(least, outside));
}

/** A statistic of cases of which each counts `weights[i]` times; NaN where it is not defined. */
export type WeightedStatistic = (weights: Float64Array) => number;

/** The same draws of patients for every statistic, so that differences of two are paired. */
export interface PatientDraws {
  /**
   * Percentile interval (95 %) of a statistic when whole patients are drawn with replacement; draws for which it is
   * not defined are left out. Null when the statistic itself is not defined, or too few draws are.
   *
   * @param cases each with the place of its patient
   */
  interval(cases: readonly { readonly patient: number }[], statistic: WeightedStatistic): Interval | null;
  /** Calls back with the weights of the cases in each draw; the array is used again. */
  each(cases: readonly { readonly patient: number }[], use: (weights: Float64Array) => void): void;
}

/** Share of the draws that must be defined for their percentiles to say anything. */
const leastDefined = 0.5;

export function drawPatients(patients: number, seed = 2000, draws = 2000): PatientDraws {
  const random = seeded(seed);
  const counts = Array.from({ length: draws }, () => {
    const drawn = new Uint16Array(patients);
    for (let i = 0; i < patients; i++) drawn[random.integer(patients)]! += 1;
    return drawn;
  });
  const each: PatientDraws['each'] = (cases, use) => {
    const weights = new Float64Array(cases.length);
    for (const drawn of counts) {
      for (let i = 0; i < cases.length; i++) weights[i] = drawn[cases[i]!.patient]!;
      use(weights);
    }
  };
  return {
    each,
    interval: (cases, statistic) => {
      const value = statistic(new Float64Array(cases.length).fill(1));
      if (!Number.isFinite(value)) return null;
      const values: number[] = [];
      each(cases, (weights) => {
        const drawn = statistic(weights);
        if (Number.isFinite(drawn)) values.push(drawn);
      });
      if (values.length < leastDefined * draws) return null;
      values.sort((a, b) => a - b);
      return {
        estimate: value,
        low: quantile(values, 0.025),
        high: quantile(values, 0.975),
        level: 0.95,
      };
    },
  };
}

/** @returns null for no interval, or one that is no number */
export function estimateOf(
  interval: Interval | null,
  n: number,
  method: Estimate['method'],
  of: Estimate['of'] = 'hips',
): Estimate | null {
  if (interval === null) return null;
  const { estimate, low, high } = interval;
  if (![estimate, low, high].every(Number.isFinite)) return null;
  return { estimate, low, high, n, of, method };
}

/** Share of the items that are so, by Wilson; null of nothing. */
export function shareOf<T>(
  items: readonly T[],
  is: (item: T) => boolean,
  of: Estimate['of'] = 'hips',
): Estimate | null {
  if (items.length === 0) return null;
  return estimateOf(wilson(items.filter(is).length, items.length), items.length, 'wilson', of);
}

/** Mean of a value of each case, over draws of patients. */
export function meanByPatient<T extends { readonly patient: number }>(
  draws: PatientDraws,
  cases: readonly T[],
  valueOf: (item: T) => number,
  of: Estimate['of'] = 'hips',
): Estimate | null {
  return estimateOf(
    draws.interval(cases, weightedMean(cases.map(valueOf))),
    cases.length,
    'patient-bootstrap',
    of,
  );
}

export const weightedMean =
  (values: readonly number[]): WeightedStatistic =>
  (weights) => {
    let [sum, total] = [0, 0];
    for (let i = 0; i < weights.length; i++) {
      sum += weights[i]! * values[i]!;
      total += weights[i]!;
    }
    return sum / total;
  };
