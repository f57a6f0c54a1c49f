import * as z from 'zod';
import { estimate } from './evaluation.ts';

/** `scope.json` beside the gate's weights: how often the gate errs. */
export const scopeReport = z.strictObject({
  format: z.literal(1),
  warning: z.string(),
  software: z.string(),
  at: z.iso.datetime(),
  /** In-scope films or hips that were refused or doubted by mistake. */
  falseRefuse: z.strictObject({ films: estimate, hips: estimate }),
  /** By what the film really is: films of it that got a Garden grade without a warning. */
  falseAccept: z.array(
    z.strictObject({ kind: z.string(), of: z.enum(['films', 'hips']), accepted: estimate }),
  ),
});
export type ScopeReport = z.infer<typeof scopeReport>;
