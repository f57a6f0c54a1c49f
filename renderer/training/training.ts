import { create } from 'zustand';
import type { TrainingRun } from '../../electron/contract/training.ts';
import type { DatasetRow } from '../../electron/contract/snapshot.ts';

/** What the middle of the room shows. */
export type Subject =
  { readonly kind: 'run'; readonly id: string } | { readonly kind: 'dataset'; readonly hash: string };

interface TrainingState {
  /** Null until the lists have come. */
  readonly datasets: readonly DatasetRow[] | null;
  readonly runs: readonly TrainingRun[] | null;
  readonly listError: string | null;
  readonly subject: Subject | null;
  readonly panel: 'freeze' | 'start' | null;
  /** A snapshot is being frozen. */
  readonly freezing: { readonly done: number; readonly of: number; readonly label: string } | null;
  /** The run whose model is being evaluated; `of` is 0 until it is known. */
  readonly evaluating: { readonly id: string; readonly done: number; readonly of: number } | null;
}

export const useTraining = create<TrainingState>(() => ({
  datasets: null,
  runs: null,
  listError: null,
  subject: null,
  panel: null,
  freezing: null,
  evaluating: null,
}));
export const setTraining = useTraining.setState;
export const training = useTraining.getState;
