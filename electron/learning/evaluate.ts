/** Held-out simulated films read end to end, as a film from outside is: localizer, crop, classifier. */
import { gradeGroups, type GradeGroup } from '../contract/finding.ts';
import { intersectionOverUnion } from '../contract/image.ts';
import type { Estimate, EvaluationReport, SimulatedLook } from '../contract/evaluation.ts';
import type { Models } from '../../models/index.ts';
import { seeded } from '../random/random.ts';
import { classifierInput, localizerInput } from '../reading/prepare.ts';
import { clusterBootstrap, mean } from '../statistics/bootstrap.ts';
import { balancedAccuracy, confusion, meanOneVersusRestAccuracy, topOne } from '../statistics/confusion.ts';
import { wilson, type Interval } from '../statistics/proportion.ts';
import { patientSeed } from './cohort.ts';
import { classIndex } from './examples.ts';
import type { TestFilm } from './store.ts';

export const simulationWarning =
  'Simulated radiographs only: these numbers prove the software and say nothing of patients. Not for clinical use.';

/** A hip that the localizer did not find is answered by this column of the confusion table. */
const notFound = gradeGroups.length;
const grades = ['none', 'I', 'II', 'III', 'IV'] as const;
/** A box counts for a hip when they overlap at all by this much. */
const leastOverlap = 0.1;

interface HipOutcome {
  readonly grade: (typeof grades)[number];
  readonly truth: number;
  readonly answer: number;
  readonly overlap: number;
  readonly rightSide: boolean;
}
interface FilmOutcome {
  readonly hips: readonly HipOutcome[];
  readonly falseBoxes: number;
}

/** Reads one film and compares. */
export async function readTestFilm(
  models: Pick<Models, 'localizer' | 'classifier'>,
  film: TestFilm,
): Promise<FilmOutcome> {
  const input = localizerInput(film.image);
  const found = (await models.localizer.locate(input.data)).map(({ box, medialSide }) => ({
    box: input.toImage(box),
    medialSide,
  }));
  const answers =
    found.length === 0
      ? []
      : await models.classifier.classify(found.map(({ box }) => classifierInput(film.image, box)));
  const matched = new Set<number>();
  const hips = film.hips.map((hip): HipOutcome => {
    const overlaps = found.map(({ box }) => intersectionOverUnion(box, hip.box));
    const best = overlaps.indexOf(Math.max(leastOverlap, ...overlaps));
    const truth = classIndex(hip.grade);
    if (best < 0) return { grade: hip.grade, truth, answer: notFound, overlap: 0, rightSide: false };
    matched.add(best);
    return {
      grade: hip.grade,
      truth,
      answer: answers[best]!.indexOf(Math.max(...answers[best]!)),
      overlap: overlaps[best]!,
      rightSide: found[best]!.medialSide === hip.medialSide,
    };
  });
  return { hips, falseBoxes: found.length - matched.size };
}

/**
 * Reads the films of all patients, one after the other.
 *
 * @param look that all the films have
 * @param patients the films of each, lazily, so that only one patient's films are in memory
 * @throws RangeError when there is no hip on any film
 */
export async function evaluate(
  models: Pick<Models, 'localizer' | 'classifier' | 'hash'>,
  backend: string,
  look: SimulatedLook,
  patients: Iterable<readonly TestFilm[]>,
  report: (patientsDone: number) => void = () => undefined,
): Promise<EvaluationReport> {
  const byPatient: HipOutcome[][] = [];
  let falseBoxes = 0;
  let films = 0;
  let milliseconds = 0;
  for (const patientFilms of patients) {
    const hips: HipOutcome[] = [];
    for (const film of patientFilms) {
      const start = performance.now();
      const outcome = await readTestFilm(models, film);
      milliseconds += performance.now() - start;
      films += 1;
      hips.push(...outcome.hips);
      falseBoxes += outcome.falseBoxes;
    }
    byPatient.push(hips);
    report(byPatient.length);
  }
  const hips = byPatient.flat();
  if (hips.length === 0) throw new RangeError('no hip to evaluate on');
  const bootstrap = (statistic: (pooled: readonly HipOutcome[]) => number): Estimate => {
    const random = seeded(2000);
    return estimated(
      clusterBootstrap(byPatient, statistic, () => random.uniform()),
      'patient-bootstrap',
    );
  };
  const right = ({ truth, answer }: HipOutcome): boolean => truth === answer;
  const found = hips.filter(({ answer }) => answer !== notFound);
  return {
    warning: simulationWarning,
    look,
    modelHash: models.hash,
    backend,
    seeds: { first: patientSeed('test', 0), last: patientSeed('test', byPatient.length - 1) },
    patients: byPatient.length,
    films,
    hips: hips.length,
    localizer: {
      meanOverlap: bootstrap((pooled) => mean(pooled.map(({ overlap }) => overlap))),
      foundHips: share(hips, ({ answer }) => answer !== notFound)!,
      falseBoxes,
      rightSide: share(found, ({ rightSide }) => rightSide),
    },
    classifier: {
      topOne: share(hips, right)!,
      topOneByPatient: bootstrap((pooled) => topOne(table(pooled))),
      balancedAccuracy: bootstrap((pooled) => balancedAccuracy(table(pooled))),
      meanOneVersusRest: found.length === 0 ? null : bootstrap(meanOneVersusRest),
      byGroup: gradeGroups.map((group: GradeGroup, i) => {
        const those = hips.filter(({ truth }) => truth === i);
        return { group, hips: those.length, right: share(those, right) };
      }),
      byGrade: grades.map((grade) => {
        const those = hips.filter((hip) => hip.grade === grade);
        return { grade, hips: those.length, right: share(those, right) };
      }),
      confusion: table(hips).slice(0, gradeGroups.length),
    },
    millisecondsPerFilm: milliseconds / films,
  };
}

/** Truths by answers, with 'not found' as a fourth answer (and a fourth row that stays empty). */
function table(hips: readonly HipOutcome[]): number[][] {
  return confusion(hips, gradeGroups.length + 1).map((row) => [...row]);
}

/** The paper's measure over the hips that were found. */
function meanOneVersusRest(hips: readonly HipOutcome[]): number {
  const found = hips.filter(({ answer }) => answer !== notFound);
  return meanOneVersusRestAccuracy(confusion(found, gradeGroups.length));
}

function share<T>(all: readonly T[], is: (item: T) => boolean): Estimate | null {
  if (all.length === 0) return null;
  return estimated(wilson(all.filter(is).length, all.length), 'wilson');
}

function estimated({ estimate, low, high }: Interval, method: Estimate['method']): Estimate {
  return { estimate, low, high, method };
}
