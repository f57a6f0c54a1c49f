/**
 * `npm run distributions`: what 300 simulated patients measure beside what was published of real ones. The
 * first part is what was drawn; the second is measured back from the surface that is painted; the third is what
 * fractures of each grade come out as.
 */
import { fileURLToPath } from 'node:url';
import { noArthritis } from '../electron/phantom/arthritisParameters.ts';
import { Femur } from '../electron/phantom/femur.ts';
import type { PhantomGrade } from '../electron/phantom/fractureParameters.ts';
import { femurPieces } from '../electron/phantom/injuries.ts';
import { type PatientParameters, samplePatient } from '../electron/phantom/parameters.ts';
import { placementOf } from '../electron/phantom/placement.ts';
import { Texture } from '../electron/phantom/texture.ts';
import { hipTruth, type HipTruth } from '../electron/phantom/truth.ts';
import { seeded } from '../electron/random/random.ts';

/** One measure over a group: of phantoms, and as published. Lengths in mm, angles in degrees. */
export interface Distribution {
  readonly measure: string;
  readonly count: number;
  readonly mean: number;
  readonly deviation: number;
  readonly published: { readonly mean: number; readonly deviation: number | null; readonly source: string };
}

const patients = 300;
const measured = 24;

/** Left hips of 300 patients without a fracture. */
export function drawnDistributions(): Distribution[] {
  const people = Array.from({ length: patients }, (_, i) => samplePatient(seeded(4100).stream(i)));
  const of = (sex: PatientParameters['sex']) => people.filter((p) => p.sex === sex);
  const row = (
    measure: string,
    group: readonly PatientParameters[],
    value: (p: PatientParameters) => number,
    mean: number,
    deviation: number | null,
    source: string,
  ): Distribution => ({ measure, ...moments(group.map(value)), published: { mean, deviation, source } });
  const carmona = 'Carmona 2021, 628 CTs';
  const neck = 'Saengnipanthkul 2012';
  return [
    row('neck-shaft angle', people, (p) => p.left.neckShaftAngle, 124.7, 6.2, carmona),
    row('version', people, (p) => p.left.anteversion, 14.5, 8.1, carmona),
    row('offset', people, (p) => p.left.offset, 42.9, 6.8, carmona),
    row('length of neck axis', people, neckAxis, 52.2, null, "from Carmona's offset and angle"),
    row('head diameter, men', of('male'), (p) => p.left.headDiameter, 49.1, 3.5, 'Jamali'),
    row('head diameter, women', of('female'), (p) => p.left.headDiameter, 43.9, 2.3, 'Jamali'),
    row('neck height, men', of('male'), (p) => p.left.neckDiameterSuperoinferior, 30.8, null, neck),
    row('neck height, women', of('female'), (p) => p.left.neckDiameterSuperoinferior, 27.79, null, neck),
    row('neck depth, men', of('male'), (p) => p.left.neckDiameterAnteroposterior, 25.65, null, neck),
    row('neck depth, women', of('female'), (p) => p.left.neckDiameterAnteroposterior, 22.08, null, neck),
    row('acetabular anteversion', people, (p) => p.acetabularAnteversion, 18.8, null, 'PMC4616413'),
  ];
}

/** Length of the neck's axis from the head's centre to the axis of the shaft. */
function neckAxis({ left }: PatientParameters): number {
  return left.offset / Math.sin(((180 - left.neckShaftAngle) * Math.PI) / 180);
}

/** What a femur measures on its own surface, as a surgeon would on CT. */
export interface FemurMeasures {
  readonly headDiameter: number;
  readonly neckShaftAngle: number;
  readonly offset: number;
  readonly neckHeight: number;
  readonly neckDepth: number;
}

/**
 * Measures the surface of the left femur in its own frame: the head by the width of its dome, the shaft axis by
 * the middles of two sections below the lesser trochanter, the neck axis from the head's centre through the
 * middle of its narrowest section.
 */
export function measureFemur(patient: PatientParameters): FemurMeasures {
  const femur = new Femur(patient.left, patient.cancellousDensity, new Texture(seeded(1), 0.7));
  const crossing = (from: readonly [number, number, number], to: readonly [number, number, number]) =>
    surfaceBetween((x, y, z) => femur.distance(x, y, z), from, to);
  const dome = crossing([0, 0, 0], [-36, 0, 48]);
  const [, , lesserZ] = femur.landmarks.lesserTrochanter;
  const shaftMiddle = (z: number): number => {
    const inside: [number, number, number] = [patient.left.offset, 0, z];
    const medial = crossing(inside, [inside[0] - 60, 0, z]);
    const lateral = crossing(inside, [inside[0] + 60, 0, z]);
    return (medial[0] + lateral[0]) / 2;
  };
  const [high, low] = [shaftMiddle(lesserZ - 60), shaftMiddle(lesserZ - 110)];
  const offset = low + ((high - low) * (110 - lesserZ)) / 50;

  // Sections across the drawn axis; the narrowest gives the measured one.
  const section = (along: number) => {
    const centre: [number, number, number] = [along * femur.sine, 0, -along * femur.cosine];
    const edge = (across: number, y: number) => {
      const reach = 40;
      const to: [number, number, number] = [
        centre[0] + reach * across * femur.cosine,
        reach * y,
        centre[2] + reach * across * femur.sine,
      ];
      return Math.hypot(...crossing(centre, to).map((value, axis) => value - centre[axis]!));
    };
    const [top, bottom] = [edge(1, 0), edge(-1, 0)];
    return { along, height: top + bottom, middle: (top - bottom) / 2, depth: edge(0, 1) + edge(0, -1) };
  };
  let narrowest = section(femur.headEdge);
  for (let along = femur.headEdge; along < femur.axisLength - femur.neckRadius - 4; along++) {
    const next = section(along);
    if (next.height < narrowest.height) narrowest = next;
  }
  const turned = (Math.atan2(narrowest.middle, narrowest.along) * 180) / Math.PI;
  const shaftLean = (Math.atan2(high - low, 50) * 180) / Math.PI;
  return {
    headDiameter: 2 * Math.hypot(...dome),
    neckShaftAngle: Number(patient.left.neckShaftAngle) + turned - shaftLean,
    offset,
    neckHeight: narrowest.height,
    neckDepth: narrowest.depth,
  };
}

/** Where a surface lies between a point inside and one outside, by bisection. */
function surfaceBetween(
  distance: (x: number, y: number, z: number) => number,
  inside: readonly [number, number, number],
  outside: readonly [number, number, number],
): [number, number, number] {
  const at = (t: number): [number, number, number] => [
    inside[0] + t * (outside[0] - inside[0]),
    inside[1] + t * (outside[1] - inside[1]),
    inside[2] + t * (outside[2] - inside[2]),
  ];
  // The first crossing from inside: walk out, then halve.
  let near = 0;
  const step = 1 / 128;
  while (near < 1 && distance(...at(near + step)) < 0) near += step;
  let far = near + step;
  for (let i = 0; i < 20; i++) {
    const middle = (near + far) / 2;
    if (distance(...at(middle)) < 0) near = middle;
    else far = middle;
  }
  return at(near);
}

/** Mean and deviation of measured minus drawn, over some patients. */
export function measuredBack(): {
  readonly measure: string;
  readonly count: number;
  readonly mean: number;
  readonly deviation: number;
}[] {
  const people = Array.from({ length: measured }, (_, i) => samplePatient(seeded(4100).stream(i)));
  const pairs = people.map((p) => ({ drawn: p.left, found: measureFemur(p) }));
  const row = (measure: string, difference: (pair: (typeof pairs)[number]) => number) => ({
    measure,
    ...moments(pairs.map(difference)),
  });
  return [
    row('head diameter', ({ drawn, found }) => found.headDiameter - drawn.headDiameter),
    row('neck-shaft angle', ({ drawn, found }) => found.neckShaftAngle - drawn.neckShaftAngle),
    row('offset', ({ drawn, found }) => found.offset - drawn.offset),
    row('neck height', ({ drawn, found }) => found.neckHeight - drawn.neckDiameterSuperoinferior),
    row('neck depth', ({ drawn, found }) => found.neckDepth - drawn.neckDiameterAnteroposterior),
  ];
}

function moments(values: readonly number[]): { count: number; mean: number; deviation: number } {
  const count = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / count;
  const squares = values.reduce((a, v) => a + (v - mean) ** 2, 0);
  return { count, mean, deviation: Math.sqrt(squares / (count - 1)) };
}

const broken = 60;

/** Left hips with a fracture of one grade, unworn, as their truth measures them. */
function fracturedHips(grade: Exclude<PhantomGrade, 'none'>): HipTruth[] {
  const texture = new Texture(seeded(1), 0.7);
  return Array.from({ length: broken }, (_, i) => {
    const random = seeded(4200).stream(i);
    const patient = samplePatient(random, { left: grade });
    const parameters = { ...patient.left, arthritis: noArthritis };
    const femur = new Femur(parameters, patient.cancellousDensity, texture);
    const placement = placementOf(patient, parameters);
    const pieces = femurPieces(parameters, femur, placement, random.stream('rough'));
    return hipTruth({ parameters, femur, pieces, placement, side: 1, ramusPoints: null });
  });
}

function report(): void {
  const cell = (mean: number, deviation: number | null) =>
    (deviation === null ? mean.toFixed(1) : `${mean.toFixed(1)} (${deviation.toFixed(1)})`).padEnd(14);
  console.log(`${'measure'.padEnd(24)}${'n'.padEnd(5)}${'ours'.padEnd(14)}${'published'.padEnd(14)}source`);
  for (const { measure, count, mean, deviation, published } of drawnDistributions()) {
    const theirs = cell(published.mean, published.deviation);
    console.log(
      `${measure.padEnd(24)}${String(count).padEnd(5)}${cell(mean, deviation)}${theirs}${published.source}`,
    );
  }
  console.log('\nmeasured on the surface minus drawn');
  for (const { measure, count, mean, deviation } of measuredBack()) {
    console.log(
      `${measure.padEnd(24)}${String(count).padEnd(5)}${mean.toFixed(2)} (${deviation.toFixed(2)})`,
    );
  }
}

function reportGrades(): void {
  const columns: readonly (readonly [title: string, of: (hip: HipTruth) => number])[] = [
    ['index AP', (hip) => hip.gardenAlignmentIndexAP],
    ['index lateral', (hip) => hip.gardenAlignmentIndexLateral],
    ['Shenton step', (hip) => hip.shentonStep],
    ['head shift', (hip) => hip.headCentreShift],
    ['contact', (hip) => hip.neck?.contact ?? Number.NaN],
  ];
  console.log(`\n${'grade'.padEnd(8)}${columns.map(([title]) => title.padEnd(16)).join('')}`);
  for (const grade of ['I', 'II', 'III', 'IV'] as const) {
    const hips = fracturedHips(grade);
    const cells = columns.map(([, of]) => {
      const { mean, deviation } = moments(hips.map(of));
      return `${mean.toFixed(2)} (${deviation.toFixed(2)})`.padEnd(16);
    });
    console.log(`${grade.padEnd(8)}${cells.join('')}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  report();
  reportGrades();
}
