import type { FilmDescription, Voi } from '../../electron/contract/film.ts';

/**
 * A modality value as a display value 0 (black) … 1 (white), before any inversion: DICOM PS3.3 C.11.2.1
 * (LUT) and C.11.2.1.2, C.11.2.1.3 (window functions). The shader does the same; this is its twin on the CPU.
 */
export function displayValue(voi: Voi, value: number): number {
  if (voi.kind === 'lut') return lookUp(voi.values, value - voi.first);
  switch (voi.function) {
    case 'LINEAR': {
      const width = Math.max(1, voi.width);
      const low = voi.center - 0.5 - (width - 1) / 2;
      if (value <= low) return 0;
      if (value > low + width - 1) return 1;
      return (value - (voi.center - 0.5)) / (width - 1) + 0.5;
    }
    case 'LINEAR_EXACT':
      return clamp01((value - voi.center) / voi.width + 0.5);
    case 'SIGMOID':
      return 1 / (1 + Math.exp((-4 * (value - voi.center)) / voi.width));
  }
}

/** Between two entries the value is interpolated: a scaled-down film has values between whole numbers. */
function lookUp(values: readonly number[], index: number): number {
  const last = values.length - 1;
  const at = Math.min(last, Math.max(0, index));
  const below = Math.floor(at);
  const low = values[below] ?? 0;
  const high = values[Math.min(last, below + 1)] ?? low;
  return low + (high - low) * (at - below);
}

const clamp01 = (value: number) => Math.min(1, Math.max(0, value));

/** True when the smallest value is shown white: MONOCHROME1 and the person's inversion cancel each other. */
export function isInverted(film: Pick<FilmDescription, 'invertedPhotometric'>, byPerson: boolean): boolean {
  return film.invertedPhotometric !== byPerson;
}

/** The range that a VOI spreads over the greys, as centre and width; for a LUT that of its rise. */
export function windowOf(voi: Voi): { readonly center: number; readonly width: number } {
  if (voi.kind === 'window') return { center: voi.center, width: voi.width };
  const start = voi.values.findIndex((value) => value > 0.01);
  const end = voi.values.findIndex((value) => value >= 0.99);
  const from = voi.first + Math.max(0, start);
  const to = voi.first + (end < 0 ? voi.values.length - 1 : end);
  return { center: (from + to) / 2, width: Math.max(1, to - from) };
}

/**
 * The window after a movement of the hand: right widens it (softer), down raises the level (darker). A LUT
 * becomes a window over the same range, since the movement asks for one.
 */
export function dragWindow(voi: Voi, dx: number, dy: number): Voi {
  const { center, width } = windowOf(voi);
  const step = Math.max(width, 1) / 300;
  return {
    kind: 'window',
    function: voi.kind === 'window' ? voi.function : 'LINEAR',
    center: center + dy * step,
    width: Math.max(1, width * Math.exp(dx / 250)),
    explanation: null,
  };
}

/** What the reader calls a VOI of the file. */
export function voiName(voi: Voi, index: number): string {
  if (voi.explanation !== null && voi.explanation.trim() !== '') return voi.explanation.trim();
  return voi.kind === 'lut'
    ? `Curve ${String(index + 1)} of the file`
    : `Window ${String(index + 1)} of the file`;
}
