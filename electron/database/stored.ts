import * as z from 'zod';

/** A column of JSON text that holds a value of the contract. */
export const stored = <S extends z.ZodType>(value: S) =>
  z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'not JSON' });
        return z.NEVER;
      }
    })
    .pipe(value);
