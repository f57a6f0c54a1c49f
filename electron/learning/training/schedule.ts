import type { Recipe } from '../../contract/recipe.ts';

/**
 * The learning rate of a step: a straight warm-up, then as the recipe says. 'cosine' falls to 0 along half a
 * cosine (Loshchilov and Hutter, ICLR 2017, formula 5, without restarts), 'step' to a tenth at one half and at
 * three quarters of the steps (He et al., CVPR 2016, section 4.2).
 *
 * @param step counted from 0
 * @param steps of all epochs
 */
export function learningRateAt(
  { learningRate, schedule, warmUpSteps }: Pick<Recipe, 'learningRate' | 'schedule' | 'warmUpSteps'>,
  step: number,
  steps: number,
): number {
  const warmUp = warmUpSteps === 0 ? 1 : Math.min(1, (step + 1) / warmUpSteps);
  return learningRate * warmUp * shareOf(schedule, step / steps);
}

function shareOf(schedule: Recipe['schedule'], done: number): number {
  switch (schedule) {
    case 'cosine':
      return 0.5 * (1 + Math.cos(Math.PI * done));
    case 'step':
      return done < 0.5 ? 1 : done < 0.75 ? 0.1 : 0.01;
    case 'constant':
      return 1;
  }
}
