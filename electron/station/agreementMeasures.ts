/** How far readers agree on hips, by every coefficient that their reads allow. */
import type { AgreementReport, AgreementScale, Coefficient } from '../contract/agreement.ts';
import { agreementScales } from '../contract/agreement.ts';
import { gradeGroupOf, gradeGroups, type Grade } from '../contract/finding.ts';
import { seeded } from '../random/random.ts';
import { krippendorffAlphaInterval, type AlphaLevel, type Ratings } from '../statistics/alpha.ts';
import { clusterBootstrap } from '../statistics/bootstrap.ts';
import { confusion } from '../statistics/confusion.ts';
import { cohenKappa, fleissKappa, type KappaWeights } from '../statistics/kappa.ts';
import type { Interval } from '../statistics/proportion.ts';

type Graded = Exclude<Grade, 'cannot-grade'>;

/** One hip, with what each reader said of it in the order of the readers; null where one did not grade it. */
export interface RatedHip {
  readonly patient: string;
  readonly grades: readonly (Graded | null)[];
}

/** A hip as places on a scale. */
interface ScaledHip {
  readonly patient: string;
  readonly ratings: readonly (number | null)[];
}

const grades = ['none', 'I', 'II', 'III', 'IV'] as const satisfies readonly Graded[];

const gradePlace = (grade: Graded): number => grades.indexOf(grade);
const groupPlace = (grade: Graded): number => gradeGroups.indexOf(gradeGroupOf(grade)!);

const scales: Record<
  AgreementScale,
  { readonly classes: number; readonly brokenOnly: boolean; readonly placeOf: (grade: Graded) => number }
> = {
  grades: { classes: grades.length, brokenOnly: false, placeOf: gradePlace },
  groups: { classes: gradeGroups.length, brokenOnly: false, placeOf: groupPlace },
  garden: { classes: grades.length - 1, brokenOnly: true, placeOf: (grade) => gradePlace(grade) - 1 },
  displacement: {
    classes: gradeGroups.length - 1,
    brokenOnly: true,
    placeOf: (grade) => groupPlace(grade) - 1,
  },
};

/** Hips that at least two have graded. */
export const gradedTwice = (hips: readonly RatedHip[]): RatedHip[] =>
  hips.filter((hip) => hip.grades.filter((grade) => grade !== null).length >= 2);

export function measureScales(hips: readonly RatedHip[]): AgreementReport['scales'] {
  return agreementScales.map((scale) => {
    const { classes } = scales[scale];
    const scaled = onScale(gradedTwice(hips), scale);
    return {
      scale,
      hips: scaled.length,
      fleissKappa: fleiss(scaled, classes),
      alphaNominal: alpha(scaled, 'nominal'),
      alphaOrdinal: alpha(scaled, 'ordinal'),
    };
  });
}

export function measurePairs(
  hips: readonly RatedHip[],
  readers: readonly string[],
): AgreementReport['pairs'] {
  return readers.flatMap((first, i) =>
    readers.slice(i + 1).map((second, k) => {
      const both = hips
        .map(({ patient, grades }) => ({ patient, grades: [grades[i] ?? null, grades[i + 1 + k] ?? null] }))
        .filter((hip) => !hip.grades.includes(null));
      return {
        readers: [first, second] as [string, string],
        hips: both.length,
        grades: cohen(both, 'grades', 'none'),
        gradesLinear: cohen(both, 'grades', 'linear'),
        groups: cohen(both, 'groups', 'none'),
      };
    }),
  );
}

function onScale(hips: readonly RatedHip[], scale: AgreementScale): ScaledHip[] {
  const { brokenOnly, placeOf } = scales[scale];
  return hips
    .filter((hip) => !brokenOnly || !hip.grades.includes('none'))
    .map((hip) => ({
      patient: hip.patient,
      ratings: hip.grades.map((grade) => (grade === null ? null : placeOf(grade))),
    }));
}

/** @param hips graded by both of two readers */
function cohen(hips: readonly RatedHip[], scale: AgreementScale, weights: KappaWeights): Coefficient {
  const pairs = onScale(hips, scale).map(({ patient, ratings }) => ({
    patient,
    truth: ratings[0]!,
    answer: ratings[1]!,
  }));
  const { classes } = scales[scale];
  return byPatient(pairs, (drawn) => cohenKappa(confusion(drawn, classes), weights).estimate);
}

function fleiss(hips: readonly ScaledHip[], classes: number): Coefficient {
  if (hips.some(({ ratings }) => ratings.includes(null))) return null;
  const counted = hips.map(({ patient, ratings }) => ({
    patient,
    counts: Array.from(
      { length: classes },
      (_, place) => ratings.filter((rating) => rating === place).length,
    ),
  }));
  return byPatient(counted, (drawn) => fleissKappa(drawn.map(({ counts }) => counts)).estimate);
}

/** Everyone gets the same intervals of the same reads. */
const drawing = (): (() => number) => {
  const random = seeded(1).stream('agreement');
  return () => random.uniform();
};

function alpha(hips: readonly ScaledHip[], level: AlphaLevel): Coefficient {
  const ratings: Ratings = hips.map((hip) => hip.ratings);
  const patients = hips.map(({ patient }) => patient);
  return patients.length === 0
    ? null
    : coefficient(krippendorffAlphaInterval(ratings, level, drawing(), 2000, patients), patients);
}

function byPatient<T extends { readonly patient: string }>(
  hips: readonly T[],
  statistic: (drawn: readonly T[]) => number,
): Coefficient {
  const clusters = [...Map.groupBy(hips, ({ patient }) => patient).values()];
  if (clusters.length < 2) return null;
  return coefficient(
    clusterBootstrap(clusters, statistic, drawing()),
    hips.map(({ patient }) => patient),
  );
}

function coefficient({ estimate, low, high }: Interval, patientOfHip: readonly string[]): Coefficient {
  const patients = new Set(patientOfHip).size;
  if (patients < 2 || ![estimate, low, high].every(Number.isFinite)) return null;
  return { estimate, low, high, hips: patientOfHip.length, patients };
}
