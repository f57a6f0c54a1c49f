import type { Box } from '../contract/image.ts';
import { CalcarError } from '../contract/errors.ts';
import { degrees, imagePx, mm, toRadians } from '../contract/units.ts';
import type { Degrees, ImagePx, Millimetres } from '../contract/units.ts';
import type { PatientPoint } from '../volume/volume.ts';

/** A direction in patient coordinates; unit length. */
export type Direction = readonly [x: number, y: number, z: number];

/**
 * A point source before a flat detector, both in DICOM patient coordinates. The centre of pixel
 * (row r, column c) is
 * detectorCentre + (c + 0.5 - columns / 2) · columnSpacing · columnDirection
 *                + (r + 0.5 - rows / 2) · rowSpacing · rowDirection.
 */
export interface ConeBeamGeometry {
  readonly source: PatientPoint;
  readonly detectorCentre: PatientPoint;
  /** Where the next column lies: to the right on the picture. */
  readonly columnDirection: Direction;
  /** Where the next row lies: down the picture. */
  readonly rowDirection: Direction;
  readonly rows: number;
  readonly columns: number;
  /** Distance of neighbouring rows, and of neighbouring columns, at the detector. */
  readonly rowSpacing: Millimetres;
  readonly columnSpacing: Millimetres;
}

export interface AnteroposteriorSetup {
  /** The point of the patient that the central ray meets. */
  readonly isocentre: PatientPoint;
  readonly sourceToImageDistance: Millimetres;
  /** Source to isocentre. */
  readonly sourceToObjectDistance: Millimetres;
  readonly rows: number;
  readonly columns: number;
  /** Pixel spacing at the detector, both ways. */
  readonly spacing: Millimetres;
  /** Beam turned toward the head (positive) or the feet, with the detector; 0 where not given. */
  readonly craniocaudalAngle?: Degrees;
  /** Beam turned toward the patient's left (positive) or right, with the detector; 0 where not given. */
  readonly axialAngle?: Degrees;
  /** The detector turned in its own plane, clockwise on the picture as positive; 0 where not given. */
  readonly detectorRoll?: Degrees;
  /** Detector centre moved along columns (picture right) and rows (picture down), as a misplaced cassette is. */
  readonly detectorShift?: readonly [columns: Millimetres, rows: Millimetres];
}

export const dot = (a: Direction, b: Direction): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const cross = (a: Direction, b: Direction): Direction => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];
const along = (start: PatientPoint, direction: Direction, distance: number): PatientPoint => [
  mm(start[0] + direction[0] * distance),
  mm(start[1] + direction[1] * distance),
  mm(start[2] + direction[2] * distance),
];
const difference = (a: PatientPoint, b: PatientPoint): Direction => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];

/**
 * The geometry of an anteroposterior film: the beam enters the front of the patient, and the picture is
 * shown as a radiologist reads it, patient's left on the picture's right, head at the top. Angles turn
 * source and detector together about the isocentre (the same picture as the patient tilted the other way).
 *
 * @throws CalcarError 'invalid-input' when the isocentre is not between source and detector or the detector is empty.
 */
export function anteroposterior(setup: AnteroposteriorSetup): ConeBeamGeometry {
  const { sourceToImageDistance, sourceToObjectDistance, rows, columns, spacing } = setup;
  if (!(sourceToObjectDistance > 0 && sourceToImageDistance >= sourceToObjectDistance)) {
    throw new CalcarError(
      'invalid-input',
      'The X-ray tube must stand farther from the detector than from the patient. Correct the two distances.',
    );
  }
  if (!(rows >= 1 && columns >= 1 && Number.isInteger(rows) && Number.isInteger(columns) && spacing > 0)) {
    throw new CalcarError(
      'invalid-input',
      'The detector has no pixels or no pixel size. Give whole numbers of rows and columns and a spacing above zero.',
    );
  }
  const tilt = toRadians(setup.craniocaudalAngle ?? degrees(0));
  const turn = toRadians(setup.axialAngle ?? degrees(0));
  const roll = toRadians(setup.detectorRoll ?? degrees(0));
  const beam: Direction = [Math.cos(tilt) * Math.sin(turn), Math.cos(tilt) * Math.cos(turn), Math.sin(tilt)];
  // Unturned, columns run to the patient's left (+x) and rows to the feet (-z).
  const level: Direction = [Math.cos(turn), -Math.sin(turn), 0];
  const down = cross(beam, level);
  const turned = (a: Direction, b: Direction, angle: number): Direction => [
    a[0] * Math.cos(angle) + b[0] * Math.sin(angle),
    a[1] * Math.cos(angle) + b[1] * Math.sin(angle),
    a[2] * Math.cos(angle) + b[2] * Math.sin(angle),
  ];
  const columnDirection = turned(level, down, roll);
  const rowDirection = turned(down, level, -1 * roll);
  const [shiftColumns, shiftRows] = setup.detectorShift ?? [0, 0];
  const central = along(setup.isocentre, beam, sourceToImageDistance - sourceToObjectDistance);
  return {
    source: along(setup.isocentre, beam, -1 * sourceToObjectDistance),
    detectorCentre: along(along(central, columnDirection, shiftColumns), rowDirection, shiftRows),
    columnDirection,
    rowDirection,
    rows,
    columns,
    rowSpacing: spacing,
    columnSpacing: spacing,
  };
}

/** Unit normal of the detector, pointing from the source through it. */
export function detectorNormal(geometry: ConeBeamGeometry): Direction {
  const normal = cross(geometry.columnDirection, geometry.rowDirection);
  const away = dot(difference(geometry.detectorCentre, geometry.source), normal) >= 0 ? 1 : -1;
  return [normal[0] * away, normal[1] * away, normal[2] * away];
}

/** Distance of source and detector plane. */
export function sourceToDetectorPlane(geometry: ConeBeamGeometry): Millimetres {
  return mm(dot(difference(geometry.detectorCentre, geometry.source), detectorNormal(geometry)));
}

/**
 * Where a point of the patient falls on the picture; (0, 0) is the outer corner of the first pixel. It may
 * lie outside the detector.
 *
 * @throws CalcarError 'invalid-input' when the point is not before the source.
 */
export function projectPoint(geometry: ConeBeamGeometry, point: PatientPoint): { x: ImagePx; y: ImagePx } {
  const normal = detectorNormal(geometry);
  const ray = difference(point, geometry.source);
  const depth = dot(ray, normal);
  if (!(depth > 0)) {
    throw new CalcarError(
      'invalid-input',
      'A point behind the X-ray tube has no place on the film. Move the tube away from the patient.',
    );
  }
  const scale = sourceToDetectorPlane(geometry) / depth;
  const hit = difference(along(geometry.source, ray, scale), geometry.detectorCentre);
  return {
    x: imagePx(dot(hit, geometry.columnDirection) / geometry.columnSpacing + geometry.columns / 2),
    y: imagePx(dot(hit, geometry.rowDirection) / geometry.rowSpacing + geometry.rows / 2),
  };
}

/**
 * The smallest upright box on the picture around the shadows of the points; not cut to the film.
 *
 * @throws CalcarError 'invalid-input' for fewer than two distinct shadows in either direction.
 */
export function projectBox(geometry: ConeBeamGeometry, points: readonly PatientPoint[]): Box {
  let left = Infinity;
  let right = -Infinity;
  let top = Infinity;
  let bottom = -Infinity;
  for (const point of points) {
    const { x, y } = projectPoint(geometry, point);
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  if (!(right > left && bottom > top)) {
    throw new CalcarError(
      'invalid-input',
      'A box on the film needs points that spread both ways. Give more points.',
    );
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}
