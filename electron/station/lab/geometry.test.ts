import { describe, expect, it } from 'vitest';
import { labPlanes, standardSetup, type LabHip, type LabPoint } from '../../contract/lab.ts';
import { fromSlice, planeAxes, toIndex, toPatient, toSlice } from '../../contract/labFrame.ts';
import { mm } from '../../contract/units.ts';
import { projectPoint } from '../../drr/geometry.ts';
import type { Volume } from '../../volume/volume.ts';
import { anatomicalOrder } from './anatomicalFrame.ts';
import { bodyOf, centreOf, geometryOf } from './picture.ts';
import { cutSlice } from './slice.ts';

type Direction = Volume['direction'];

/** All 48 ways in which a volume's axes can lie along the patient's. */
function* directions(): Generator<Direction> {
  for (const order of [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ])
    for (let signs = 0; signs < 8; signs++) {
      const direction = Array<number>(9).fill(0);
      order.forEach((xyz, axis) => (direction[3 * axis + xyz] = signs & (1 << axis) ? -1 : 1));
      yield direction as unknown as Direction;
    }
}

/** Greys that tell where in the patient a voxel lies, within the soft tissue window. */
const hounsfieldAt = ([x, y, z]: LabPoint): number => Math.round(-100 + x * 3 + y * 5 + z * 7);

function telling(direction: Direction): Volume {
  const size = [4, 5, 6] as const;
  const spacing = [mm(2), mm(1.5), mm(1)] as const;
  const origin = [mm(3), mm(-4), mm(5)] as const;
  const hounsfield = new Int16Array(4 * 5 * 6);
  for (let k = 0, n = 0; k < 6; k++)
    for (let j = 0; j < 5; j++)
      for (let i = 0; i < 4; i++, n++) {
        const at = ([0, 1, 2] as const).map(
          (xyz) =>
            origin[xyz] +
            direction[xyz] * i * spacing[0] +
            direction[3 + xyz]! * j * spacing[1] +
            direction[6 + xyz]! * k * spacing[2],
        );
        hounsfield[n] = hounsfieldAt(at as LabPoint);
      }
  return { size, spacing, origin, direction, hounsfield };
}

describe('slices of a volume, however its axes lie', () => {
  it.each([...directions()].map((direction) => ({ direction })))(
    'show at every pixel what lies there in the patient: $direction',
    ({ direction }) => {
      const volume = telling(direction);
      const order = anatomicalOrder(volume);
      const { frame } = order;
      for (const plane of labPlanes) {
        const across = planeAxes[plane].slice;
        const index = frame.size[across] - 1;
        const slice = cutSlice(volume.hounsfield as Int16Array, order, plane, index, 'soft');
        const start: [number, number, number] = [0, 0, 0];
        start[across] = index;
        for (let row = 0; row < slice.rows; row++)
          for (let column = 0; column < slice.columns; column++) {
            const place = { x: column + 0.5, y: row + 0.5 };
            const patient = toPatient(frame, fromSlice(frame, plane, start, place));
            const grey = ((hounsfieldAt(patient) + 160) / 400) * 255;
            expect(slice.greys[row * slice.columns + column]).toBe(
              Math.trunc(Math.min(255, Math.max(0, grey))),
            );
          }
      }
    },
  );

  it('are shown as a radiologist reads them: left on the right, front or head at the top', () => {
    const { frame } = anatomicalOrder(telling([0, 0, -1, -1, 0, 0, 0, 1, 0]));
    const middle: LabPoint = toPatient(frame, [1, 1, 1]);
    const at = (plane: (typeof labPlanes)[number], move: LabPoint) =>
      toSlice(frame, plane, toIndex(frame, [middle[0] + move[0], middle[1] + move[1], middle[2] + move[2]]));
    for (const plane of ['axial', 'coronal'] as const)
      expect(at(plane, [1, 0, 0]).x).toBeGreaterThan(at(plane, [0, 0, 0]).x);
    for (const plane of ['sagittal', 'coronal'] as const)
      expect(at(plane, [0, 0, 1]).y).toBeLessThan(at(plane, [0, 0, 0]).y);
    expect(at('axial', [0, 1, 0]).y).toBeGreaterThan(at('axial', [0, 0, 0]).y);
    expect(at('sagittal', [0, 1, 0]).x).toBeGreaterThan(at('sagittal', [0, 0, 0]).x);
  });
});

describe('a setup', () => {
  const centre: LabPoint = [90, 10, -20];

  it.each(['left', 'right'] as const)('turns the %s leg inward by the angle that it says', (view) => {
    const angle = 20;
    const turned = geometryOf({ ...standardSetup(view), internalRotation: angle }, centre);
    const straight = geometryOf(standardSetup(view), centre);
    // A point in front of the hip goes towards the midline: to the right on the left side.
    const inward = view === 'left' ? -1 : 1;
    const radians = (angle * Math.PI) / 180;
    for (const [x, y, z] of [
      [0, -40, 0],
      [15, -30, 25],
      [-20, 10, -60],
    ] as const) {
      // About the vertical through the centre, the front (−y) moves by the sine of the angle.
      const cosine = Math.cos(radians);
      const sine = inward * Math.sin(radians);
      const moved = [x * cosine - y * sine, x * sine + y * cosine, z] as const;
      const point = (p: readonly number[]) =>
        [mm(centre[0] + p[0]!), mm(centre[1] + p[1]!), mm(centre[2] + p[2]!)] as const;
      const here = projectPoint(turned, point([x, y, z]));
      const there = projectPoint(straight, point(moved));
      expect(here.x).toBeCloseTo(there.x, 6);
      expect(here.y).toBeCloseTo(there.y, 6);
    }
  });

  it('scales the body about the centre and leaves the detector as it is', () => {
    for (const direction of directions()) {
      const volume = telling(direction);
      const before = anatomicalOrder(volume).frame;
      const scaled = bodyOf(volume, { ...standardSetup('pelvis'), girth: 1.2, height: 0.9 }, centre);
      const after = anatomicalOrder(scaled).frame;
      const old = toPatient(before, [1, 2, 3]);
      const now = toPatient(after, [1, 2, 3]);
      const wanted = [1.2, 1.2, 0.9].map((factor, n) => centre[n]! + factor * (old[n]! - centre[n]!));
      wanted.forEach((value, n) => expect(now[n]).toBeCloseTo(value, 9));
      expect(scaled.hounsfield).toBe(volume.hounsfield);
    }
  });

  it('is centred between the heads, or on the neck of one hip; a missing hip is a sentence', () => {
    const { frame } = anatomicalOrder(telling([1, 0, 0, 0, 1, 0, 0, 0, 1]));
    const head = (x: number): LabHip => ({
      state: 'here',
      by: 'search',
      headCentre: [x, 0, 8],
      headRadius: 24,
    });
    const hips = { left: head(88), right: head(-92) };
    expect(centreOf({ frame, hips }, 'pelvis')).toEqual([-2, 0, 8]);
    expect(centreOf({ frame, hips }, 'right')).toEqual([-114, 0, -10]);
    const left: LabHip = { state: 'missing', reason: 'The left hip is cut off.' };
    expect(() => centreOf({ frame, hips: { ...hips, left } }, 'left')).toThrow('The left hip is cut off.');
  });
});
