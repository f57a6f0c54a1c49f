import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mm } from '../contract/units.ts';
import type { PatientPoint, Volume } from '../volume/volume.ts';
import { traceBricks } from './bricks.ts';
import { cross } from './geometry.ts';
import type { ConeBeamGeometry, Direction } from './geometry.ts';
import { pairTable, tissueTable } from './materials.ts';
import { prepareVolume } from './preparedVolume.ts';
import { projectMaterials, radiologicalPath } from './projector.ts';
import { traceRays } from './siddon.ts';

type Triple = readonly [number, number, number];

function volumeOf(size: Triple, spacing: Triple, seed: number): Volume {
  const hounsfield = new Int16Array(size[0] * size[1] * size[2]);
  for (let n = 0; n < hounsfield.length; n++) hounsfield[n] = ((n * 7919 + seed * 104729) % 2600) - 1000;
  const first = (axis: 0 | 1 | 2) => mm((-(size[axis] - 1) / 2) * spacing[axis]);
  return {
    size,
    spacing: [mm(spacing[0]), mm(spacing[1]), mm(spacing[2])],
    origin: [first(0), first(1), first(2)],
    direction: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    hounsfield,
  };
}

const unit = (v: Direction): Direction => {
  const length = Math.hypot(...v);
  return [v[0] / length, v[1] / length, v[2] / length];
};

/** A detector of 17 × 19 pixels beyond the origin, seen from `toSource`; distances in mm. */
function viewFrom(toSource: Direction, up: Direction, near: number, far: number): ConeBeamGeometry {
  const n = unit(toSource);
  const columnDirection = unit(cross(up, n));
  const place = (distance: number): PatientPoint => [
    mm(n[0] * distance),
    mm(n[1] * distance),
    mm(n[2] * distance),
  ];
  return {
    source: place(near),
    detectorCentre: place(-far),
    columnDirection,
    rowDirection: cross(columnDirection, n),
    ...{ rows: 17, columns: 19, rowSpacing: mm(9), columnSpacing: mm(8) },
  };
}

/** Never a round number: a ray within a face may by rounding lie on either side of it. */
const part = fc.integer({ min: -1000, max: 1000 }).map((n) => (n + 0.37) / 1000);
const direction = fc
  .tuple(part, part, part)
  .filter((v) => Math.hypot(...v) > 0.1)
  .map((v): Direction => v);
const size = fc.tuple(
  fc.integer({ min: 1, max: 40 }),
  fc.integer({ min: 1, max: 40 }),
  fc.integer({ min: 1, max: 40 }),
);

function both(volume: Volume, geometry: ConeBeamGeometry, continuedSlices: number) {
  const prepared = prepareVolume(volume);
  const pixels = geometry.rows * geometry.columns;
  const [fast, plain] = [traceBricks, traceRays].map((trace) => {
    const first = new Float32Array(pixels);
    const second = new Float32Array(pixels);
    trace(
      prepared,
      geometry,
      { table: tissueTable, firstRow: 0, endRow: geometry.rows, continuedSlices },
      first,
      second,
    );
    return [...first, ...second];
  });
  return { fast: fast!, plain: plain! };
}

const furthest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((worst, value, n) => Math.max(worst, Math.abs(value - b[n]!)), 0);

describe('traceBricks', () => {
  it('gives what the plain walk gives, from any side, with source and detector within the volume or without', () => {
    fc.assert(
      fc.property(
        size,
        direction,
        direction,
        fc.integer({ min: 5, max: 700 }),
        fc.integer({ min: 5, max: 300 }),
        fc.constantFrom(0, 40),
        (count, toSource, up, near, far, continued) => {
          fc.pre(Math.hypot(...cross(up, unit(toSource))) > 0.05);
          const { fast, plain } = both(
            volumeOf(count, [4, 3, 5], near),
            viewFrom(toSource, up, near, far),
            continued,
          );
          // A few roundings of 32 bits of the longest path there can be.
          expect(furthest(fast, plain)).toBeLessThan(1e-6 * 60);
        },
      ),
      { numRuns: 200, seed: 41 },
    );
  });

  it('cuts volumes into bricks without a seam', () => {
    // Larger than a brick along the beam from the front and, in slices, across it.
    const volume = volumeOf([60, 300, 90], [1, 1, 1], 3);
    for (const toSource of [
      [0.1, -1, 0.05],
      [-1, 0.2, 0.1],
      [0, -1, 0],
    ] as const) {
      const { fast, plain } = both(volume, viewFrom(toSource, [0, 0, 1], 900, 200), 0);
      expect(furthest(fast, plain)).toBeLessThan(2e-5);
    }
  });

  it('cuts the detector into tiles without a seam, whichever way its rows run', () => {
    const volume = volumeOf([319, 96, 280], [1, 2, 1], 11);
    for (const up of [
      [0, 0, 1],
      [1, 0, 0],
      [0.7, 0.1, 0.7],
    ] as const) {
      const geometry = {
        ...viewFrom([0.1, -1, 0.3], up, 900, 200),
        ...{ rows: 200, columns: 211, rowSpacing: mm(2.3), columnSpacing: mm(2.1) },
      };
      const { fast, plain } = both(volume, geometry, 0);
      expect(furthest(fast, plain)).toBeLessThan(2e-5);
    }
    const film = { rows: 512, columns: 512, rowSpacing: mm(0.9), columnSpacing: mm(0.9) };
    const { fast, plain } = both(volume, { ...viewFrom([0, -1, 0], [0, 0, 1], 900, 200), ...film }, 0);
    expect(furthest(fast, plain)).toBeLessThan(2e-5);
  });

  it('follows rays along faces and through edges: each is in one voxel, never in two or none', () => {
    // Even sizes put faces in the middle, and odd counts of pixels put the central row and column there.
    const volume = { ...volumeOf([8, 8, 8], [10, 10, 10], 0), hounsfield: new Int16Array(512).fill(40) };
    const geometry = viewFrom([0, -1, 0], [0, 0, 1], 1000, 150);
    const path = radiologicalPath(volume, geometry, (hounsfield) => (hounsfield === 40 ? 1 : 0));
    const middle = 8 * 19 + 9;
    expect(Math.abs(path[middle]! - 80)).toBeLessThan(1e-6 * 80);
    const { fast, plain } = both(volume, geometry, 0);
    expect(furthest(fast, plain)).toBeLessThan(1e-6);
  });

  it('gives the chord of a single voxel, and of a source or a detector within one', () => {
    const one: Volume = { ...volumeOf([1, 1, 1], [60, 80, 50], 0), hounsfield: Int16Array.of(40) };
    const inside = (hounsfield: number) => (hounsfield === 40 ? 1 : 0);
    const middle = 8 * 19 + 9;
    expect(radiologicalPath(one, viewFrom([0, -1, 0], [0, 0, 1], 500, 200), inside)[middle]).toBeCloseTo(
      80,
      4,
    );
    expect(radiologicalPath(one, viewFrom([0, -1, 0], [0, 0, 1], 15, 200), inside)[middle]).toBeCloseTo(
      55,
      4,
    );
    expect(radiologicalPath(one, viewFrom([0, -1, 0], [0, 0, 1], 500, 10), inside)[middle]).toBeCloseTo(
      50,
      4,
    );
  });

  it('is linear in the quantity, and as deep as the sum of two halves', () => {
    const volume = prepareVolume(volumeOf([30, 25, 20], [4, 4, 4], 9));
    const geometry = viewFrom([0.3, -1, 0.2], [0, 0.1, 1], 800, 200);
    const f = (hounsfield: number) => (hounsfield > -800 ? hounsfield + 1000 : 0) / 1000;
    const g = (hounsfield: number) => (hounsfield > 300 ? 1 : 0);
    const a = radiologicalPath(volume, geometry, f);
    const b = radiologicalPath(volume, geometry, g);
    const c = radiologicalPath(volume, geometry, (hounsfield) => 2 * f(hounsfield) + 3 * g(hounsfield));
    expect(
      furthest(
        c,
        a.map((value, n) => 2 * value + 3 * b[n]!),
      ),
    ).toBeLessThan(1e-6 * Math.max(...c));
    const table = pairTable((hounsfield) => [f(hounsfield), g(hounsfield)]);
    const pair = [new Float32Array(a.length), new Float32Array(a.length)] as const;
    traceBricks(volume, geometry, { table, firstRow: 0, endRow: 17, continuedSlices: 0 }, ...pair);
    expect(pair[0]).toEqual(a);
    expect(pair[1]).toEqual(b);
  });

  it('sees no difference when patient, tube and detector are turned and moved together', () => {
    const volume = volumeOf([24, 20, 22], [4, 5, 3], 5);
    fc.assert(
      fc.property(direction, direction, fc.tuple(part, part, part), (axis, toSource, shift) => {
        const geometry = viewFrom(toSource, [0.31, 0.2, 0.93], 700, 200);
        fc.pre(Math.hypot(...cross([0.31, 0.2, 0.93], unit(toSource))) > 0.05);
        const n = unit(axis);
        const angle = 2 * shift[0];
        // Rodrigues' rotation.
        const turn = (v: Direction): Direction => {
          const [p, q] = [cross(n, v), n[0] * v[0] + n[1] * v[1] + n[2] * v[2]];
          const [c, s] = [Math.cos(angle), Math.sin(angle)];
          const at = (m: 0 | 1 | 2) => v[m] * c + p[m] * s + n[m] * q * (1 - c);
          return [at(0), at(1), at(2)];
        };
        const move = (point: PatientPoint): PatientPoint => {
          const [x, y, z] = turn(point);
          return [mm(x + 90 * shift[0]), mm(y + 90 * shift[1]), mm(z + 90 * shift[2])];
        };
        const axes = [
          turn([1, 0, 0]),
          turn([0, 1, 0]),
          turn([0, 0, 1]),
        ].flat() as unknown as Volume['direction'];
        const moved = projectMaterials(
          { ...volume, origin: move(volume.origin), direction: axes },
          {
            ...geometry,
            source: move(geometry.source),
            detectorCentre: move(geometry.detectorCentre),
            columnDirection: turn(geometry.columnDirection),
            rowDirection: turn(geometry.rowDirection),
          },
          { beyondEnds: 'air' },
        );
        const still = projectMaterials(volume, geometry, { beyondEnds: 'air' });
        // A ray that grazes an edge may, by rounding, take it on either side.
        expect(furthest(moved.soft, still.soft)).toBeLessThan(1e-5);
        expect(furthest(moved.bone, still.bone)).toBeLessThan(1e-5);
      }),
      { numRuns: 60, seed: 7 },
    );
  });
});

describe('prepareVolume', () => {
  const good = volumeOf([4, 4, 4], [1, 1, 1], 0);
  it.each([
    ['no spacing', { spacing: [mm(1), mm(0), mm(1)] }],
    ['NaN spacing', { spacing: [mm(1), mm(Number.NaN), mm(1)] }],
    ['an axis without voxels', { size: [4, 0, 4] }],
    ['a size that is not its voxels', { size: [4, 4, 5] }],
    ['gigantic dimensions', { size: [65536, 65536, 65536] }],
    ['no origin', { origin: [mm(0), mm(Number.NaN), mm(0)] }],
    ['axes in one plane', { direction: [1, 0, 0, 1, 0, 0, 0, 0, 1] }],
    ['NaN voxels', { hounsfield: new Float32Array(64).fill(Number.NaN) }],
  ] as const)('refuses %s', (_, change) => {
    expect(() => prepareVolume({ ...good, ...change })).toThrow(
      expect.objectContaining({ kind: 'invalid-volume' }),
    );
  });
});
