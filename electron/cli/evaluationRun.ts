import { join } from 'node:path';
import { chooseBackend } from '../compute/backend.ts';
import { evaluateModel, type Evaluated } from '../learning/evaluation/evaluateModel.ts';
import { loadTrainedReader } from '../learning/loadTrainedModels.ts';
import { openSnapshot } from '../learning/snapshots/snapshot.ts';
import { defaultDataFolder } from '../station/dataFolder.ts';
import { stationVersion } from '../station/version.ts';
import { createProgress } from './progress.ts';

export interface EvaluationAsked {
  /** Folder of the snapshot. */
  readonly on: string;
  readonly out?: string | undefined;
  readonly prevalence: number;
  readonly again?: boolean | undefined;
  /** Keeps how sure the models are beside the weights. */
  readonly save?: boolean | undefined;
}

/**
 * Evaluates a model in a folder; in the data folder, one for each model and snapshot, where none is named.
 *
 * @throws CalcarError as the snapshot opens, the backend is chosen, the models load and `evaluateModel`
 */
export async function runEvaluation(
  model: string,
  { on, out, prevalence, again, save }: EvaluationAsked,
): Promise<Evaluated & { readonly folder: string }> {
  const snapshot = openSnapshot(on);
  const backend = await chooseBackend();
  const reader = await loadTrainedReader(model);
  const folder =
    out ??
    join(evaluationsFolder(), `${reader.modelHash.slice(0, 12)}-${snapshot.manifest.hash.slice(0, 12)}`);
  const progress = createProgress();
  try {
    const evaluated = await evaluateModel({
      models: model,
      reader,
      snapshot,
      out: folder,
      backend: backend.name,
      software: stationVersion,
      prevalence,
      again: again === true,
      keepConfidence: save === true,
      report: (done, of) => progress.step('Reading patients', Math.min(done, of - 1), of),
    });
    return { ...evaluated, folder };
  } finally {
    progress.end();
    reader.dispose();
  }
}

export const evaluationsFolder = (): string => join(defaultDataFolder(), 'evaluations');
