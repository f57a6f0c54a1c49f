/** One station, simulated: films are labelled a few at a time, each time those that an order asks for. */
import type { QueueStudy } from '../../contract/queue.ts';
import { gradeGroups } from '../../contract/finding.ts';
import type { Random } from '../../random/random.ts';
import { combinedScores, inTurns } from './combine.ts';
import type { StudyHips } from './studyFeatures.ts';
import { fitHead, probabilitiesOf, type Head, type Matrix } from './studyHead.ts';
import { disagreement, entropy } from './uncertainty.ts';

export type StudyOrder = QueueStudy['curves'][number]['order'];
export const studyOrders = [
  'random',
  'queue',
  'entropy',
  'disagreement',
  'novelty',
] as const satisfies readonly StudyOrder[];

/** Films labelled before the first order can be asked, and in every round after. */
export const filmsARound = 12;
/** Heads that vote on disagreement, each on a bootstrap of the labelled films. */
const committee = 5;
/** Of a repeat's films, how many are labelled at the end. */
const labelledAtLast = 1 / 2;

/** Balanced accuracy after every round. */
export interface Course {
  readonly labels: readonly number[];
  readonly accuracy: readonly number[];
}

/** What one repeat works with: the films of the patients whom it drew, and how often each test patient counts. */
interface Repeat {
  readonly pool: StudyHips;
  readonly hipsOfFilm: readonly (readonly number[])[];
  readonly films: readonly number[];
  readonly first: readonly number[];
  readonly judge: (head: Head) => number;
}

/**
 * Two thirds of the pool's patients (without replacement: a film that came twice would be labelled twice), test patients
 * drawn with replacement, the same first films, the same rounds: only the order differs between the courses.
 *
 * @param random of this repeat
 */
export function studyRepeat(
  pool: StudyHips,
  test: StudyHips,
  random: Random,
): Readonly<Record<StudyOrder, Course>> {
  const drawn = new Set(
    random
      .stream('patients')
      .shuffled([...new Set(pool.patientOfFilm)])
      .slice(0, Math.ceil((pool.patients * 2) / 3)),
  );
  const films = pool.patientOfFilm.flatMap((patient, film) => (drawn.has(patient) ? [film] : []));
  const hipsOfFilm: number[][] = pool.patientOfFilm.map(() => []);
  pool.film.forEach((film, hip) => hipsOfFilm[film]!.push(hip));
  const repeat: Repeat = {
    pool,
    hipsOfFilm,
    films,
    first: random.stream('first').shuffled(films).slice(0, filmsARound),
    judge: judgeOn(test, random.stream('test')),
  };
  const course = (order: StudyOrder): Course => courseOf(repeat, order, random.stream(order));
  return {
    random: course('random'),
    queue: course('queue'),
    entropy: course('entropy'),
    disagreement: course('disagreement'),
    novelty: course('novelty'),
  };
}

function courseOf(repeat: Repeat, order: StudyOrder, random: Random): Course {
  const { pool, films, hipsOfFilm, judge } = repeat;
  const labelled = [...repeat.first];
  const labels: number[] = [];
  const accuracy: number[] = [];
  for (;;) {
    const head = fit(
      pool,
      labelled.flatMap((film) => hipsOfFilm[film]!),
    );
    labels.push(labelled.length);
    accuracy.push(judge(head));
    if (labelled.length + filmsARound > films.length * labelledAtLast) return { labels, accuracy };
    labelled.push(...nextFilms(repeat, order, labelled, head, random.stream(labelled.length)));
  }
}

const fit = (pool: StudyHips, hips: readonly number[]): Head =>
  fitHead(pool.features, hips, pool.labels, gradeGroups.length);

function nextFilms(
  { pool, films, hipsOfFilm }: Repeat,
  order: StudyOrder,
  labelled: readonly number[],
  head: Head,
  random: Random,
): number[] {
  const known = new Set(labelled);
  const open = random.shuffled(films.filter((film) => !known.has(film)));
  if (order === 'random') return open.slice(0, filmsARound);
  const asked = (signal: StudyOrder): boolean => order === signal || order === 'queue';
  const byHip = (value: (hip: number) => number): number[] =>
    open.map((film) => Math.max(...hipsOfFilm[film]!.map(value)));
  const signals: number[][] = [];
  if (asked('entropy')) signals.push(byHip((hip) => entropy(probabilitiesOf(head, pool.features, hip))));
  if (asked('disagreement')) {
    const heads = Array.from({ length: committee }, () =>
      fit(
        pool,
        labelled.flatMap(() => hipsOfFilm[random.pick(labelled)]!),
      ),
    );
    signals.push(
      byHip((hip) => disagreement(heads.map((each) => probabilitiesOf(each, pool.features, hip)))),
    );
  }
  if (asked('novelty')) {
    const seen = labelled.flatMap((film) => hipsOfFilm[film]!);
    signals.push(byHip((hip) => nearest(pool.features, hip, seen)));
  }
  const scores = combinedScores(signals);
  const scored = open.map((film, i) => ({
    film,
    score: scores[i]!,
    patient: String(pool.patientOfFilm[film]),
  }));
  return inTurns(scored, filmsARound).map(({ film }) => film);
}

/** Squared distance to the nearest of the rows. */
function nearest({ columns, values }: Matrix, row: number, rows: readonly number[]): number {
  let least = Infinity;
  for (const other of rows) {
    let sum = 0;
    for (let c = 1; c < columns && sum < least; c++)
      sum += (values[row * columns + c]! - values[other * columns + c]!) ** 2;
    least = Math.min(least, sum);
  }
  return least;
}

/** Balanced accuracy over test patients drawn once with replacement. */
function judgeOn(test: StudyHips, random: Random): (head: Head) => number {
  const weight = new Uint32Array(test.patients);
  for (let i = 0; i < test.patients; i++) weight[random.integer(test.patients)]! += 1;
  return (head) => {
    const right = new Float64Array(gradeGroups.length);
    const all = new Float64Array(gradeGroups.length);
    test.labels.forEach((label, hip) => {
      const counts = weight[test.patientOfFilm[test.film[hip]!]!]!;
      if (counts === 0) return;
      const p = probabilitiesOf(head, test.features, hip);
      all[label]! += counts;
      if (p[label] === Math.max(...p)) right[label]! += counts;
    });
    const shares = Array.from(right, (n, label) => n / all[label]!);
    return shares.reduce((sum, share) => sum + share, 0) / shares.length;
  };
}
