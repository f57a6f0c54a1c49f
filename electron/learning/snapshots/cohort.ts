/** Which simulated patients there are: their seeds, grades and films, by split and number. */
import { seeded, type Random } from '../../random/random.ts';
import {
  otherConditionKinds,
  type HipFindingPlan,
  type OtherConditionKind,
} from '../../phantom/conditions.ts';
import { implantKinds, type ImplantKind } from '../../phantom/implantParameters.ts';
import type { Split } from '../../contract/snapshot.ts';
import type { PhantomGrade } from '../../phantom/phantom.ts';
import type { SimulationPlan } from '../simulation/simulate.ts';

/**
 * Whom a patient is drawn to serve. Where models are only made, tuning patients are drawn as learning ones, for they
 * choose among epochs. Where models are judged, they are drawn as patients come: temperature, thresholds and
 * prediction sets that are fixed on them are right for patients like them and no others.
 */
export type Cohort = 'learn' | 'tune-to-learn' | 'tune-to-judge' | 'test';

/** @param judges the study has patients to test on */
export function cohortOf(split: Split, judges: boolean): Cohort {
  if (split !== 'tune') return split;
  return judges ? 'tune-to-judge' : 'tune-to-learn';
}

/** Ranges of seeds that never meet: a patient belongs to one split by his seed alone. */
const firstSeed: Record<Cohort, number> = {
  learn: 1_000_000,
  'tune-to-learn': 2_000_000,
  'tune-to-judge': 2_500_000,
  test: 3_000_000,
};
export const patientsPerCohort = 500_000;

/** @throws RangeError when the number is outside the cohort's range of seeds */
export function patientSeed(cohort: Cohort, number: number): number {
  if (!(Number.isInteger(number) && number >= 0 && number < patientsPerCohort)) {
    throw new RangeError(`there is no simulated patient ${String(number)}`);
  }
  return firstSeed[cohort] + number;
}

/** The random stream of a patient, and what is simulated of him. */
export function patientPlan(cohort: Cohort, number: number): { random: Random; plan: SimulationPlan } {
  const random = seeded(patientSeed(cohort, number));
  const draw = random.stream('plan');
  const plan =
    cohort === 'learn' || cohort === 'tune-to-learn' ? learnPlan(draw, cohort) : testPlan(draw, number);
  return { random, plan };
}

/**
 * For learning both hips of a patient get a grade of their own and are seen on two films each: the classifier
 * only ever sees one hip, and two fractures teach more than one for the same cost.
 */
function learnPlan(draw: Random, cohort: 'learn' | 'tune-to-learn'): SimulationPlan {
  const left = anyHip(draw);
  const right = anyHip(draw);
  return {
    style: 'clinic',
    grades: { left: left.grade, right: right.grade },
    findings: { left: left.finding, right: right.finding },
    views: ['pelvis', 'left', 'right'],
    // Films in the DRR look augment; they never choose among epochs.
    ...(cohort === 'learn' ? { drrViews: ['left', 'right'] } : {}),
    resolution: 'coarse',
  };
}

/** One hip in twelve has what the classes do not name: the localizer learns to find it, the classifier never sees it. */
function anyHip(draw: Random): { grade: PhantomGrade; finding: HipFindingPlan } {
  const grade = anyGrade(draw);
  const other = draw.pick([...implantKinds, ...otherConditionKinds]);
  if (!draw.chance(1 / 12)) return { grade, finding: {} };
  return { grade: 'none', finding: isImplant(other) ? { implant: other } : { condition: other } };
}

const isImplant = (kind: ImplantKind | OtherConditionKind): kind is ImplantKind =>
  implantKinds.some((implant) => implant === kind);

/** Thirds of none, I-II and III-IV; the rarer undisplaced grade II is drawn nearly as often as I. */
function anyGrade(draw: Random): PhantomGrade {
  const group = draw.integer(3);
  if (group === 0) return 'none';
  if (group === 1) return draw.chance(0.55) ? 'I' : 'II';
  return draw.chance(0.45) ? 'III' : 'IV';
}

/**
 * As patients come: at most one hip is broken, and one patient in ten has an old implant in the other. Thirds
 * by number; an AP pelvis and an AP film of the hip in question each.
 */
function testPlan(draw: Random, number: number): SimulationPlan {
  const group = number % 3;
  const broken: PhantomGrade =
    group === 0
      ? 'none'
      : group === 1
        ? draw.pick(['I', 'I', 'II'] as const)
        : draw.pick(['III', 'IV'] as const);
  const side = draw.pick(['left', 'right'] as const);
  const other = side === 'left' ? 'right' : 'left';
  const implant = draw.pick(implantKinds);
  return {
    style: 'clinic',
    grades: { left: side === 'left' ? broken : 'none', right: side === 'right' ? broken : 'none' },
    ...(draw.chance(0.1) ? { findings: { [other]: { implant } } } : {}),
    views: ['pelvis', side],
  };
}
