import type { DataSet } from 'dicom-parser';
import type { Voi } from '../contract/film.ts';
import { decimals, functionalGroup, items, text, texts, unsignedShort } from './elements.ts';
import { readLut } from './lut.ts';
import type { ModalityGrey } from './modality.ts';
import { tags } from './tags.ts';

/** Stored values that are no anatomy (PS3.3 C.7.5.1.1.2), in modality samples; both ends belong to it. */
export interface PaddingRange {
  readonly low: number;
  readonly high: number;
}

/**
 * What the file proposes (PS3.3 C.11.2): lookup tables first, since a table is the maker's own curve and
 * a window beside it only its straight approximation, then windows. Unusable proposals are left out.
 */
export function readVois(dataSet: DataSet): Voi[] {
  const signed = unsignedShort(dataSet, tags.pixelRepresentation) === 1;
  const luts = items(dataSet, tags.voiLutSequence).flatMap((item): Voi[] => {
    const lut = readLut(item, signed);
    if (lut === null) return [];
    const top = 2 ** lut.bits - 1;
    return [
      {
        kind: 'lut',
        first: lut.first,
        values: Array.from(lut.values, (value) => value / top),
        explanation: lut.explanation,
      },
    ];
  });
  return [...luts, ...readWindows(functionalGroup(dataSet, tags.frameVoiLutSequence))];
}

function readWindows(dataSet: DataSet): Voi[] {
  const said = text(dataSet, tags.voiLutFunction)?.toUpperCase();
  const voiFunction = said === 'SIGMOID' || said === 'LINEAR_EXACT' ? said : 'LINEAR';
  const widths = decimals(dataSet, tags.windowWidth);
  const explanations = texts(dataSet, tags.windowExplanation);
  // PS3.3 C.11.2.1.2.1: LINEAR asks for a width of at least 1, the others for more than 0.
  const narrowest = voiFunction === 'LINEAR' ? 1 : Number.MIN_VALUE;
  return decimals(dataSet, tags.windowCenter).flatMap((center, i): Voi[] => {
    const width = widths[i] ?? Number.NaN;
    if (!Number.isFinite(center) || !Number.isFinite(width) || width < narrowest) return [];
    const explanation = explanations[i];
    return [
      {
        kind: 'window',
        function: voiFunction,
        center,
        width,
        explanation: explanation === undefined || explanation === '' ? null : explanation,
      },
    ];
  });
}

/** Share of pixels that an automatic window leaves out at either end: collimation edges, letters, dead pixels. */
const tail = 0.005;

/** A window over the pixels themselves, from the 0.5th to the 99.5th percentile, padding left out. */
export function automaticWindow(grey: ModalityGrey, padding: PaddingRange | null): Voi {
  const histogram = new Uint32Array(65536);
  for (const sample of grey.samples) histogram[sample]!++;
  if (padding !== null) histogram.fill(0, padding.low, padding.high + 1);
  const total = histogram.reduce((sum, count) => sum + count, 0);
  const low = quantile(histogram, total * tail);
  const high = quantile(histogram, total * (1 - tail));
  const ends = [low * grey.slope + grey.intercept, high * grey.slope + grey.intercept] as const;
  return {
    kind: 'window',
    function: 'LINEAR_EXACT',
    center: (ends[0] + ends[1]) / 2,
    width: Math.max(Math.abs(ends[1] - ends[0]), Math.abs(grey.slope)),
    explanation: null,
  };
}

/** First bin at which more than `rank` pixels have been counted; the last occupied one at most. */
function quantile(histogram: Uint32Array, rank: number): number {
  let seen = 0;
  let last = 0;
  for (let bin = 0; bin < histogram.length; bin++) {
    if (histogram[bin]! === 0) continue;
    seen += histogram[bin]!;
    last = bin;
    if (seen > rank) break;
  }
  return last;
}
