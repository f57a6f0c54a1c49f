import type { CtHeader } from '../dicom/index.ts';
import { cross, dot, type FileGrid, length } from './grid.ts';
import { refuseVolume } from './refuse.ts';
import type { SliceFile } from './seriesFiles.ts';

type Vector = readonly [number, number, number];

/** Degrees of Gantry/Detector Tilt that are taken as none. */
const tiltTolerance = 0.1;
/** Cosines of two orientations that are taken as equal differ by no more (0.006 degrees). */
const orientationTolerance = 1e-4;
/** Relative difference of pixel spacings that are taken as equal. */
const spacingTolerance = 1e-4;
/** Share of the spacing by which a slice may miss its place on the even grid between first and last slice. */
const placeTolerance = 0.05;
/** Share of a pixel by which a slice may stand aside from the line through the first, along the normal. */
const asideTolerance = 0.25;
/** Share of the typical spacing below which two slices are one and the same, and above which one is missing. */
const doubledShare = 0.05;
const missingShare = 1.5;

const exportAgain = 'Export the whole series again, or give another one.';

export interface ArrangedSeries {
  readonly grid: FileGrid;
  /** From the first slice along the normal to the last. */
  readonly slices: readonly SliceFile[];
}

/**
 * Sorts the slices of a series along their normal (PS3.3 C.7.6.2.1.1) and checks that they make a straight, even
 * stack without a gap.
 *
 * @throws CalcarError 'invalid-volume', 'unsupported-image'
 */
export function arrangeSeries(slices: readonly SliceFile[]): ArrangedSeries {
  const first = slices[0]!;
  for (const slice of slices) checkSlice(slice, first);
  const { rows, columns } = first.header;
  const [betweenRows, betweenColumns] = first.header.pixelSpacing!;
  const [ix, iy, iz, jx, jy, jz] = first.header.orientation!;
  const i: Vector = [ix, iy, iz];
  const j: Vector = [jx, jy, jz];
  const normal = cross(i, j);
  if (Math.abs(length(i) - 1) > 1e-3 || Math.abs(length(j) - 1) > 1e-3 || Math.abs(dot(i, j)) > 1e-3) {
    throw refuseVolume('Its slices do not say rightly how they lie in the patient.', exportAgain);
  }
  const places = slices
    .map((slice) => ({ slice, at: dot(slice.header.position!, normal) }))
    .sort((a, b) => a.at - b.at);
  if (places.length < 2) {
    throw refuseVolume(
      'The series has a single slice, which has no depth to look through.',
      'Point at the folder that holds the whole series.',
    );
  }
  checkLine(places, normal, Math.min(betweenRows, betweenColumns));
  const spacing = evenSpacing(places);
  return {
    grid: {
      size: [columns, rows, places.length],
      spacing: [betweenColumns, betweenRows, spacing],
      origin: places[0]!.slice.header.position!,
      axes: [i, j, normal],
    },
    slices: places.map(({ slice }) => slice),
  };
}

/** What must hold for one slice, alone and beside the first. */
function checkSlice({ name, header }: SliceFile, first: SliceFile): void {
  if (header.colour) {
    throw refuseVolume(
      `The file ${name} is a colour picture; a CT is grey.`,
      'Give the CT itself, not a picture made of it.',
      'unsupported-image',
    );
  }
  if (header.frames > 1) {
    throw refuseVolume(
      `The file ${name} holds ${header.frames} slices in one file, which Calcar does not read.`,
      'Export the CT as one file a slice, or as NIfTI.',
      'unsupported-image',
    );
  }
  if (header.rows < 1 || header.columns < 1) throw lacks(name, 'how many rows and columns its picture has');
  if (header.position === null) throw lacks(name, 'where it lies in the patient');
  if (header.orientation === null) throw lacks(name, 'how it lies in the patient');
  if (!header.hasRescale) throw lacks(name, 'how its values become Hounsfield units');
  if (header.pixelSpacing === null) throw lacks(name, 'how large its pixels are');
  if (!header.pixelSpacing.every((step) => step > 0 && step < Infinity)) {
    throw refuseVolume(
      `The file ${name} gives its pixel size as ${header.pixelSpacing.join(' × ')} mm, which cannot be.`,
      exportAgain,
    );
  }
  if (Math.abs(header.gantryTilt) > tiltTolerance) throw tilted(header.gantryTilt);
  compare(name, header, first.header);
}

const lacks = (name: string, what: string) =>
  refuseVolume(`The file ${name} does not say ${what}.`, exportAgain);

function compare(name: string, header: CtHeader, first: CtHeader): void {
  const differs = (what: string) =>
    refuseVolume(`The slices do not belong together: ${name} has ${what} than the first.`, exportAgain);
  if (header.rows !== first.rows || header.columns !== first.columns) throw differs('another picture size');
  const isNear = (a: number, b: number, tolerance: number) => Math.abs(a - b) <= tolerance;
  const [a, b] = first.pixelSpacing!;
  const [c, d] = header.pixelSpacing!;
  if (!isNear(a, c, a * spacingTolerance) || !isNear(b, d, b * spacingTolerance)) {
    throw differs('another pixel size');
  }
  if (!first.orientation!.every((value, n) => isNear(value, header.orientation![n]!, orientationTolerance))) {
    throw differs('another orientation');
  }
  if (header.frameOfReferenceUid !== first.frameOfReferenceUid) throw differs('another frame of reference');
}

interface Place {
  readonly slice: SliceFile;
  /** Millimetres along the normal. */
  readonly at: number;
}

/** The origins must lie on one line along the normal: a tilted gantry shifts each slice a little more. */
function checkLine(places: readonly Place[], normal: Vector, pixel: number): void {
  const start = places[0]!;
  const aside = ({ slice, at }: Place): number => {
    const [x, y, z] = slice.header.position!;
    const [sx, sy, sz] = start.slice.header.position!;
    const along = at - start.at;
    return length([x - sx - along * normal[0], y - sy - along * normal[1], z - sz - along * normal[2]]);
  };
  const last = places.at(-1)!;
  if (aside(last) > asideTolerance * pixel) {
    throw tilted((Math.atan2(aside(last), last.at - start.at) * 180) / Math.PI);
  }
  const shifted = places.find((place) => aside(place) > asideTolerance * pixel);
  if (shifted !== undefined) {
    throw refuseVolume(
      `The slice ${shifted.slice.name} stands ${aside(shifted).toFixed(1)} mm aside of the others.`,
      exportAgain,
    );
  }
}

const tilted = (degrees: number) =>
  refuseVolume(
    `The gantry was tilted by ${Math.abs(degrees).toFixed(1)} degrees, so that the slices do not stand straight above each other.`,
    'Resample the CT to a straight grid first.',
  );

/** @returns millimetres from slice to slice */
function evenSpacing(places: readonly Place[]): number {
  const gaps = places.slice(1).map(({ at }, n) => at - places[n]!.at);
  const typical = gaps.toSorted((a, b) => a - b)[gaps.length >> 1]!;
  const first = places[0]!.at;
  const spacing = (places.at(-1)!.at - first) / gaps.length;
  gaps.forEach((gap, n) => {
    const before = places[n]!;
    const after = places[n + 1]!;
    if (gap <= doubledShare * typical) {
      throw refuseVolume(
        `Two slices lie at the same place, ${before.slice.name} and ${after.slice.name} (at ${before.at.toFixed(1)} mm).`,
        'Leave only one reconstruction in the folder.',
      );
    }
    if (gap > missingShare * typical) {
      const count = Math.round(gap / typical) - 1;
      const what = count === 1 ? 'a slice is' : `${count} slices are`;
      throw refuseVolume(
        `After position ${before.at.toFixed(1)} mm (${before.slice.name}) ${what} missing: the next stands ${gap.toFixed(1)} mm on, not ${typical.toFixed(1)}.`,
        exportAgain,
      );
    }
  });
  const uneven = places.find(({ at }, n) => Math.abs(at - first - n * spacing) > placeTolerance * spacing);
  if (uneven !== undefined) {
    const [low, high] = [Math.min(...gaps), Math.max(...gaps)];
    throw refuseVolume(
      `The slices are unevenly spaced, ${low.toFixed(2)} to ${high.toFixed(2)} mm apart (first seen at ${uneven.slice.name}).`,
      'Give a reconstruction with even spacing.',
    );
  }
  return spacing;
}
