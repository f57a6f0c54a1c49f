import { create } from 'zustand';
import type { ModelShelf, PromotionVerdict, ShadowReport } from '../../electron/contract/models.ts';

/** What takes minutes in this room; one thing at a time. */
export interface ModelWork {
  readonly job: 'judge';
  readonly model: string;
  readonly done: number;
  /** 0 until it is known. */
  readonly of: number;
}

interface ModelsState {
  /** Null until it has come. */
  readonly shelf: ModelShelf | null;
  readonly error: string | null;
  /** The model that is shown. */
  readonly chosen: string | null;
  /** The last judgement of this session, by the hash of the candidate. */
  readonly verdicts: Readonly<Record<string, PromotionVerdict>>;
  readonly shadow: ShadowReport | null;
  readonly work: ModelWork | null;
  readonly panel: 'rules' | null;
}

export const useModels = create<ModelsState>(() => ({
  shelf: null,
  error: null,
  chosen: null,
  verdicts: {},
  shadow: null,
  work: null,
  panel: null,
}));
export const setModels = useModels.setState;
export const models = useModels.getState;
