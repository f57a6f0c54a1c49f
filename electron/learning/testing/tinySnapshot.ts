/** A frozen snapshot of small simulated films, made of noise and a bright disc, for tests of training. */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import type { SnapshotGrade, SnapshotManifest, Split } from '../../contract/snapshot.ts';
import { seeded } from '../../random/random.ts';
import { stemOf, writePatient, type LabelledPicture } from '../snapshots/patientFiles.ts';
import { freezeSnapshot } from '../snapshots/snapshot.ts';

const rows = 96;
const columns = 96;
const side = 60;

export interface TinyOptions {
  readonly patients?: Partial<Record<Split, number>>;
  /** Of patient after patient. */
  readonly grades?: readonly SnapshotGrade[];
  /** Of a patient: `<split>-<number>` unless said otherwise. */
  readonly keyOf?: (split: Split, number: number) => string;
}

/** Patients with one film and one hip each. */
export function writeTinyPatients(
  folder: string,
  {
    patients = {},
    grades = ['none', 'I', 'III'],
    keyOf = (split, number) => `${split}-${String(number)}`,
  }: TinyOptions = {},
): void {
  mkdirSync(folder, { recursive: true });
  const counts = { learn: 6, tune: 3, test: 1, ...patients };
  for (const split of ['learn', 'tune', 'test'] as const)
    for (let number = 0; number < counts[split]; number++) {
      const grade = grades[number % grades.length]!;
      writePatient(
        folder,
        stemOf(split, number),
        { patient: keyOf(split, number), split, sex: null, ageYears: null },
        [picture(`${split} ${String(number)}`, grade)],
      );
    }
}

export function tinySnapshot(folder: string, options?: TinyOptions): SnapshotManifest {
  writeTinyPatients(folder, options);
  return freezeSnapshot(folder, { name: 'tiny', study: 'simulated study', software: '0', command: null });
}

function picture(name: string, grade: SnapshotGrade): LabelledPicture {
  const random = seeded(7).stream(name);
  const radius = { none: 8, I: 16, II: 16, III: 26, IV: 26 }[grade];
  const values = Float32Array.from({ length: rows * columns }, (_, i) => {
    const [x, y] = [(i % columns) - columns / 2, Math.floor(i / columns) - rows / 2];
    return 1000 * random.uniform() + (Math.hypot(x, y) < radius ? 2000 : 0);
  });
  return {
    image: { rows, columns, values },
    film: {
      image: createHash('sha256').update(values).digest('hex'),
      source: 'film',
      look: 'clinic',
      view: 'left',
      rows,
      columns,
      device: null,
      site: null,
      hips: [
        {
          box: { x: (columns - side) / 2, y: (rows - side) / 2, width: side, height: side },
          laterality: 'left',
          grade,
          implant: null,
          condition: null,
          label: { kind: 'simulated' },
        },
      ],
    },
  };
}
