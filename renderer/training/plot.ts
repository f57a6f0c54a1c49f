export interface Series {
  readonly name: string;
  /** SVG dash pattern; lines must be told apart without colour. */
  readonly dash?: string;
  readonly points: readonly { readonly epoch: number; readonly value: number }[];
}

/** Four to seven round numbers that enclose all values; 0 and 1 of nothing. */
export function niceTicks(values: readonly number[]): number[] {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return [0, 1];
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  const span = high > low ? high - low : Math.abs(high) || 1;
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step = power * ([1, 2, 5, 10].find((each) => span / (each * power) <= 5) ?? 10);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
