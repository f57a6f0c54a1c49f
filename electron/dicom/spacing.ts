import type { DataSet } from 'dicom-parser';
import type { PixelSpacing } from '../contract/film.ts';
import { decimals, functionalGroup, text } from './elements.ts';
import { tags, type Tag } from './tags.ts';

/** Two spacings that differ by less than this share are the same number written twice. */
const sameWithin = 1e-4;

/**
 * Pixel spacing and where it comes from (PS3.3 10.7.1). Pixel Spacing is calibrated where the file says so
 * or where it differs from Imager Pixel Spacing; Nominal Scanned Pixel Spacing is measured on a film, which
 * lay at the detector. Zero, negative, missing or not a number is no spacing.
 */
export function readSpacing(dataSet: DataSet): PixelSpacing {
  const detector = pair(dataSet, tags.imagerPixelSpacing) ?? pair(dataSet, tags.nominalScannedPixelSpacing);
  const pixel = pair(functionalGroup(dataSet, tags.pixelMeasuresSequence), tags.pixelSpacing);
  if (pixel === null)
    return detector === null ? { source: 'uncalibrated' } : { source: 'detector', ...detector };
  const declared = text(dataSet, tags.pixelSpacingCalibrationType);
  if (declared === 'GEOMETRY' || declared === 'FIDUCIAL') return { source: 'calibrated', ...pixel };
  if (detector === null) return { source: 'unspecified', ...pixel };
  return { source: isSame(pixel, detector) ? 'detector' : 'calibrated', ...pixel };
}

interface SpacingPair {
  readonly rowMm: number;
  readonly columnMm: number;
}

function pair(dataSet: DataSet, tag: Tag): SpacingPair | null {
  const [rowMm = 0, columnMm = 0] = decimals(dataSet, tag);
  const usable = Number.isFinite(rowMm) && Number.isFinite(columnMm) && rowMm > 0 && columnMm > 0;
  return usable ? { rowMm, columnMm } : null;
}

function isSame(a: SpacingPair, b: SpacingPair): boolean {
  return (
    Math.abs(a.rowMm - b.rowMm) <= sameWithin * b.rowMm &&
    Math.abs(a.columnMm - b.columnMm) <= sameWithin * b.columnMm
  );
}
