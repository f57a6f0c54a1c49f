import { create } from 'zustand';
import type { ComparisonReport } from '../../electron/contract/comparison.ts';
import { CalcarError } from '../../electron/contract/errors.ts';
import type { NamedError } from '../../electron/contract/evaluation.ts';
import type { EvaluationRow, TrainingReport } from '../../electron/contract/training.ts';
import { say, setApp } from '../app/store.ts';
import { openFilm } from '../reading/openFilm.ts';
import { call, sentenceOf } from '../station.ts';

/** What was asked for: under way, there, or refused with a sentence. */
export type Asked<T> =
  | { readonly state: 'waiting' }
  | { readonly state: 'here'; readonly value: T }
  | { readonly state: 'failed'; readonly sentence: string };

interface EvaluationState {
  /** Null until the list has come. */
  readonly rows: readonly EvaluationRow[] | null;
  readonly listError: string | null;
  /** Of the evaluation that is shown; null shows the newest. */
  readonly chosen: string | null;
  /** The report of `reportOf`. */
  readonly reportOf: string | null;
  readonly report: Asked<TrainingReport>;
  /** Of the model that the shown one is compared with. */
  readonly other: string | null;
  readonly comparison: Asked<ComparisonReport> | null;
  /** Place among the errors of the one that is shown large. */
  readonly large: number | null;
}

export const useEvaluation = create<EvaluationState>(() => ({
  rows: null,
  listError: null,
  chosen: null,
  reportOf: null,
  report: { state: 'waiting' },
  other: null,
  comparison: null,
  large: null,
}));
export const setEvaluation = useEvaluation.setState;
const now = useEvaluation.getState;

/** The room is entered: the list and the shown report come anew. */
export async function refreshEvaluations(): Promise<void> {
  try {
    const rows = await call('evaluations.list', {});
    setEvaluation({ rows, listError: null });
    const shown = rows.find(({ id }) => id === now().chosen) ?? rows[0];
    if (shown !== undefined) await showEvaluation(shown.id);
  } catch (error) {
    setEvaluation({ listError: sentenceOf(error) });
  }
}

/** Of several that are asked for, the last one is shown. */
export async function showEvaluation(id: string): Promise<void> {
  setEvaluation({
    chosen: id,
    reportOf: id,
    report: { state: 'waiting' },
    other: null,
    comparison: null,
    large: null,
  });
  const report = await asked(call('evaluations.report', { id }));
  if (now().reportOf === id) setEvaluation({ report });
}

/** @param other null ends the comparison */
export async function compareWith(other: string | null): Promise<void> {
  const { reportOf } = now();
  if (other === null || reportOf === null) {
    setEvaluation({ other: null, comparison: null });
    return;
  }
  setEvaluation({ other, comparison: { state: 'waiting' } });
  const comparison = await asked(call('evaluations.compare', { first: reportOf, second: other }));
  if (now().reportOf === reportOf && now().other === other) setEvaluation({ comparison });
}

/** Opens the film where this station holds it, else shows the picture large. */
export async function lookAt({ image }: Pick<NamedError, 'image'>, place: number): Promise<void> {
  try {
    await call('film.describe', { imageHash: image });
  } catch (error) {
    if (error instanceof CalcarError && error.kind === 'not-found') setEvaluation({ large: place });
    else say(sentenceOf(error));
    return;
  }
  setApp({ room: 'reading' });
  await openFilm(image);
}

async function asked<T>(question: Promise<T>): Promise<Asked<T>> {
  try {
    return { state: 'here', value: await question };
  } catch (error) {
    return { state: 'failed', sentence: sentenceOf(error) };
  }
}
