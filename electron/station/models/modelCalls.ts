import type { Calls } from '../calls.ts';
import type { Promotion } from './promotion.ts';
import type { Shelf } from './shelf.ts';

/** The use case behind each call of the models room. */
export function modelCallsOf(
  shelf: Shelf,
  promotion: Promotion,
): Pick<Calls, Extract<keyof Calls, `models.${string}`>> {
  return {
    'models.shelf': () => shelf.list(),
    'models.add': ({ run }) => shelf.addRun(run),
    'models.setRules': (rules) => shelf.setRules(rules),
    'models.judge': ({ model, snapshot }) => promotion.judge(model, snapshot),
    'models.stop': () => {
      promotion.stop();
      return Promise.resolve({});
    },
    'models.promote': ({ model, snapshot }) => promotion.promote(model, snapshot),
    'models.rollback': () => promotion.rollback(),
  };
}
