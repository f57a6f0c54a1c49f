/** Whether a model can have seen the films that it is tested on. */
import { CalcarError } from '../../contract/errors.ts';
import type { Outcomes } from '../../contract/evaluation.ts';
import { networkNames } from '../../contract/recipe.ts';
import type { SnapshotManifest } from '../../contract/snapshot.ts';
import { readRecord } from '../training/records.ts';

const mostNamed = 8;

/**
 * Holds the patients that the training records beside the weights name to those of the snapshot.
 *
 * @throws CalcarError 'leak' when a network learned from a patient of the tuning or test split, or tuned on one of
 *   the test split; 'invalid-input' for a damaged record
 */
export function independenceOf(
  modelFolder: string,
  { name, entries }: Pick<SnapshotManifest, 'name' | 'entries'>,
): Outcomes['independence'] {
  const records = networkNames.map((network) => readRecord(modelFolder, network));
  const known = records.filter((record) => record !== null);
  const learned = new Set(known.flatMap(({ patients }) => patients.learn));
  const tuned = new Set(known.flatMap(({ patients }) => patients.tune));
  const seen = entries.filter(
    ({ patient, split }) =>
      (split !== 'learn' && learned.has(patient)) || (split === 'test' && tuned.has(patient)),
  );
  if (seen.length > 0) {
    const names = seen
      .slice(0, mostNamed)
      .map(({ patient, stem }) => `${patient} (${stem})`)
      .join(', ');
    const more = seen.length > mostNamed ? ` and ${String(seen.length - mostNamed)} more` : '';
    throw new CalcarError(
      'leak',
      `This model was trained on patients who test or tune in '${name}': ${names}${more}. What it would score on them is no test, so nothing was read. Evaluate it on a snapshot whose test patients it has not seen.`,
    );
  }
  const tunedOnToo = entries.filter(({ patient, split }) => split === 'tune' && tuned.has(patient)).length;
  if (records.includes(null) || known.some(({ start }) => start?.known === false))
    return {
      known: 'unknown',
      tunedOnToo,
      sentence:
        'Whom this model learned from is not written beside its weights, so it cannot be known whether it has seen patients of this test.',
    };
  return {
    known: 'independent',
    tunedOnToo,
    sentence: `No patient of the test was learned from or tuned on.${
      tunedOnToo === 0
        ? ''
        : ` ${tunedOnToo.toLocaleString('en')} of the patients on whom thresholds were fixed also chose among epochs.`
    }`,
  };
}
