import * as z from 'zod';

/** What a film can be to the learned gate. 'in scope' is an AP hip or pelvis film as the readers learned from. */
export const filmScopes = [
  'in scope',
  'other body part',
  'other view',
  'inverted',
  'rotated',
  'cropped',
  'corrupt',
  'blank',
] as const;
export const filmScope = z.enum(filmScopes);
export type FilmScope = z.infer<typeof filmScope>;

/** What a found hip can be: one of the three classes, or something that they do not name. */
export const hipScopes = ['gradable', 'implant', 'other injury', 'no hip'] as const;
export const hipScope = z.enum(hipScopes);
export type HipScope = z.infer<typeof hipScope>;

const share = z.number().min(0).max(1);

/** What the learned gate said of a film: the likeliest scope, and how unlike all learning films it looks. */
export const scopeAnswer = z.strictObject({
  scope: filmScope,
  probability: share,
  /** Share of held-out in-scope films that are less familiar than this one: 0 is stranger than all of them. */
  familiarity: share,
});
export type ScopeAnswer = z.infer<typeof scopeAnswer>;
