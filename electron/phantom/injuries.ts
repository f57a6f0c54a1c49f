/** The pieces of a femur for whatever happened to it. Frame of every motion: the femur's own. */
import type { Random } from '../random/random.ts';
import { BreakSurface } from './breakSurface.ts';
import type {
  Dislocation,
  PertrochantericFracture,
  SubtrochantericFracture,
  UnitedFracture,
} from './conditions.ts';
import type { Femur } from './femur.ts';
import { climbing, headRotation, neckFracture, neckFragments, neckSurface, turnedOut } from './fracture.ts';
import { type FemurPieces, type Fragment, still, wholeFemur } from './fragments.ts';
import { replacesHead } from './implantParameters.ts';
import type { FemurParameters } from './parameters.ts';
import {
  add,
  compose,
  identity,
  inverse,
  move,
  multiply,
  type RigidMotion,
  rotate,
  rotationAbout,
  scale,
  subtract,
  type Vector,
} from './rigid.ts';

/** `placement` takes the femur's frame to the mirrored patient frame. */
export function femurPieces(
  parameters: FemurParameters,
  femur: Femur,
  placement: RigidMotion,
  random: Random,
): FemurPieces {
  const { fracture, condition, implant } = parameters;
  if (replacesHead(implant)) return resected(femur);
  if (fracture !== null) return neckFracture(fracture, femur, random);
  switch (condition?.kind) {
    case 'pertrochanteric':
      return pertrochanteric(condition, femur, random);
    case 'subtrochanteric':
      return subtrochanteric(condition, parameters, femur, random);
    case 'united-fracture':
      return united(condition, femur, random);
    case 'dislocation':
      return dislocated(condition, placement);
    case 'pubic-ramus':
    case undefined:
      return wholeFemur;
  }
}

/** From the tip of the greater trochanter down to the lesser one; either may break off. */
function pertrochanteric(p: PertrochantericFracture, femur: Femur, random: Random): FemurPieces {
  const slope = (p.slope * Math.PI) / 180;
  const up: Vector = [Math.cos(slope), 0, Math.sin(slope)];
  const normal = rotate(rotationAbout(up, p.obliquity), [Math.sin(slope), 0, -Math.cos(slope)]);
  // A little on the head's side of where the axes of neck and shaft meet, it runs from tip to lesser trochanter.
  const meet: Vector = [femur.axisLength * femur.sine, 0, -femur.axisLength * femur.cosine];
  const centre = add(meet, scale(normal, -5));
  const surface = new BreakSurface(centre, normal, up, p.roughness, random);
  const { greaterTrochanter, lesserTrochanter } = femur.landmarks;

  const splinters: Fragment[] = [];
  if (p.lesserAvulsion !== null) {
    const [x, y, z] = add(lesserTrochanter, [3, -3, 0]);
    splinters.push({
      within: (a, b, c) => Math.hypot(a - x, b - y, 0.7 * (c - z)) - 12.5,
      motion: {
        rotation: rotationAbout([0, 1, 0], 1.2 * p.lesserAvulsion),
        translation: add(turnAbout(lesserTrochanter, [0, 1, 0], 1.2 * p.lesserAvulsion), [
          -0.8 * p.lesserAvulsion,
          -0.2 * p.lesserAvulsion,
          0.5 * p.lesserAvulsion,
        ]),
      },
    });
  }
  if (p.greaterAvulsion !== null) {
    const [x, y, z] = greaterTrochanter;
    const below = rotationAbout([0, 1, 0], -17);
    const tip = new BreakSurface(
      [x, y, z - 21],
      rotate(below, [0, 0, -1]),
      rotate(below, [1, 0, 0]),
      1.4 * p.roughness,
      random.stream('greater trochanter'),
    );
    splinters.push({
      within: (a, b, c) => Math.max(tip.side(a, b, c), x - 17 - a),
      motion: {
        rotation: identity,
        translation: [-0.35 * p.greaterAvulsion, 0.2 * p.greaterAvulsion, p.greaterAvulsion],
      },
    });
  }
  const left = (side: number, a: number, b: number, c: number): number =>
    splinters.reduce((rest, { within }) => Math.max(rest, -(within?.(a, b, c) ?? 0)), side);

  const head = headRotation(femur, -1 * p.varus, 0.3 * p.varus);
  const calcar = add(centre, scale(up, -24));
  const follow = subtract(rotate(head.rotation, calcar), calcar);
  const shift = add(add(follow, climbing(up, p.migration)), scale(normal, p.gap));
  const shaft = turnedOut(centre, p.externalRotation, shift);
  return {
    fragments: [
      { within: (a, b, c) => left(surface.side(a, b, c), a, b, c), motion: head },
      { within: (a, b, c) => left(-surface.side(a, b, c), a, b, c), motion: shaft },
      // What breaks off goes where the shaft goes, and then its own way.
      ...splinters.map(({ within, motion }) => ({ within, motion: compose(shaft, motion) })),
    ],
    head,
    shaft,
    surface,
    crush: 60,
    union: 0,
  };
}

function subtrochanteric(
  p: SubtrochantericFracture,
  { offset }: FemurParameters,
  femur: Femur,
  random: Random,
): FemurPieces {
  const slope = (p.slope * Math.PI) / 180;
  const up: Vector = [Math.cos(slope), 0, Math.sin(slope)];
  const centre: Vector = [offset, 2, femur.landmarks.lesserTrochanter[2] - p.belowLesserTrochanter];
  const normal = rotate(rotationAbout(up, p.obliquity), [Math.sin(slope), 0, -Math.cos(slope)]);
  const surface = new BreakSurface(centre, normal, up, p.roughness, random);
  const head: RigidMotion = {
    rotation: multiply(
      rotationAbout([0, 1, 0], -1 * p.abduction),
      multiply(rotationAbout([1, 0, 0], -1 * p.flexion), rotationAbout([0, 0, 1], p.externalRotation)),
    ),
    translation: [0, 0, 0],
  };
  // The shaft hangs by its muscles: it follows part of the way, is pulled to the midline and up.
  const follow = scale(subtract(move(head, centre), centre), 0.55);
  const shaft: RigidMotion = {
    rotation: identity,
    translation: add(follow, [-1 * p.medialShift, 0, p.shortening]),
  };
  return {
    fragments: [
      { within: (x, y, z) => surface.side(x, y, z), motion: head },
      { within: (x, y, z) => -surface.side(x, y, z), motion: shaft },
    ],
    head,
    shaft,
    surface,
    crush: 0,
    union: 0,
  };
}

/** Healed in valgus or in varus, shorter, with its edges rounded and a dense line where it was. */
function united(p: UnitedFracture, femur: Femur, random: Random): FemurPieces {
  const surface = neckSurface({ ...p, roughness: 0 }, femur, random);
  const head = headRotation(femur, p.valgus, p.posteriorTilt);
  const lower = add(surface.centre, scale([femur.cosine, 0, femur.sine], -0.7 * femur.neckRadius));
  const follow = subtract(rotate(head.rotation, lower), lower);
  const shift = add(follow, scale([femur.sine, 0, -femur.cosine], -1 * p.shortening));
  const shaft = turnedOut(surface.centre, p.externalRotation, shift);
  return {
    fragments: neckFragments(surface, femur, head, shaft),
    head,
    shaft,
    surface,
    crush: 45,
    union: 9,
  };
}

function dislocated(p: Dislocation, placement: RigidMotion): FemurPieces {
  const rotation = multiply(
    rotationAbout([0, 1, 0], p.adduction),
    multiply(rotationAbout([1, 0, 0], -1 * p.flexion), rotationAbout([0, 0, 1], p.externalRotation)),
  );
  const socket = placement.translation;
  const inPatient: RigidMotion = {
    rotation,
    translation: add(subtract(socket, rotate(rotation, socket)), p.shift),
  };
  const motion = compose(inverse(placement), compose(inPatient, placement));
  return {
    fragments: [{ within: null, motion }],
    head: motion,
    shaft: motion,
    surface: null,
    crush: 0,
    union: 0,
  };
}

/** What is left of a femur whose neck was cut for an arthroplasty, some 12 mm above the lesser trochanter. */
function resected(femur: Femur): FemurPieces {
  const along = femur.axisLength - 0.75 * femur.neckRadius;
  const slope = (52 * Math.PI) / 180;
  const normal: Vector = [Math.sin(slope), 0, -Math.cos(slope)];
  const centre: Vector = [along * femur.sine, 0, -along * femur.cosine];
  const within = (x: number, y: number, z: number): number => {
    const cut = normal[0] * (centre[0] - x) + normal[1] * (centre[1] - y) + normal[2] * (centre[2] - z);
    // Above the cut the saw stops at the greater trochanter.
    return Math.min(cut, centre[0] + 5 - x);
  };
  return { ...wholeFemur, fragments: [{ within, motion: still }] };
}

/** Translation that makes a rotation turn about `pivot`. */
function turnAbout(pivot: Vector, axis: Vector, angle: number): Vector {
  return subtract(pivot, rotate(rotationAbout(axis, angle), pivot));
}
