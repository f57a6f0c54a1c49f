/** What the study's learner sees of every hip: the features of a network that stays as it is. */
import * as tf from '@tensorflow/tfjs';
import type { Classifier } from '../../../models/index.ts';
import { gradeGroupOf, gradeGroups } from '../../contract/finding.ts';
import { classifierInput } from '../../reading/prepare.ts';
import { wholeFilms, type Snapshot } from '../snapshots/snapshot.ts';
import type { Matrix } from './studyHead.ts';

/** Hips with a class, each with its film and its patient (both by number, from 0). */
export interface StudyHips {
  readonly features: Matrix;
  /** Place of each hip's group among `gradeGroups`. */
  readonly labels: Uint8Array;
  readonly film: Uint32Array;
  /** Patient of each film. */
  readonly patientOfFilm: readonly number[];
  readonly patients: number;
}

/**
 * Every graded hip of a split, cropped as a reader crops it, as the classifier's last hidden layer.
 *
 * @param report is told after each patient
 * @throws CalcarError as `wholeFilms`
 */
export async function studyHips(
  classifier: Classifier,
  snapshot: Snapshot,
  split: 'tune' | 'test',
  report: () => void,
): Promise<StudyHips> {
  const features: Float32Array[] = [];
  const labels: number[] = [];
  const film: number[] = [];
  const patientOfFilm: number[] = [];
  let patients = 0;
  for (const { films } of wholeFilms(snapshot, split)) {
    const crops: Float32Array[] = [];
    for (const { image, film: truth } of films) {
      const graded = truth.hips.flatMap(({ box, grade }) => {
        const group = grade === null ? null : gradeGroupOf(grade);
        return group === null ? [] : [{ box, label: gradeGroups.indexOf(group) }];
      });
      if (graded.length === 0) continue;
      for (const { box, label } of graded) {
        crops.push(classifierInput(image, box));
        labels.push(label);
        film.push(patientOfFilm.length);
      }
      patientOfFilm.push(patients);
    }
    if (crops.length > 0) features.push(...(await hiddenOf(classifier, crops)));
    patients++;
    report();
  }
  return {
    features: withConstant(features),
    labels: Uint8Array.from(labels),
    film: Uint32Array.from(film),
    patientOfFilm,
    patients,
  };
}

async function hiddenOf(classifier: Classifier, crops: readonly Float32Array[]): Promise<Float32Array[]> {
  const size = classifier.config.inputSize;
  const hidden = tf.tidy(() => {
    const x = tf.stack(crops.map((crop) => tf.tensor3d(crop, [size, size, 1]))) as tf.Tensor4D;
    return classifier.featuresAndLogits(x).hidden;
  });
  const [rows, columns] = hidden.shape;
  const flat = await hidden.data<'float32'>();
  hidden.dispose();
  return Array.from({ length: rows }, (_, row) => flat.slice(row * columns, (row + 1) * columns));
}

function withConstant(rows: readonly Float32Array[]): Matrix {
  const columns = (rows[0]?.length ?? 0) + 1;
  const values = new Float64Array(rows.length * columns);
  rows.forEach((row, i) => {
    values[i * columns] = 1;
    values.set(row, i * columns + 1);
  });
  return { rows: rows.length, columns, values };
}

/**
 * Features with mean 0 and variance 1 over the pool, which needs no label; what never varies becomes 0. The first column
 * stays the constant 1.
 */
export function standardised(features: Matrix, pool: Matrix): Matrix {
  const { rows, columns } = features;
  const values = new Float64Array(features.values.length);
  for (let c = 0; c < columns; c++) {
    const column = Array.from({ length: pool.rows }, (_, row) => pool.values[row * columns + c]!);
    const centre = column.reduce((sum, value) => sum + value, 0) / column.length;
    const spread = Math.sqrt(column.reduce((sum, value) => sum + (value - centre) ** 2, 0) / column.length);
    for (let row = 0; row < rows; row++) {
      const at = row * columns + c;
      values[at] = c === 0 ? 1 : spread < 1e-6 ? 0 : (features.values[at]! - centre) / spread;
    }
  }
  return { rows, columns, values };
}
