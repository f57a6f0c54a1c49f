import * as z from 'zod';

/** One line of `calcar doctor`: what was looked for, what was found, what is used instead, what mends it. */
export const doctorLine = z.strictObject({
  part: z.string(),
  state: z.enum(['ok', 'fallback', 'missing', 'failed']),
  found: z.string(),
  /** What Calcar uses instead; null when nothing is lost. */
  instead: z.string().nullable(),
  /** The command that mends it; null when nothing is to mend. */
  mend: z.string().nullable(),
});
export type DoctorLine = z.infer<typeof doctorLine>;

export const backendName = z.enum(['tensorflow', 'webgpu', 'wasm', 'cpu']);
export type BackendName = z.infer<typeof backendName>;

/** One tensor backend as the compute process measured it. */
export const backendReport = z.strictObject({
  name: backendName,
  loaded: z.boolean(),
  /** Known-answer self-test. */
  passed: z.boolean(),
  /** 3×3 convolution, 32 to 32 channels, 128 × 128, batch 8; null where it did not run. */
  gigaflops: z.number().nullable(),
  device: z.string(),
  canTrain: z.boolean(),
  chosen: z.boolean(),
  reason: z.string().nullable(),
});
export type BackendReport = z.infer<typeof backendReport>;

export const doctorReport = z.strictObject({
  version: z.string(),
  node: z.string(),
  platform: z.string(),
  lines: z.array(doctorLine),
  backends: z.array(backendReport),
  /** Native over wasm throughput of the same convolution; null when one of them did not run. */
  nativeOverWasm: z.number().nullable(),
});
export type DoctorReport = z.infer<typeof doctorReport>;
