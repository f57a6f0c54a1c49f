/** Which of the station's patients learn, tune and test. */
import { gradeGroupOf, type GradeGroup } from '../../contract/finding.ts';
import { splits, type SnapshotGrade, type Split } from '../../contract/snapshot.ts';

const shares: Record<Split, number> = { learn: 0.7, tune: 0.15, test: 0.15 };

export interface PatientToSplit {
  readonly patient: string;
  readonly grades: readonly (SnapshotGrade | null)[];
}

/** The gravest group among a patient's hips; 'ungraded' where none has a grade. */
function groupOf({ grades }: PatientToSplit): GradeGroup | 'ungraded' {
  const groups = grades.flatMap((grade) => (grade === null ? [] : [gradeGroupOf(grade)]));
  return groups.includes('III-IV')
    ? 'III-IV'
    : groups.includes('I-II')
      ? 'I-II'
      : groups.includes('none')
        ? 'none'
        : 'ungraded';
}

/**
 * Splits of all patients: known ones keep theirs, new ones fill each group of grades up to its shares, in the order
 * of their keys, which are hashes and so as good as drawn by lot. Three patients of a group are enough for one of
 * each split.
 */
export function assignSplits(
  patients: readonly PatientToSplit[],
  known: ReadonlyMap<string, Split>,
): ReadonlyMap<string, Split> {
  const assigned = new Map<string, Split>();
  for (const patient of patients) {
    const its = known.get(patient.patient);
    if (its !== undefined) assigned.set(patient.patient, its);
  }
  for (const members of Map.groupBy(patients, groupOf).values()) {
    const wanted = quotas(members.length);
    for (const { patient } of members) {
      const its = assigned.get(patient);
      if (its !== undefined) wanted[its] -= 1;
    }
    const fresh = members
      .map(({ patient }) => patient)
      .filter((patient) => !assigned.has(patient))
      .sort();
    for (const patient of fresh) {
      const next = splits.reduce((most, split) => (wanted[split] > wanted[most] ? split : most));
      assigned.set(patient, next);
      wanted[next] -= 1;
    }
  }
  return assigned;
}

/** Whole numbers close to the shares, with at least one each of three or more. */
function quotas(total: number): Record<Split, number> {
  const held = total < 3 ? 0 : Math.max(1, Math.round(shares.tune * total));
  return { learn: total - 2 * held, tune: held, test: held };
}
