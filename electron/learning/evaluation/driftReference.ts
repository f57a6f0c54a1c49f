/** What a station's films are held against: the films of an evaluation, as drift is watched by. */
import { join } from 'node:path';
import {
  driftSignals,
  patientValue,
  type DriftReference,
  type WatchedFilm,
} from '../../contract/driftSignals.ts';
import type { FilmOutcome, Outcomes } from '../../contract/evaluation.ts';
import { gradeGroupOf, gradeGroups } from '../../contract/finding.ts';
import { referenceFile } from '../../reading/openReader.ts';
import { hasSpread, referenceOf } from '../../statistics/drift.ts';
import { writeJsonDurably } from '../training/durableFile.ts';

/** Of the test films: the models were neither fitted nor fixed on them, so they do there as on any films like them. */
export function driftReferenceOf({ model, snapshot, study, software, test }: Outcomes): DriftReference {
  const patients = Map.groupBy(test, ({ patient }) => patient);
  const watched = [...patients.values()].map((films) => films.map(watchedFilm));
  const signals: DriftReference['signals'] = {};
  for (const { id, scale } of driftSignals) {
    const values = watched.flatMap((films) => patientValue(id, films) ?? []);
    const reference = referenceOf(values);
    if (scale === 'share' ? reference.n > 0 : hasSpread(reference)) signals[id] = reference;
  }
  return { format: 1, model: model.hash, snapshot, study, software, films: test.length, signals };
}

/** Keeps it beside the weights. @throws CalcarError 'disk-full' or 'read-only' */
export function saveDriftReference(folder: string, reference: DriftReference): void {
  writeJsonDurably(join(folder, referenceFile), reference);
}

function watchedFilm({ refusal, doubts, input, hips }: FilmOutcome): WatchedFilm {
  return {
    refused: refusal !== null,
    doubted: doubts.length > 0,
    input,
    hips: hips.flatMap(({ grade, found }) => {
      if (found === null) return [];
      const { presence, probabilities } = found;
      const answer = gradeGroups.reduce((best, group) =>
        probabilities[group] > probabilities[best] ? group : best,
      );
      return [{ presence, probabilities, answer, truth: grade && gradeGroupOf(grade) }];
    }),
  };
}
