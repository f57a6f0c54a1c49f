/** How a candidate's answers compare with the current model's, and both with readers'. */
import type { Estimate } from '../../contract/evaluation.ts';
import {
  gradeGroupOf,
  gradeGroups,
  type Finding,
  type GradeGroup,
  type HipFinding,
  type Laterality,
} from '../../contract/finding.ts';
import type { ShadowReport } from '../../contract/models.ts';
import type { HipRead, ReadDraft } from '../../contract/reads.ts';
import { seeded } from '../../random/random.ts';
import { weightedBootstrap, type WeightedStatistic } from '../../statistics/bootstrap.ts';
import { cohenKappa } from '../../statistics/kappa.ts';
import { wilson } from '../../statistics/proportion.ts';
import { matchHips } from './matchHips.ts';

/** A film that both models have read, with the last read of it that a person has committed since; null before one. */
export interface ShadowPair {
  readonly imageHash: string;
  readonly fileName: string;
  /** Any name by which films of one patient are known as such. */
  readonly patient: string;
  readonly simulated: boolean;
  readonly current: Finding;
  readonly candidate: Finding;
  readonly read: ReadDraft | null;
}

type Measured = Omit<ShadowReport, 'candidate' | 'against' | 'isRunning' | 'since' | 'of' | 'failure'>;

interface ComparedHip {
  readonly film: ShadowPair;
  readonly current: HipFinding | null;
  readonly candidate: HipFinding | null;
}

const noAnswer = gradeGroups.length;
const placeOf = (hip: HipFinding | null): number =>
  hip === null ? noAnswer : gradeGroups.indexOf(hip.gradeGroup);

/**
 * A hip is one that either of the two found; where both found none, as on a film that both refuse, there is none to
 * count. 'No answer' is a class of its own in agreement and in kappa.
 */
export function shadowReportOf(pairs: readonly ShadowPair[]): Measured {
  const hips = pairs.flatMap((film) =>
    matchHips(film.current.hips, film.candidate.hips).map(([current, candidate]): ComparedHip => ({
      film,
      current,
      candidate,
    })),
  );
  return {
    films: pairs.length,
    simulated: pairs.filter(({ simulated }) => simulated).length,
    hips: hips.length,
    agreement: shareOf(
      hips.map((hip) => ({
        patient: hip.film.patient,
        right: placeOf(hip.current) === placeOf(hip.candidate),
      })),
    ),
    kappa: kappaOf(hips),
    table: tableOf(hips, new Float64Array(hips.length).fill(1)),
    againstReaders: againstReaders(pairs),
    disagreements: hips
      .filter((hip) => placeOf(hip.current) !== placeOf(hip.candidate))
      .sort((a, b) => gravityOf(b) - gravityOf(a) || (a.film.imageHash < b.film.imageHash ? -1 : 1))
      .map(({ film, current, candidate }) => ({
        imageHash: film.imageHash,
        fileName: film.fileName,
        laterality: sideOf(current, candidate),
        current: answerOf(current),
        candidate: answerOf(candidate),
      })),
  };
}

const sideOf = (current: HipFinding | null, candidate: HipFinding | null): Laterality =>
  [current, candidate].find((hip) => hip !== null && hip.laterality !== 'unknown')?.laterality ?? 'unknown';

const answerOf = (hip: HipFinding | null): ShadowReport['disagreements'][number]['current'] =>
  hip === null ? null : { group: hip.gradeGroup, probabilities: hip.probabilities };

/**
 * Groups that lie between the two answers, times the probability of the less sure of them. No answer is as far from an
 * answer as 'none' is, and at least one group.
 */
function gravityOf({ current, candidate }: ComparedHip): number {
  const answers = [current, candidate].filter((hip) => hip !== null);
  const places = answers.map(placeOf);
  const distance = places.length === 2 ? Math.abs(places[0]! - places[1]!) : Math.max(1, ...places);
  return distance * Math.min(...answers.map((hip) => hip.probabilities[hip.gradeGroup]));
}

function tableOf(hips: readonly ComparedHip[], weights: Float64Array): number[][] {
  const table = Array.from({ length: noAnswer + 1 }, () => new Array<number>(noAnswer + 1).fill(0));
  hips.forEach((hip, i) => {
    table[placeOf(hip.current)]![placeOf(hip.candidate)]! += weights[i]!;
  });
  return table;
}

function kappaOf(hips: readonly ComparedHip[]): Estimate | null {
  return byPatient(
    hips.map(({ film }) => film.patient),
    (weights) => cohenKappa(tableOf(hips, weights)).estimate,
  );
}

/**
 * The last reader of a film beside both models, on the sides that this reader graded once. A model that found no such
 * hip is wrong.
 */
function againstReaders(pairs: readonly ShadowPair[]): Measured['againstReaders'] {
  const read = pairs.flatMap((film) =>
    (film.read?.hips ?? []).flatMap((hip) => {
      const truth = gradeGroupOf(hip.grade);
      return truth === null || isDoubled(hip, film.read!.hips) ? [] : [{ film, hip, truth }];
    }),
  );
  const rightOf = (by: 'current' | 'candidate'): Estimate | null =>
    shareOf(
      read.map(({ film, hip, truth }) => ({
        patient: film.patient,
        right: groupAt(film[by], hip) === truth,
      })),
    );
  return {
    hips: read.length,
    sawCurrent: read.filter(({ film }) => film.read!.shownModelHash !== null).length,
    current: rightOf('current'),
    candidate: rightOf('candidate'),
  };
}

const isDoubled = ({ laterality }: HipRead, all: readonly HipRead[]): boolean =>
  laterality !== 'unknown' && all.filter((other) => other.laterality === laterality).length > 1;

function groupAt(found: Finding, hip: HipRead): GradeGroup | null {
  const match = matchHips([hip], found.hips).find(([read]) => read !== null);
  return match?.[1]?.gradeGroup ?? null;
}

/** Null with fewer than two patients: no number is reported without an interval. */
function shareOf(hips: readonly { readonly patient: string; readonly right: boolean }[]): Estimate | null {
  const patients = hips.map(({ patient }) => patient);
  const right = hips.filter((hip) => hip.right).length;
  // Where all hips are alike every draw is too, which would pass for certainty.
  if (right === 0 || right === hips.length) {
    const n = new Set(patients).size;
    if (n < 2) return null;
    const { estimate, low, high } = wilson(right === 0 ? 0 : n, n);
    return { estimate, low, high, n, of: 'patients', method: 'wilson' };
  }
  return byPatient(patients, (weights) => {
    let [sum, all] = [0, 0];
    hips.forEach((hip, i) => {
      all += weights[i]!;
      if (hip.right) sum += weights[i]!;
    });
    return sum / all;
  });
}

function byPatient(patients: readonly string[], statistic: WeightedStatistic): Estimate | null {
  if (new Set(patients).size < 2) return null;
  // Everyone gets the same intervals of the same reads.
  const random = seeded(1).stream('shadow');
  const { estimate, low, high } = weightedBootstrap(patients, statistic, () => random.uniform());
  // Where every draw is alike, the draws cannot tell how sure it is.
  if (![estimate, low, high].every(Number.isFinite) || low === high) return null;
  return { estimate, low, high, n: patients.length, of: 'hips', method: 'patient-bootstrap' };
}
