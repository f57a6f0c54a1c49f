/** Implants as solids of metal and cement, painted over the bone. Frame of the shapes: the femur's own. */
import { Rod, smoothMin } from './distance.ts';
import type { Femur } from './femur.ts';
import type { Arthroplasty, ImplantParameters, Metal } from './implantParameters.ts';
import type { FemurParameters } from './parameters.ts';
import {
  add,
  cross,
  inverse,
  move,
  normalised,
  type RigidMotion,
  scale,
  subtract,
  type Vector,
} from './rigid.ts';
import { type Box, type Canvas, edgeWidth, paint, type Solid } from './voxelize.ts';

/**
 * Hounsfield units that say "this voxel is an implant", the same numbers by which the X-ray side knows them:
 * what a CT with an extended scale shows at 70 keV, cobalt-chrome cut off where 16 bits end.
 */
export const metalHounsfield: Record<Metal, number> = {
  titanium: 12_000,
  steel: 30_000,
  'cobalt-chrome': 32_000,
};
export const cementHounsfield = 2500;
/** Ultra-high molecular weight polyethylene, 0.94 g/cm³. */
export const polyethyleneHounsfield = -80;

type Shape = (x: number, y: number, z: number) => number;

/** A shape of one material about the segment from `from` to `to`, no further from it than `reach`. */
interface Part {
  readonly shape: Shape;
  readonly hounsfield: number;
  readonly from: Vector;
  readonly to: Vector;
  readonly reach: number;
}

/** Where the implant's bones lie: femur frame (after its shaft moved) → mirrored patient frame. */
export interface ImplantSite {
  readonly parameters: FemurParameters;
  readonly femur: Femur;
  readonly shaft: RigidMotion;
  /** Socket frame → mirrored patient frame: the centre of the acetabulum, axes of the patient. */
  readonly socket: RigidMotion;
  readonly side: 1 | -1;
}

export function paintImplant(canvas: Canvas, implant: ImplantParameters, site: ImplantSite): void {
  const { femur, parameters, shaft, socket, side } = site;
  for (const part of femoralParts(implant, femur, parameters)) paintPart(canvas, part, shaft, side);
  if (implant.kind === 'total-hip' && implant.cup !== null) {
    const cavity = femur.headRadius + parameters.jointSpace;
    for (const part of cupParts(implant, implant.cup, cavity)) paintPart(canvas, part, socket, side);
    paintPart(canvas, ball(implant), socket, side);
  }
}

function femoralParts(implant: ImplantParameters, femur: Femur, bone: FemurParameters): Part[] {
  switch (implant.kind) {
    case 'cannulated-screws': {
      const outer = implant.diameter / 2;
      const superior: Vector = [femur.cosine, 0, femur.sine];
      const places: readonly (readonly [up: number, back: number])[] =
        implant.screws === 3
          ? [
              [-1, 0],
              [0.6, -0.8],
              [0.6, 0.8],
            ]
          : [
              [-0.9, -0.2],
              [0.7, 0.2],
            ];
      return places.flatMap(([up, back]) => {
        const beside = add(scale(superior, up * implant.spread), [0, back * implant.spread, 0]);
        return screw(femur, beside, outer, metalHounsfield[implant.metal], implant.washers);
      });
    }
    case 'sliding-hip-screw':
      return slidingHipScrew(implant, femur, bone);
    case 'cephalomedullary-nail': {
      const hounsfield = metalHounsfield[implant.metal];
      const { lagFrom, lagTo } = lagLine(femur, implant.lagAngle, implant.tipDistance);
      const tip: Vector = [bone.offset + 1, 3, femur.landmarks.greaterTrochanter[2] + 3];
      const waist: Vector = [bone.offset, 1, tip[2] - 75];
      const end: Vector = [bone.offset, 0, tip[2] - 190];
      return [
        rod(tip, implant.proximalDiameter / 2, waist, implant.proximalDiameter / 2, hounsfield),
        rod(waist, implant.proximalDiameter / 2, end, implant.distalDiameter / 2, hounsfield),
        ...lagScrew(lagFrom, lagTo, implant.lagDiameter / 2, hounsfield),
      ];
    }
    case 'hemiarthroplasty':
      return [...stem(implant, femur, bone), ball(implant)];
    case 'total-hip':
      return stem(implant, femur, bone);
  }
}

/** From the lateral cortex, parallel to the neck at `beside`, to 7 mm under the surface of the head. */
function screw(femur: Femur, beside: Vector, outer: number, hounsfield: number, washer: boolean): Part[] {
  const axis: Vector = [femur.sine, 0, -femur.cosine];
  const off = Math.hypot(...beside);
  const tip = add(beside, scale(axis, -Math.sqrt(Math.max((femur.headRadius - 7) ** 2 - off ** 2, 4))));
  const entry = add(beside, scale(axis, lateralCortex(femur, beside, axis)));
  const threadEnd = add(tip, scale(axis, 18));
  const hollow = (part: Part): Part => ({
    ...part,
    shape: (x, y, z) => Math.max(part.shape(x, y, z), 1.1 - fromLine([x, y, z], beside, axis)),
  });
  const parts = [
    hollow(rod(tip, outer, threadEnd, outer, hounsfield)),
    hollow(rod(threadEnd, outer - 1.1, entry, outer - 1.1, hounsfield)),
    hollow(rod(entry, outer + 0.7, add(entry, scale(axis, 3)), outer + 0.7, hounsfield)),
  ];
  if (washer) parts.push(disc(entry, axis, 6.5, 0.8, hounsfield));
  return parts;
}

/** A plate on the lateral cortex with a barrel for the lag screw, and its screws through both cortices. */
function slidingHipScrew(
  implant: Extract<ImplantParameters, { kind: 'sliding-hip-screw' }>,
  femur: Femur,
  bone: FemurParameters,
): Part[] {
  const hounsfield = metalHounsfield[implant.metal];
  const { lagFrom, lagTo } = lagLine(femur, implant.plateAngle, implant.tipDistance);
  const axis = normalised(subtract(lagTo, lagFrom));
  const plateX = bone.offset + lateralCortex(femur, [bone.offset, 0, lagFrom[2] - 45], [1, 0, 0]) + 3;
  const top = lagFrom[2] + 16;
  const bottom = lagFrom[2] - 22 - 17 * implant.holes;
  const plate: Part = {
    shape: (x, y, z) => {
      const a = Math.abs(x - plateX + 0.05 * Math.abs(y)) - 2.9;
      const b = Math.abs(y) - 9;
      const c = Math.max(z - top, bottom - z);
      return Math.max(a, b, c);
    },
    hounsfield,
    from: [plateX, 0, bottom],
    to: [plateX, 0, top],
    reach: 11,
  };
  const barrelEnd = add(lagFrom, scale(axis, 38));
  const parts = [
    plate,
    rod(add(lagFrom, scale(axis, -4)), 6.5, barrelEnd, 6.5, hounsfield),
    ...lagScrew(add(lagFrom, scale(axis, 20)), lagTo, 6.3, hounsfield),
  ];
  for (let hole = 0; hole < implant.holes; hole++) {
    const z = lagFrom[2] - 34 - 17 * hole;
    const far: Vector = [bone.offset - bone.shaftDiameter / 2 - 2, 0, z];
    parts.push(
      rod([plateX, 0, z], 2.25, far, 2.25, hounsfield),
      rod([plateX, 0, z], 3.9, [plateX + 3, 0, z], 3.9, hounsfield),
    );
  }
  return parts;
}

/** A line at `angle` to the shaft through the middle of the head, from the lateral cortex to the tip. */
function lagLine(femur: Femur, angle: number, tipDistance: number): { lagFrom: Vector; lagTo: Vector } {
  const slope = ((180 - angle) * Math.PI) / 180;
  const inward: Vector = [-Math.sin(slope), 0, Math.cos(slope)];
  // A little under the middle of the head, where surgeons aim.
  const aim: Vector = [0, 0, -2.5];
  const lagTo = add(aim, scale(inward, femur.headRadius - tipDistance));
  const outward = scale(inward, -1);
  return { lagFrom: add(aim, scale(outward, lateralCortex(femur, aim, outward))), lagTo };
}

function lagScrew(from: Vector, to: Vector, radius: number, hounsfield: number): Part[] {
  const axis = normalised(subtract(to, from));
  const thread = add(to, scale(axis, -26));
  const threaded = rod(thread, radius, to, radius, hounsfield);
  const turns: Part = {
    ...threaded,
    // The thread's crests stand 3 mm apart.
    shape: (x, y, z) => {
      const along = (x - to[0]) * axis[0] + (y - to[1]) * axis[1] + (z - to[2]) * axis[2];
      return threaded.shape(x, y, z) + 0.7 * (1 + Math.sin((2 * Math.PI * along) / 3));
    },
  };
  return [rod(from, radius - 2, to, radius - 2, hounsfield), turns];
}

/** A tapered stem down the canal, its neck up to the ball, and the cement about it. */
function stem(implant: Arthroplasty, femur: Femur, bone: FemurParameters): Part[] {
  const hounsfield = metalHounsfield[implant.stem];
  const canal = Math.max(bone.shaftDiameter / 2 - bone.shaftCortex, 4);
  const fill = implant.cemented ? 0.68 : 0.95;
  const along = 0.86 * femur.axisLength;
  const shoulder: Vector = [along * femur.sine, 0, -along * femur.cosine];
  const middle: Vector = [bone.offset - 1, 1, shoulder[2] - 42];
  const tip: Vector = [bone.offset, 1, shoulder[2] - implant.stemLength];
  const upper = new Rod(shoulder, 10.5, middle, Math.max(canal * fill + 1.5, 6));
  const lower = new Rod(middle, Math.max(canal * fill + 1.5, 6), tip, Math.max(canal * fill - 1, 4));
  const body: Shape = (x, y, z) => smoothMin(upper.distance(x, y, z), lower.distance(x, y, z), 6);
  const parts: Part[] = [];
  if (implant.cemented) {
    parts.push({
      // Between the metal and the cortex, down to a plug.
      shape: (x, y, z) =>
        Math.max(
          body(x, y, z) - 3,
          femur.distance(x, y, z) + Math.min(femur.cortex(x, y, z), 5),
          tip[2] - 14 - z,
          z - shoulder[2] - 4,
        ),
      hounsfield: cementHounsfield,
      from: shoulder,
      to: [tip[0], tip[1], tip[2] - 14],
      reach: 20,
    });
  }
  parts.push(
    { shape: body, hounsfield, from: shoulder, to: tip, reach: 14 },
    rod(scale(shoulder, 0.15), 6, shoulder, 7.5, hounsfield),
  );
  return parts;
}

function ball(implant: Arthroplasty): Part {
  const radius = implant.ballDiameter / 2;
  const centre: Vector = [0, 0, 0];
  return rod(centre, radius, [0, 0, 1e-3], radius, metalHounsfield['cobalt-chrome']);
}

/** A metal shell in the socket and a liner of plastic in it. Frame: the socket's, the patient's axes. */
function cupParts(implant: Arthroplasty, cup: NonNullable<Arthroplasty['cup']>, cavity: number): Part[] {
  const outer = cavity + 1.5;
  const inner = outer - 3.5;
  const inclination = (cup.inclination * Math.PI) / 180;
  const anteversion = (cup.anteversion * Math.PI) / 180;
  const opening: Vector = [
    Math.sin(inclination) * Math.cos(anteversion),
    -Math.sin(anteversion),
    -Math.cos(inclination) * Math.cos(anteversion),
  ];
  const centre: Vector = [0, 0, 0];
  const half = (x: number, y: number, z: number) => x * opening[0] + y * opening[1] + z * opening[2];
  const around = { from: centre, to: centre, reach: outer + 1 };
  return [
    {
      ...around,
      shape: (x, y, z) => Math.max(Math.hypot(x, y, z) - inner, half(x, y, z) - 1),
      hounsfield: polyethyleneHounsfield,
    },
    {
      ...around,
      shape: (x, y, z) => {
        const far = Math.hypot(x, y, z);
        return Math.max(far - outer, inner - far, half(x, y, z));
      },
      hounsfield: implant.cemented ? cementHounsfield : metalHounsfield.titanium,
    },
  ];
}

/** Where a line from `start` along `direction` leaves the bone for good, mm. */
function lateralCortex(femur: Femur, start: Vector, direction: Vector): number {
  for (let at = 140; at > 0; at -= 0.5) {
    if (femur.distance(...add(start, scale(direction, at))) < 0) return at;
  }
  return 0;
}

function rod(from: Vector, fromRadius: number, to: Vector, toRadius: number, hounsfield: number): Part {
  const capsule = new Rod(from, fromRadius, to, toRadius);
  return {
    shape: (x, y, z) => capsule.distance(x, y, z),
    hounsfield,
    from,
    to,
    reach: Math.max(fromRadius, toRadius),
  };
}

function disc(centre: Vector, axis: Vector, radius: number, half: number, hounsfield: number): Part {
  return {
    shape: (x, y, z) => {
      const along = (x - centre[0]) * axis[0] + (y - centre[1]) * axis[1] + (z - centre[2]) * axis[2];
      return Math.max(fromLine([x, y, z], centre, axis) - radius, Math.abs(along) - half);
    },
    hounsfield,
    from: centre,
    to: centre,
    reach: radius + half,
  };
}

/** Distance from a point to the line through `through` along the unit vector `axis`. */
function fromLine(at: Vector, through: Vector, axis: Vector): number {
  return Math.hypot(...cross(subtract(at, through), axis));
}

function paintPart(canvas: Canvas, part: Part, placement: RigidMotion, side: 1 | -1): void {
  const { rotation: r, translation: t } = inverse(placement);
  const solid: Solid = {
    distance: (x, y, z) => {
      const u = side * x;
      return part.shape(
        r[0] * u + r[1] * y + r[2] * z + t[0],
        r[3] * u + r[4] * y + r[5] * z + t[1],
        r[6] * u + r[7] * y + r[8] * z + t[2],
      );
    },
    density: () => part.hounsfield,
  };
  paint(canvas, solid, boxAbout(part, placement, side, edgeWidth * canvas.voxel));
}

function boxAbout({ from, to, reach }: Part, placement: RigidMotion, side: 1 | -1, margin: number): Box {
  const ends = [from, to].map((end) => {
    const [x, y, z] = move(placement, end);
    return [side * x, y, z] as const;
  });
  const low = (axis: 0 | 1 | 2) => Math.min(...ends.map((end) => end[axis])) - reach - margin;
  const high = (axis: 0 | 1 | 2) => Math.max(...ends.map((end) => end[axis])) + reach + margin;
  return { low: [low(0), low(1), low(2)], high: [high(0), high(1), high(2)] };
}
