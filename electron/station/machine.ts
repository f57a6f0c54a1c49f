import type { ComputeState } from '../contract/api.ts';
import type { ModelConfidence } from '../contract/confidence.ts';
import type { BackendSurvey } from '../compute/jobs.ts';
import type { DriftReference } from '../contract/driftSignals.ts';
import { CalcarError } from '../contract/errors.ts';
import type { GradeGroup, SaliencyMap } from '../contract/finding.ts';
import type { Box, GreyImage } from '../contract/image.ts';
import type { FilmTags, Reading } from '../contract/reading.ts';
import type { SaliencyMethod, SaliencyVerdict } from '../contract/saliencyTests.ts';

/** The models as the station names them on every finding. */
export interface ModelIdentity {
  readonly name: string;
  /** SHA-256 over the weights files. */
  readonly hash: string;
  /** First line of the model card. */
  readonly warning: string;
  /** How sure it is, and how its maps did in their tests; null where it was never fixed or tested. */
  readonly confidence: ModelConfidence | null;
  /** SHA-256 of its file, as findings name it. */
  readonly confidenceHash: string | null;
  readonly saliency: SaliencyVerdict | null;
  /** What its films are held against; null where its folder does not say. */
  readonly reference: DriftReference | null;
}

/** What reads films for the station: the compute process, seen from the station's side. */
export interface Machine {
  state(): ComputeState;
  /** Null until the models are loaded. */
  model(): ModelIdentity | null;
  /**
   * Waits for the models where they are still loading.
   * @throws CalcarError 'compute-crashed', 'model-missing', 'model-damaged', 'backend-unavailable', 'compute-failed'
   */
  read(
    image: GreyImage,
    tags: FilmTags,
  ): Promise<{ reading: Reading; backend: string; model: ModelIdentity }>;
  /** The evidence for `of` over the hip at `box`. */
  saliency(image: GreyImage, box: Box, of: GradeGroup, method: SaliencyMethod): Promise<SaliencyMap>;
  /** Loads, tests and times every backend; takes seconds. */
  survey(): Promise<BackendSurvey>;
  /** Reads with the models of another folder from now on; resolves when they are loaded, or cannot be. */
  useModel(folder: string): Promise<void>;
  subscribe(listener: (state: ComputeState) => void): () => void;
  close(): Promise<void>;
}

/** For a station that was opened without tensors: it keeps films and persons' reads and answers nothing. */
export function noMachine(): Machine {
  const sentence = 'This station was opened without the reading models.';
  const refuse = (): Promise<never> => Promise.reject(new CalcarError('backend-unavailable', sentence));
  return {
    state: () => ({ state: 'failed', backend: null, sentence }),
    model: () => null,
    read: refuse,
    saliency: refuse,
    survey: refuse,
    useModel: () => Promise.resolve(),
    subscribe: () => () => undefined,
    close: () => Promise.resolve(),
  };
}
