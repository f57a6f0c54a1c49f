import fc from 'fast-check';
import { expect, it } from 'vitest';
import { gradeGroupOf } from '../../contract/finding.ts';
import { splits, type SnapshotGrade, type Split } from '../../contract/snapshot.ts';
import { assignSplits, type PatientToSplit } from './assignSplits.ts';

const grade = fc.constantFrom<SnapshotGrade | null>('none', 'I', 'II', 'III', 'IV', null);
const patients = fc.uniqueArray(
  fc.record({ patient: fc.stringMatching(/^[0-9a-f]{4}$/), grades: fc.array(grade, { maxLength: 4 }) }),
  { selector: ({ patient }) => patient, maxLength: 60 },
);
const count = (assigned: ReadonlyMap<string, Split>, split: Split): number =>
  [...assigned.values()].filter((its) => its === split).length;

/** Patients of one class. */
const alike = (total: number, grades: readonly SnapshotGrade[] = ['III']): PatientToSplit[] =>
  Array.from({ length: total }, (_, i) => ({ patient: `${grades.join('')}-${String(i)}`, grades }));

it('gives every patient one split, the same in whatever order they come', () => {
  fc.assert(
    fc.property(patients, (all) => {
      const assigned = assignSplits(all, new Map());
      expect([...assigned.keys()].sort()).toEqual(all.map(({ patient }) => patient).sort());
      const turned = assignSplits([...all].reverse(), new Map());
      for (const [patient, split] of assigned) expect(turned.get(patient)).toBe(split);
    }),
  );
});

it('never takes a split back, however many patients come later', () => {
  fc.assert(
    fc.property(patients, patients, (early, late) => {
      const before = assignSplits(early, new Map());
      const known = new Set(early.map(({ patient }) => patient));
      const after = assignSplits([...early, ...late.filter(({ patient }) => !known.has(patient))], before);
      for (const [patient, split] of before) expect(after.get(patient)).toBe(split);
    }),
  );
});

it('leaves out the splits of patients who are not in this freeze', () => {
  const known = new Map<string, Split>([['somebody', 'test']]);
  expect(assignSplits(alike(1), known)).toEqual(new Map([['III-0', 'learn']]));
});

it('gives each split one of three patients of a class, and about 70, 15 and 15 of a hundred', () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 300 }), (total) => {
      const assigned = assignSplits(alike(total), new Map());
      for (const split of ['tune', 'test'] as const) {
        expect(count(assigned, split)).toBeGreaterThanOrEqual(1);
        expect(Math.abs(count(assigned, split) - 0.15 * total)).toBeLessThanOrEqual(1);
      }
      expect(count(assigned, 'learn')).toBeGreaterThanOrEqual(count(assigned, 'test'));
    }),
  );
});

it('deals each class by itself, by the gravest hip of a patient', () => {
  const groups = [alike(20, ['none']), alike(20, ['none', 'II']), alike(20, ['I', 'IV'])];
  const assigned = assignSplits(groups.flat(), new Map());
  for (const group of groups)
    expect(
      splits.map((split) => group.filter(({ patient }) => assigned.get(patient) === split).length),
    ).toEqual([14, 3, 3]);
  expect(gradeGroupOf('IV')).toBe('III-IV');
});
