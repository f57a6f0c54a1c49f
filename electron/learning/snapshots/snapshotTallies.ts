/** How many of what a data set holds, split by split. */
import { gradeGroupOf } from '../../contract/finding.ts';
import { splits, type LabelSource, type SnapshotPatient, type Split } from '../../contract/snapshot.ts';

/** Counts of each split under each name, in the order of the names. */
export type Tally = Record<string, Record<Split, number>>;

export interface SnapshotTallies {
  /** Hips. */
  readonly classes: Tally;
  readonly labels: Tally;
  /** Films. */
  readonly sources: Tally;
  readonly looks: Tally;
  readonly devices: Tally;
  readonly sites: Tally;
  /** Patients. */
  readonly sexes: Tally;
}

const unknown = 'unknown';

export function talliesOf(patients: readonly SnapshotPatient[]): SnapshotTallies {
  const films = patients.flatMap(({ split, films: its }) => its.map((film) => ({ split, ...film })));
  const hips = films.flatMap(({ split, hips: its }) => its.map((hip) => ({ split, ...hip })));
  return {
    classes: tally(hips, ({ grade }) => (grade === null ? 'ungraded' : gradeGroupOf(grade)) ?? 'ungraded'),
    labels: tally(hips, ({ label }) => labelInWords(label)),
    sources: tally(films, ({ source }) => source),
    looks: tally(films, ({ look }) => look ?? 'real'),
    devices: tally(films, ({ device }) => device ?? unknown),
    sites: tally(films, ({ site }) => site ?? unknown),
    sexes: tally(patients, ({ sex }) => sex ?? unknown),
  };
}

const labelInWords = (label: LabelSource): string =>
  label.kind === 'simulated' ? 'true by construction' : `reads, ${label.agreement}`;

function tally<T extends { readonly split: Split }>(
  members: readonly T[],
  nameOf: (member: T) => string,
): Tally {
  const byName = [...Map.groupBy(members, nameOf)].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(byName.map(([name, those]) => [name, bySplit(those)]));
}

function bySplit(members: readonly { readonly split: Split }[]): Record<Split, number> {
  const counts = { learn: 0, tune: 0, test: 0 } satisfies Record<Split, number>;
  for (const split of splits) counts[split] = members.filter((member) => member.split === split).length;
  return counts;
}
