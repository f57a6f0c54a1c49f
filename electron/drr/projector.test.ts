import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { degrees, mm } from '../contract/units.ts';
import { seeded } from '../random/random.ts';
import type { PatientPoint, Volume } from '../volume/volume.ts';
import { alignedDirection } from '../volume/volume.ts';
import { anteroposterior } from './geometry.ts';
import type { ConeBeamGeometry } from './geometry.ts';
import { projectMaterials, radiologicalPath } from './projector.ts';
import { tissueDensity, tissueMixture } from './tissue.ts';

type Triple = readonly [number, number, number];
const point = (x: number, y: number, z: number): PatientPoint => [mm(x), mm(y), mm(z)];

/** A volume about the origin, filled voxel by voxel. */
function volumeOf(size: Triple, spacing: Triple, fill: (i: number, j: number, k: number) => number): Volume {
  const [nx, ny, nz] = size;
  const hounsfield = new Int16Array(nx * ny * nz);
  for (let k = 0, n = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) for (let i = 0; i < nx; i++, n++) hounsfield[n] = fill(i, j, k);
  }
  const middle = (n: number, s: number) => mm((-(n - 1) / 2) * s);
  return {
    size,
    spacing: [mm(spacing[0]), mm(spacing[1]), mm(spacing[2])],
    origin: [middle(nx, spacing[0]), middle(ny, spacing[1]), middle(nz, spacing[2])],
    direction: alignedDirection,
    hounsfield,
  };
}

const oblique = anteroposterior({
  isocentre: point(3, -2, 4),
  sourceToImageDistance: mm(900),
  sourceToObjectDistance: mm(700),
  rows: 37,
  columns: 41,
  spacing: mm(5),
  craniocaudalAngle: degrees(17),
  axialAngle: degrees(-23),
  detectorRoll: degrees(8),
});

/** Source and pixel centre of a ray. */
function rayOf(geometry: ConeBeamGeometry, row: number, column: number): { from: Triple; to: Triple } {
  const u = (column + 0.5 - geometry.columns / 2) * geometry.columnSpacing;
  const v = (row + 0.5 - geometry.rows / 2) * geometry.rowSpacing;
  const at = (n: 0 | 1 | 2) =>
    geometry.detectorCentre[n] + u * geometry.columnDirection[n] + v * geometry.rowDirection[n];
  return { from: geometry.source, to: [at(0), at(1), at(2)] };
}

/** Length in mm of a ray within the box |x| < half, by the slab method. */
function chordOfBox({ from, to }: { from: Triple; to: Triple }, half: Triple): number {
  let enter = 0;
  let leave = 1;
  for (const n of [0, 1, 2] as const) {
    const a = (-half[n] - from[n]) / (to[n] - from[n]);
    const b = (half[n] - from[n]) / (to[n] - from[n]);
    enter = Math.max(enter, Math.min(a, b));
    leave = Math.min(leave, Math.max(a, b));
  }
  const length = Math.hypot(to[0] - from[0], to[1] - from[1], to[2] - from[2]);
  return Math.max(0, leave - enter) * length;
}

/** Siddon's path as he first wrote it: all crossings of all planes, sorted. */
function sortedSiddon(volume: Volume, geometry: ConeBeamGeometry, row: number, column: number): number {
  const { from, to } = rayOf(geometry, row, column);
  const d = volume.direction;
  const toVoxels = (p: Triple): Triple => {
    const q = [p[0] - volume.origin[0], p[1] - volume.origin[1], p[2] - volume.origin[2]] as const;
    const at = (a: 0 | 1 | 2) =>
      (d[3 * a]! * q[0] + d[3 * a + 1]! * q[1] + d[3 * a + 2]! * q[2]) / volume.spacing[a] + 0.5;
    return [at(0), at(1), at(2)];
  };
  const a = toVoxels(from);
  const b = toVoxels(to);
  const crossings = [0, 1];
  for (const n of [0, 1, 2] as const) {
    for (let plane = 0; plane <= volume.size[n]; plane++) crossings.push((plane - a[n]) / (b[n] - a[n]));
  }
  const sorted = crossings.filter((t) => t >= 0 && t <= 1).sort((s, t) => s - t);
  const length = Math.hypot(to[0] - from[0], to[1] - from[1], to[2] - from[2]);
  let sum = 0;
  for (let n = 1; n < sorted.length; n++) {
    const t = (sorted[n]! + sorted[n - 1]!) / 2;
    const [i, j, k] = [0, 1, 2].map((m) => Math.floor(a[m]! + t * (b[m]! - a[m]!))) as [
      number,
      number,
      number,
    ];
    const [nx, ny, nz] = volume.size;
    if (i < 0 || j < 0 || k < 0 || i >= nx || j >= ny || k >= nz) continue;
    sum += (sorted[n]! - sorted[n - 1]!) * length * tissueDensity(volume.hounsfield[i + nx * (j + ny * k)]!);
  }
  return sum / 10;
}

describe('radiologicalPath', () => {
  it('gives the chord of a box on every ray', () => {
    const volume = volumeOf([40, 30, 20], [2.5, 3, 4], () => 0);
    const path = radiologicalPath(volume, oblique, (hounsfield) => (hounsfield === 0 ? 1 : 0));
    for (let row = 0; row < oblique.rows; row++) {
      for (let column = 0; column < oblique.columns; column++) {
        const chord = chordOfBox(rayOf(oblique, row, column), [50, 45, 40]);
        expect(Math.abs(path[row * oblique.columns + column]! - chord)).toBeLessThan(1e-6 * 130);
      }
    }
  });

  it('comes to the chords of a sphere and of a cylinder as voxels shrink', () => {
    const geometry = anteroposterior({
      isocentre: point(0, 0, 0),
      sourceToImageDistance: mm(1150),
      sourceToObjectDistance: mm(1000),
      rows: 24,
      columns: 24,
      spacing: mm(3),
    });
    const radius = 30;
    const error = (voxel: number, sphere: boolean) => {
      const n = Math.round(70 / voxel);
      const volume = volumeOf([n, n, n], [voxel, voxel, voxel], (i, j, k) => {
        const middle = (n - 1) / 2;
        const [x, y, z] = [i - middle, j - middle, sphere ? k - middle : 0];
        return x * x + y * y + z * z < (radius / voxel) ** 2 ? 0 : -1000;
      });
      const path = radiologicalPath(volume, geometry, (hounsfield) => (hounsfield === 0 ? 1 : 0));
      let mean = 0;
      for (let p = 0; p < path.length; p++) {
        const { from, to } = rayOf(geometry, Math.floor(p / 24), p % 24);
        const d = [to[0] - from[0], to[1] - from[1], sphere ? to[2] - from[2] : 0] as const;
        const o = [from[0], from[1], sphere ? from[2] : 0] as const;
        const a = d[0] ** 2 + d[1] ** 2 + d[2] ** 2;
        const b = o[0] * d[0] + o[1] * d[1] + o[2] * d[2];
        const c = o[0] ** 2 + o[1] ** 2 + o[2] ** 2 - radius ** 2;
        const root = Math.sqrt(Math.max(0, b * b - a * c)) / a;
        const chord = 2 * root * Math.hypot(to[0] - from[0], to[1] - from[1], to[2] - from[2]);
        mean += Math.abs(path[p]! - chord) / path.length;
      }
      return mean;
    };
    for (const sphere of [true, false]) {
      const fine = error(0.6, sphere);
      expect(fine).toBeLessThan(0.5);
      expect(fine).toBeLessThan(0.75 * error(1.2, sphere));
    }
  });
});

describe('projectMaterials', () => {
  it('agrees with the sorted crossings of Siddon on noise, anisotropic voxels and turned axes', () => {
    const random = seeded(0x51dd0);
    const [c, s] = [Math.cos(0.4), Math.sin(0.4)];
    const volume: Volume = {
      ...volumeOf([19, 23, 17], [3.1, 2.3, 4.7], () => Math.round(random.between(-1000, 2500))),
      direction: [c, 0, s, 0, 1, 0, -s, 0, c],
    };
    fc.assert(
      fc.property(fc.nat(36), fc.nat(40), (row, column) => {
        const { soft, bone } = projectMaterials(volume, oblique, {
          rowRange: { first: row, end: row + 1 },
          beyondEnds: 'air',
        });
        const wanted = sortedSiddon(volume, oblique, row, column);
        expect(Math.abs(soft[column]! + bone[column]! - wanted)).toBeLessThan(1e-6 * 30);
      }),
      { numRuns: 300 },
    );
  });

  it('sees the same from the front of a volume and along its first axis, turned', () => {
    const random = seeded(0xa71a);
    const front = volumeOf([21, 34, 13], [4, 3, 5], () => Math.round(random.between(-900, 1500)));
    const [nx, ny, nz] = front.size;
    const hounsfield = new Int16Array(front.hounsfield.length);
    for (let n = 0; n < hounsfield.length; n++) {
      const [j, i, k] = [n % ny, Math.floor(n / ny) % nx, Math.floor(n / (nx * ny))];
      hounsfield[n] = front.hounsfield[i + nx * (j + ny * k)]!;
    }
    const [sx, sy, sz] = front.spacing;
    const turned: Volume = {
      ...front,
      size: [ny, nx, nz],
      spacing: [sy, sx, sz],
      direction: [0, 1, 0, 1, 0, 0, 0, 0, 1],
      hounsfield,
    };
    const a = projectMaterials(front, oblique);
    const b = projectMaterials(turned, oblique);
    a.soft.forEach((mass, n) => expect(Math.abs(mass - b.soft[n]!)).toBeLessThan(1e-5));
  });

  it('gives the same numbers in parts and from a volume of floats', () => {
    const volume = volumeOf([30, 30, 30], [3, 3, 3], (i, j, k) => ((i * 7 + j * 13 + k * 29) % 300) - 100);
    const whole = projectMaterials(volume, oblique);
    const lower = projectMaterials(volume, oblique, { rowRange: { first: 20, end: 37 } });
    expect(lower.soft).toEqual(whole.soft.subarray(20 * 41));
    expect(lower.bone).toEqual(whole.bone.subarray(20 * 41));
    const floats = { ...volume, hounsfield: Float32Array.from(volume.hounsfield) };
    expect(projectMaterials(floats, oblique)).toEqual(whole);
  });

  it('lets a body go on beyond its ends where asked, and ends it otherwise', () => {
    const short = volumeOf([20, 20, 4], [5, 5, 5], () => 40);
    const long = volumeOf([20, 20, 116], [5, 5, 5], () => 40);
    expect(projectMaterials(short, oblique)).toEqual(projectMaterials(long, oblique, { beyondEnds: 'air' }));
    const ended = projectMaterials(short, oblique, { beyondEnds: 'air' });
    expect(ended.soft[0]).toBe(0);
  });

  it('is silent on a volume of air and refuses one that does not fit together', () => {
    const air = volumeOf([5, 5, 5], [10, 10, 10], () => -1000);
    expect(projectMaterials(air, oblique).soft.every((mass) => mass === 0)).toBe(true);
    expect(() => projectMaterials({ ...air, size: [5, 5, 6] }, oblique)).toThrow('does not fit together');
    const holed = { ...air, hounsfield: new Float32Array(125).fill(Number.NaN) };
    expect(() => projectMaterials(holed, oblique)).toThrow('not numbers');
  });
});

describe('tissueMixture', () => {
  it('keeps the mass of the density line and never has a negative part', () => {
    for (let hounsfield = -1100; hounsfield <= 3500; hounsfield += 7) {
      const { soft, bone } = tissueMixture(hounsfield);
      expect(soft + bone).toBeCloseTo(tissueDensity(hounsfield), 12);
      expect(soft).toBeGreaterThanOrEqual(0);
      expect(bone).toBeGreaterThanOrEqual(0);
    }
  });

  it('gives back the attenuation that a 70 keV scan measured, from fat to cortical bone', () => {
    // NIST SRD 126 at 70 keV, log-log: water, soft tissue, cortical bone (cm²/g).
    const water = 0.1929;
    for (const hounsfield of [-100, 0, 55, 200, 500, 1000, 1600]) {
      const { soft, bone } = tissueMixture(hounsfield);
      const attenuation = 0.1929 * soft + 0.2621 * bone;
      expect(Math.abs(attenuation / (water * (1 + hounsfield / 1000)) - 1)).toBeLessThan(0.05);
    }
  });
});
