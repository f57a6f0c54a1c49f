import type { Random } from '../random/random.ts';
import { BreakSurface } from './breakSurface.ts';
import type { Femur } from './femur.ts';
import type { FractureParameters } from './fractureParameters.ts';
import type { FemurPieces, Fragment } from './fragments.ts';
import {
  add,
  multiply,
  type RigidMotion,
  rotate,
  rotationAbout,
  scale,
  subtract,
  type Vector,
} from './rigid.ts';

/** Where a fracture of the neck runs. */
export interface NeckLine {
  /** Where it crosses the neck axis: 0 at the edge of the head, 1 at the trochanteric line. */
  readonly neckFraction: number;
  /** Against the horizontal of the femur, seen from the front; degrees. */
  readonly pauwelsAngle: number;
  /** Turn of the plane out of the frontal view; positive opens it to the front; degrees. */
  readonly obliquity: number;
  /** mm */
  readonly roughness: number;
}

/** The cut of a femoral neck, in the femur's frame: its normal runs from the head to the trochanters. */
export function neckSurface(line: NeckLine, femur: Femur, random: Random): BreakSurface {
  const distance = neckPlace(line.neckFraction, femur);
  const pauwels = (line.pauwelsAngle * Math.PI) / 180;
  const up: Vector = [Math.cos(pauwels), 0, Math.sin(pauwels)];
  const turn = rotationAbout(up, line.obliquity);
  return new BreakSurface(
    [distance * femur.sine, 0, -distance * femur.cosine],
    rotate(turn, [Math.sin(pauwels), 0, -Math.cos(pauwels)]),
    up,
    line.roughness,
    random,
  );
}

/** Millimetres from the centre of the head down the neck axis. */
function neckPlace(neckFraction: number, femur: Femur): number {
  const end = Math.max(femur.axisLength - femur.neckRadius, femur.headEdge + 8);
  return femur.headEdge + neckFraction * (end - femur.headEdge);
}

/** The two parts of a femur that a cut of its neck makes: head first. */
export function neckFragments(
  surface: BreakSurface,
  femur: Femur,
  proximal: RigidMotion,
  distal: RigidMotion,
): [Fragment, Fragment] {
  const [cx, , cz] = surface.centre;
  const reach = cx * femur.sine - cz * femur.cosine + 15;
  // Far down the neck axis all is trochanter, however flat the plane runs.
  const side = (x: number, y: number, z: number): number =>
    Math.max(surface.side(x, y, z), x * femur.sine - z * femur.cosine - reach);
  return [
    { within: side, motion: proximal },
    { within: (x, y, z) => -side(x, y, z), motion: distal },
  ];
}

/**
 * A fresh fracture of the neck. The head turns about its centre, which the acetabulum holds; the distal
 * fragment follows a hinge on the cut (grades I to III), then slides, turns and opens.
 */
export function neckFracture(p: FractureParameters, femur: Femur, random: Random): FemurPieces {
  const surface = neckSurface(p, femur, random);
  const superior: Vector = [femur.cosine, 0, femur.sine];
  const proximal = headRotation(femur, p.valgus, p.posteriorTilt);
  const hinge = add(surface.centre, scale(superior, p.hinge * femur.neckRadius));
  const follow: Vector = p.grade === 'IV' ? [0, 0, 0] : subtract(rotate(proximal.rotation, hinge), hinge);
  const neckAxis: Vector = [femur.sine, 0, -femur.cosine];
  const slide = p.slide * 2 * femur.neckRadius;
  const climb = climbing(surface.up, p.migration);
  const shift = add(
    add(add(follow, climb), scale(surface.up, slide)),
    add(scale(neckAxis, -1 * p.impaction), scale(surface.normal, p.gap)),
  );
  // A shaft without contact turns about its own axis and carries the stump of its neck to the front; one in
  // contact turns about the fracture.
  const axis: Vector = [femur.axisLength * femur.sine, 0, 0];
  const pivot = p.grade === 'IV' ? scale(add(axis, surface.centre), 0.5) : surface.centre;
  const distal = turnedOut(pivot, p.externalRotation, shift);
  return {
    fragments: neckFragments(surface, femur, proximal, distal),
    head: proximal,
    shaft: distal,
    surface,
    crush: p.sclerosis,
    union: 0,
  };
}

/** About +y, the head's dome to lateral: valgus. About the neck's height, the dome to the back: posterior tilt. */
export function headRotation(femur: Femur, valgus: number, posteriorTilt: number): RigidMotion {
  const superior: Vector = [femur.cosine, 0, femur.sine];
  return {
    rotation: multiply(rotationAbout([0, 1, 0], valgus), rotationAbout(superior, -1 * posteriorTilt)),
    translation: [0, 0, 0],
  };
}

/** External rotation about a vertical through `pivot`, so that the broken ends stay together, then a shift. */
export function turnedOut(pivot: Vector, externalRotation: number, shift: Vector): RigidMotion {
  const rotation = rotationAbout([0, 0, 1], externalRotation);
  return { rotation, translation: add(subtract(pivot, rotate(rotation, pivot)), shift) };
}

/** The abductors let a shaft go no further to the side than this as it rises, mm. */
const furthestLateral = 11;

/** Up by `height` mm along a cut that rises along `up`, as far as the muscles let it out. */
export function climbing(up: Vector, height: number): Vector {
  return [Math.min((height * up[0]) / Math.max(up[2], 0.5), furthestLateral), 0, height];
}
