import { clamp01, ellipse, ellipsoid, mix, Rod, smoothMax, smoothMin, smoothStep } from './distance.ts';
import type { FemurParameters } from './parameters.ts';
import { type Texture, yellowMarrow } from './texture.ts';

/** Landmarks in the femur's own frame, millimetres from the centre of the head. */
export interface FemurLandmarks {
  readonly greaterTrochanter: readonly [number, number, number];
  readonly lesserTrochanter: readonly [number, number, number];
  readonly neckMidpoint: readonly [number, number, number];
}

/**
 * An unbroken proximal femur in its own frame: origin in the centre of the head, x lateral, y to the
 * back, z up along the shaft, the neck in the plane y = 0. The same frame serves both sides; the right
 * one is mirrored where it is placed.
 */
export class Femur {
  readonly headRadius: number;
  /** Unit vector from the head down the neck is (sine, 0, -cosine). */
  readonly sine: number;
  readonly cosine: number;
  /** Length of the neck axis, head centre to shaft axis. */
  readonly axisLength: number;
  readonly landmarks: FemurLandmarks;
  /** Where along the neck axis the edge of the head meets the waist of the neck. */
  readonly headEdge: number;
  /** Half the narrowest heights of the neck: up-down and front-back. */
  readonly neckRadius: number;
  readonly #neckDepth: number;
  readonly #waist: number;
  readonly #shaftX: number;
  /** Height at which the neck axis meets the shaft axis. */
  readonly #shaftZ: number;
  readonly #shaftRadius: number;
  readonly #tipZ: number;
  readonly #lesser: number;
  /** Intertrochanteric crest, behind, from the greater trochanter to the lesser. */
  readonly #crest: Rod;
  readonly #parameters: FemurParameters;
  readonly #cancellous: number;
  readonly #texture: Texture;
  readonly #arcX: number;
  readonly #arcZ: number;
  readonly #arcRadius: number;

  constructor(parameters: FemurParameters, cancellousDensity: number, texture: Texture) {
    this.#parameters = parameters;
    this.#cancellous = cancellousDensity;
    this.#texture = texture;
    const slope = ((180 - parameters.neckShaftAngle) * Math.PI) / 180;
    this.sine = Math.sin(slope);
    this.cosine = Math.cos(slope);
    this.headRadius = parameters.headDiameter / 2;
    this.axisLength = parameters.offset / this.sine;
    this.neckRadius = parameters.neckDiameterSuperoinferior / 2;
    this.#neckDepth = parameters.neckDiameterAnteroposterior / 2;
    this.headEdge = Math.sqrt(Math.max(this.headRadius ** 2 - this.neckRadius ** 2, 16));
    this.#waist = Math.min(this.headEdge + 6, this.axisLength * 0.7);
    this.#shaftX = parameters.offset;
    this.#shaftZ = -this.axisLength * this.cosine;
    this.#shaftRadius = parameters.shaftDiameter / 2;
    this.#tipZ = parameters.trochanterHeight;
    this.#lesser = parameters.lesserTrochanterSize;
    const lesserX = this.#shaftX - this.#shaftRadius - 0.6 * this.#lesser;
    const middle = (this.headEdge + this.axisLength - this.neckRadius) / 2;
    this.landmarks = {
      greaterTrochanter: [this.#shaftX + 6, 9, this.#tipZ],
      lesserTrochanter: [lesserX, 13, this.#shaftZ - 0.56 * this.axisLength],
      neckMidpoint: [middle * this.sine, 0, -middle * this.cosine],
    };
    this.#crest = new Rod(
      [this.#shaftX + 5, 14, this.#tipZ - 12],
      5,
      [lesserX + 0.8 * this.#lesser, 12, this.#shaftZ - 0.5 * this.axisLength],
      3.5,
    );
    [this.#arcX, this.#arcZ, this.#arcRadius] = circleThrough(
      [this.#shaftX + this.#shaftRadius, this.#shaftZ - 18],
      [
        this.#waist * this.sine + 0.45 * this.neckRadius * this.cosine,
        -this.#waist * this.cosine + 0.45 * this.neckRadius * this.sine,
      ],
      [-0.75 * this.headRadius, -0.45 * this.headRadius],
    );
  }

  distance(x: number, y: number, z: number): number {
    const sphere = Math.sqrt(x * x + y * y + z * z) - this.headRadius;
    const head = x < 0 && sphere > -6 ? smoothMax(sphere, this.#fovea(x, y, z), 2) : sphere;

    const along = x * this.sine - z * this.cosine;
    const across = x * this.cosine + z * this.sine;
    const past = Math.max((along - this.#waist) / (this.axisLength - this.#waist), 0);
    const widening = 1 + 0.32 * past * past;
    const before = Math.max((this.#waist - along) / this.#waist, 0);
    const height = this.neckRadius * (widening + 0.12 * before * before);
    const depth = this.#neckDepth * (widening + 0.05 * before);
    const tube = ellipse(across + 2.5 * past * past, y, height, depth);
    const neck = Math.max(smoothMax(tube, along - this.axisLength - 4, 14), -along);

    const down = this.#shaftZ - z;
    const flare = Math.exp(-Math.max(down, 0) / 30);
    const shaft = Math.max(
      ellipse(
        x - this.#shaftX + 3.5 * flare,
        y - 2 * flare,
        this.#shaftRadius + 7 * flare,
        0.97 * this.#shaftRadius + 4.5 * flare,
      ),
      -down - 12,
    );

    const tip = this.#tipZ;
    const base = this.#shaftZ - 14;
    const trochanterHalf = (tip - base) / 2;
    const greater = smoothMin(
      ellipsoid(x - this.#shaftX - 9, y - 5, z - base - trochanterHalf + 2, 15.5, 18, trochanterHalf),
      ellipsoid(x - this.#shaftX - 6, y - 9, z - tip + 12, 10, 11, 12),
      5,
    );
    const lesserPoint = this.landmarks.lesserTrochanter;
    const lesser = ellipsoid(
      x - lesserPoint[0] - 0.7 * this.#lesser,
      y - lesserPoint[1] + 2,
      z - lesserPoint[2],
      this.#lesser,
      0.9 * this.#lesser,
      1.5 * this.#lesser,
    );
    const crest = this.#crest.distance(x, y, z);
    const distal = smoothMin(smoothMin(smoothMin(shaft, greater, 9), lesser, 7), crest, 6);
    return smoothMin(smoothMin(head, neck, 3), distal, 9);
  }

  /** Negative distance to the pit of the ligament of the head, below and behind its pole. */
  #fovea(x: number, y: number, z: number): number {
    const away = 1.22 * this.headRadius;
    return 0.36 * this.headRadius - Math.hypot(x + 0.92 * away, y - 0.2 * away, z + 0.33 * away);
  }

  /** Thickness of the cortex nearest to a point, mm. */
  cortex(x: number, y: number, z: number): number {
    const p = this.#parameters;
    const along = x * this.sine - z * this.cosine;
    const across = x * this.cosine + z * this.sine;
    const radius = this.headRadius;
    const up = clamp01(0.5 + 0.5 * (across / this.neckRadius) + 0.1 * (y / this.#neckDepth));
    const neck = mix(p.inferiorNeckCortex, p.superiorNeckCortex, up);
    const headAndNeck = mix(0.75, neck, smoothStep(0.55 * radius, radius, along));
    const down = this.#shaftZ - z;
    const medial = clamp01((this.#shaftX - x) / this.#shaftRadius);
    const metaphysis = mix(1.3, p.inferiorNeckCortex, medial);
    const shaft = mix(metaphysis, p.shaftCortex, smoothStep(0, 75, down));
    return mix(headAndNeck, shaft, smoothStep(this.axisLength - 16, this.axisLength + 4, along));
  }

  /** Density of the marrow side of the cortex, HU: trabecular groups, Ward's triangle, canal. */
  cancellous(x: number, y: number, z: number): number {
    const radius = this.headRadius;
    const base = this.#cancellous;
    const strength = 60 + 0.9 * base;
    // The tensile group goes first as bone is lost (Singh's grades 4 to 2).
    const tension = strength * (0.25 + 0.75 * clamp01(base / 130));
    const inHead = 1 - smoothStep(0.8 * radius, 1.15 * radius, Math.sqrt(x * x + y * y + z * z));
    // Principal compressive group: from the dome of the head to the calcar, 160° to the shaft.
    const beside = 0.9397 * (x + 1) + 0.342 * z;
    const compressiveWidth = 0.34 * radius - 0.08 * Math.min(0, z);
    const compressive = Math.exp(-((beside / compressiveWidth) ** 2) - (y / (0.75 * radius)) ** 2);
    // Principal tensile group: an arc from the lateral cortex over the neck to the fovea.
    const fromArc = Math.hypot(x - this.#arcX, z - this.#arcZ) - this.#arcRadius;
    const tensile = Math.exp(-((fromArc / 6.5) ** 2) - (y / (0.8 * radius)) ** 2);
    const along = x * this.sine - z * this.cosine;
    const across = x * this.cosine + z * this.sine;
    const ward = Math.exp(
      -(((along - this.axisLength + 10) / 9) ** 2) - ((across + 3) / 7) ** 2 - (y / 12) ** 2,
    );
    const down = this.#shaftZ - z;
    // Trabeculae are long along the load and, as plates, deep along the beam, so that they show on a film.
    const rise = 0.9397 * z - 0.342 * x;
    const turn = Math.atan2(z - this.#arcZ, x - this.#arcX) * this.#arcRadius;
    const grain = this.#texture.at(1.3 * x, 0.3 * y, 1.3 * z);
    const columns = this.#texture.at(1.5 * beside, 0.2 * y, 0.22 * rise);
    const arches = this.#texture.at(1.5 * fromArc, 0.2 * y + 64, 0.22 * turn);
    // Merkel's spur: a dense plate that rises from behind the lesser trochanter into the lower neck.
    const calcar = Math.exp(
      -(((x - this.#shaftX + 0.55 * this.#shaftRadius + 0.35 * (z - this.#shaftZ)) / 3) ** 2) -
        ((y - 6) / 7) ** 2 -
        ((z - this.#shaftZ + 18) / 16) ** 2,
    );
    const spongy =
      base * (0.75 + 0.6 * inHead) +
      strength * compressive * (1.5 + 0.75 * columns) +
      tension * tensile * (1 - 0.5 * inHead) * (0.95 + 0.55 * arches) -
      (base + 40) * 0.8 * ward +
      320 * calcar +
      (grain + 0.5 * columns + 0.5 * arches) * (22 + 0.3 * base);
    const trochanter = smoothStep(this.#shaftX - 2, this.#shaftX + 12, x);
    const bone = Math.max(spongy * (1 - 0.35 * trochanter), yellowMarrow);
    return mix(bone, -45 + 6 * grain, smoothStep(18, 62, down));
  }
}

/** Centre and radius of the circle through three points of a plane. */
function circleThrough(
  a: readonly [number, number],
  b: readonly [number, number],
  c: readonly [number, number],
): [x: number, y: number, radius: number] {
  const twiceArea = 2 * (a[0] * (b[1] - c[1]) + b[0] * (c[1] - a[1]) + c[0] * (a[1] - b[1]));
  const aa = a[0] ** 2 + a[1] ** 2;
  const bb = b[0] ** 2 + b[1] ** 2;
  const cc = c[0] ** 2 + c[1] ** 2;
  const x = (aa * (b[1] - c[1]) + bb * (c[1] - a[1]) + cc * (a[1] - b[1])) / twiceArea;
  const y = (aa * (c[0] - b[0]) + bb * (a[0] - c[0]) + cc * (b[0] - a[0])) / twiceArea;
  return [x, y, Math.hypot(a[0] - x, a[1] - y)];
}
