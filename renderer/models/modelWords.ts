/** What the models room says, in words. */
import type { Estimate } from '../../electron/contract/evaluation.ts';
import type { PromotionEvent, PromotionRules, ShelvedModel } from '../../electron/contract/models.ts';

export const stateWords: Record<ShelvedModel['state'], string> = {
  current: 'Reads now',
  candidate: 'Candidate',
  former: 'Read before',
  gone: 'Its files are gone',
  damaged: 'Its files were changed',
};

export const sourceWords: Record<ShelvedModel['source'], string> = {
  shipped: 'came with Calcar',
  'trained here': 'trained at this station',
  'brought in': 'brought in from elsewhere',
};

export const checkWords = {
  files: 'Files',
  independence: 'Patients kept apart',
  'non-inferiority': 'Not worse than the current model',
  sensitivity: 'Every class recognised',
  calibration: 'Knows how sure it is',
  saliency: 'Explanations tested',
  shadow: 'Read in the shadow',
} as const;

/** One line under a model's name. */
export function modelLine(model: ShelvedModel): string {
  const [last] = model.evaluations;
  const accuracy =
    last === undefined ? 'not evaluated' : `balanced accuracy ${shareWords(last.balancedAccuracy)}`;
  return `${stateWords[model.state]}, ${accuracy}`;
}

/** "84.7 % (83.2 to 86.2)"; without decimals below 200 cases. */
export function shareWords({ estimate, low, high, n }: Estimate): string {
  const digits = n < 200 ? 0 : 1;
  const percent = (value: number): string => (100 * value).toFixed(digits);
  return `${percent(estimate)} % (${percent(low)} to ${percent(high)})`;
}

/** ".31 (.12 to .50)" */
export function numberWords({ estimate, low, high }: Estimate): string {
  return `${estimate.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}

export function eventLine({ kind, model, before, by }: PromotionEvent): string {
  const who = by === '' ? 'someone without a name' : by;
  switch (kind) {
    case 'promoted':
      return `${model.name} took the place of ${before.name}, by ${who}`;
    case 'refused':
      return `${model.name} was not promoted, asked by ${who}`;
    case 'rolled back':
      return `${model.name} was put back for ${before.name}, by ${who}`;
  }
}

/** What is asked of a candidate, a line a rule. */
export function rulesLines({ margin, floors, calibration, saliency, shadowFilms }: PromotionRules): string[] {
  const points = (value: number): string => `${(100 * value).toFixed(1)} points`;
  const percent = (value: number): string => `${(100 * value).toFixed(0)} %`;
  return [
    `Balanced accuracy at most ${points(margin)} below the current model's, at the low end of the interval`,
    `Right among whole hips ${percent(floors.none)}, Garden I–II ${percent(floors['I-II'])}, Garden III–IV ${percent(floors['III-IV'])}, at least`,
    `Calibration error ${calibration.toFixed(2)} at most`,
    ...(saliency === 'passed' ? ['A saliency method that passed its tests'] : []),
    ...(saliency === 'tested' ? ['Saliency tests done, whatever they say'] : []),
    ...(shadowFilms > 0 ? [`${shadowFilms.toLocaleString()} films read in the shadow, at least`] : []),
  ];
}
