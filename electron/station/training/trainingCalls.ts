import { join } from 'node:path';
import { paperRecipe, quickRecipe, shippedRecipe, strongRecipe } from '../../learning/training/recipes.ts';
import type { NetworkName, Recipe } from '../../contract/recipe.ts';
import type { TrainingPreset } from '../../contract/training.ts';
import type { Calls } from '../calls.ts';
import type { Evaluations } from './evaluations.ts';
import type { Training } from './training.ts';

const preset = (
  id: TrainingPreset['id'],
  name: string,
  about: string,
  make: (network: NetworkName) => Recipe,
): TrainingPreset => ({
  id,
  name,
  about,
  recipes: { localizer: make('localizer'), classifier: make('classifier') },
});

/** What a training can start from, the usual one first. */
export const presets: readonly TrainingPreset[] = [
  preset('shipped', 'Usual', 'How the models that come with Calcar were trained.', shippedRecipe),
  preset(
    'strong',
    'Strong randomisation',
    'The usual one, with films varied far beyond what a department makes: for models that will meet films unlike those they learned from.',
    strongRecipe,
  ),
  preset(
    'paper',
    'As the paper',
    'Mutasa et al. 2020, as far as the paper states it: flips both ways, turned by up to 30°, 200 epochs without a schedule.',
    paperRecipe,
  ),
  preset(
    'quick',
    'Trial',
    'A small network for a few epochs: whether a data set can be learned from.',
    quickRecipe,
  ),
];

/** The use case behind each call of the training room. */
export function trainingCallsOf(
  training: Training,
  evaluations: Evaluations,
): Pick<Calls, Extract<keyof Calls, `training.${string}`>> {
  const pageOf = (id: string): string => join(evaluations.folderOf(id), 'report.html');
  return {
    'training.list': () => Promise.resolve(training.list()),
    'training.presets': () => Promise.resolve([...presets]),
    'training.start': (input) => training.start(input),
    'training.pause': ({ id }) => Promise.resolve(training.pause(id)),
    'training.resume': ({ id }) => Promise.resolve(training.resume(id)),
    'training.cancel': ({ id }) => Promise.resolve(training.cancel(id)),
    'training.evaluate': async ({ id }) => ({ report: await evaluations.evaluate(id), page: pageOf(id) }),
    'training.stopEvaluation': () => {
      evaluations.stop();
      return Promise.resolve({});
    },
    'training.report': async ({ id }) => {
      const report = await evaluations.reportOf(id);
      return report === null ? null : { report, page: pageOf(id) };
    },
  };
}
