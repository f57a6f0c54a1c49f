import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mm } from '../contract/units.ts';
import { buildPhantom, type Phantom, type PhantomGrade, samplePatient } from '../phantom/phantom.ts';
import { seeded } from '../random/random.ts';
import { findHips, type HipMissing, type HipSite } from './hips.ts';
import { openVolume } from './open.ts';
import { alignedDirection, type Volume } from './volume.ts';

const grades: readonly PhantomGrade[] = ['none', 'I', 'II', 'III', 'IV'];

const built = new Map<number, Phantom>();

/** Built once: most of these tests' time goes into it. */
function phantomOf(seed: number): Phantom {
  const known = built.get(seed);
  if (known !== undefined) return known;
  const random = seeded(0x41b + seed);
  const parameters = samplePatient(random.stream('patient'), {
    left: grades[seed % 5]!,
    right: grades[(3 * seed + 1) % 5]!,
  });
  const phantom = buildPhantom(parameters, mm(2), random.stream('phantom'));
  built.set(seed, phantom);
  return phantom;
}

/** The part of a volume between two indices of each axis. */
function cut(volume: Volume, low: readonly number[], high: readonly number[]): Volume {
  const [nx, ny] = volume.size;
  const size = [high[0]! - low[0]!, high[1]! - low[1]!, high[2]! - low[2]!] as const;
  const hounsfield = new Int16Array(size[0] * size[1] * size[2]);
  for (let k = 0, n = 0; k < size[2]; k++) {
    for (let j = 0; j < size[1]; j++) {
      const start = low[0]! + nx * (low[1]! + j + ny * (low[2]! + k));
      hounsfield.set(volume.hounsfield.subarray(start, start + size[0]), n);
      n += size[0];
    }
  }
  const origin = volume.origin.map((value, axis) => value + low[axis]! * volume.spacing[axis]!);
  return { ...volume, size, origin: [mm(origin[0]!), mm(origin[1]!), mm(origin[2]!)], hounsfield };
}

function cube(side: number, spacing: number, value: (x: number, y: number, z: number) => number): Volume {
  const hounsfield = new Int16Array(side ** 3);
  const at = (index: number): number => (index - (side - 1) / 2) * spacing;
  for (let k = 0, n = 0; k < side; k++) {
    for (let j = 0; j < side; j++) {
      for (let i = 0; i < side; i++, n++) hounsfield[n] = value(at(i), at(j), at(k));
    }
  }
  const low = mm(at(0));
  return {
    size: [side, side, side],
    spacing: [mm(spacing), mm(spacing), mm(spacing)],
    origin: [low, low, low],
    direction: alignedDirection,
    hounsfield,
  };
}

function found(hip: HipSite | HipMissing): HipSite {
  if (!hip.found) throw new Error(hip.reason);
  return hip;
}

function bothOf(volume: Volume): (HipSite | HipMissing)[] {
  const { left, right } = findHips(volume);
  return [left, right];
}

function reasonOf(hip: HipSite | HipMissing): string {
  return hip.found ? `found at ${hip.headCentre.join(', ')}` : hip.reason;
}

const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.hypot(a[0]! - b[0]!, a[1]! - b[1]!, a[2]! - b[2]!);

describe('femoral heads of phantoms', () => {
  it('are found to 2 mm, whole and broken, on the right side', () => {
    const wrong: string[] = [];
    for (let seed = 0; seed < 3; seed++) {
      const { volume, truth } = phantomOf(seed);
      const hips = findHips(volume);
      for (const side of ['left', 'right'] as const) {
        const hip = hips[side];
        const { headCentre, headDiameter, grade } = truth.hips[side];
        const miss = hip.found ? distance(hip.headCentre, headCentre) : Infinity;
        const off = hip.found ? Math.abs(hip.headRadius - headDiameter / 2) : Infinity;
        if (miss > 2 || off > 2) wrong.push(`seed ${String(seed)} ${side} ${grade}: ${miss} ${off}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('lie where they lay when the scan is stored in another orientation', () => {
    const { volume, truth } = phantomOf(1);
    const [nx, ny, nz] = volume.size;
    const hounsfield = volume.hounsfield.slice().reverse();
    const far = volume.origin.map((value, axis) => value + (volume.size[axis]! - 1) * volume.spacing[axis]!);
    const turned: Volume = {
      ...volume,
      size: [nx, ny, nz],
      origin: [mm(far[0]!), mm(far[1]!), mm(far[2]!)],
      direction: [-1, 0, 0, 0, -1, 0, 0, 0, -1],
      hounsfield,
    };
    expect(distance(found(findHips(turned).left).headCentre, truth.hips.left.headCentre)).toBeLessThan(1);
  });

  it('are refused with the place of the cut where the scan ends inside the head', () => {
    const { volume, truth } = phantomOf(2);
    const [nx, ny, nz] = volume.size;
    const centre = truth.hips.left.headCentre[2];
    const first = Math.ceil((centre - 8 - volume.origin[2]) / 2);
    const scan = cut(volume, [0, 0, first], [nx, ny, nz]);
    for (const hip of bothOf(scan)) {
      expect(reasonOf(hip)).toMatch(
        /^The (left|right) hip is cut off: the scan ends \d+ mm below the centre/,
      );
    }
    const left = reasonOf(findHips(scan).left);
    expect(Math.abs(Number(/(\d+) mm/.exec(left)?.[1]) - (centre - scan.origin[2]))).toBeLessThanOrEqual(2);
  });

  it('are found on one side where the scan leaves the other out, with the side named rightly', () => {
    const { volume, truth } = phantomOf(0);
    const [nx, ny, nz] = volume.size;
    const middle = Math.round((0 - volume.origin[0]) / 2);
    const leftHalf = findHips(cut(volume, [middle, 0, 0], [nx, ny, nz]));
    expect(distance(found(leftHalf.left).headCentre, truth.hips.left.headCentre)).toBeLessThan(2);
    expect(reasonOf(leftHalf.right)).toContain('No femoral head was found on the right side');
    const rightHalf = findHips(cut(volume, [0, 0, 0], [middle, ny, nz]));
    expect(distance(found(rightHalf.right).headCentre, truth.hips.right.headCentre)).toBeLessThan(2);
    expect(rightHalf.left.found).toBe(false);
  });

  it('come with a crop inside the scan and a note where the scan ends early', () => {
    const { volume, truth } = phantomOf(1);
    const [nx, ny, nz] = volume.size;
    const first = Math.ceil((truth.hips.left.headCentre[2] - 48 - volume.origin[2]) / 2);
    const scan = cut(volume, [0, 0, first], [nx, ny, nz]);
    const hip = found(findHips(scan).left);
    expect(hip.note).toMatch(/ends 4\d mm below the centre of the left femoral head/);
    expect(hip.crop.low[2]).toBeGreaterThanOrEqual(scan.origin[2] - 1e-6);
    hip.headCentre.forEach((value, axis) => {
      expect(hip.crop.low[axis]!).toBeLessThan(value);
      expect(hip.crop.high[axis]!).toBeGreaterThan(value);
    });
    expect(found(findHips(volume).left).note).toBeNull();
  });
});

describe('what is no hip', () => {
  it.each([
    ['air', () => cube(80, 3, () => -1000)],
    ['a block of muscle', () => cube(80, 3, (x) => (Math.abs(x) < 90 ? 55 : -1000))],
    ['a single voxel', () => cube(1, 3, () => 400)],
    ['a ball of bone of a head’s size', () => cube(80, 3, ball(24))],
    ['a ball too small', () => cube(80, 3, ball(13))],
    ['a ball too large', () => cube(80, 3, ball(45))],
    ['noise', () => noise()],
  ])('%s is refused', (_name, volume) => {
    for (const hip of bothOf(volume())) {
      expect(reasonOf(hip)).toMatch(/^No femoral head was found on the (left|right) side\./);
    }
  });
});

function ball(radius: number) {
  return (x: number, y: number, z: number): number => {
    const inside = radius - Math.hypot(x, y, z);
    return inside < 0 ? 40 : inside < 2 ? 1200 : 250;
  };
}

function noise(): Volume {
  const random = seeded(7);
  return cube(100, 2, () => Math.round(random.normal(100, 400)));
}

const data = join(import.meta.dirname, '../../../shared/data');
const here = existsSync(data);

describe.skipIf(!here)('real scans (skipped where ../shared/data is absent)', () => {
  it('finds both heads of a 3 mm CT, one with a nail, near those of its segmentation', async () => {
    const folder = join(data, 'totalsegmentator');
    const { volume } = await openVolume(join(folder, 'example_ct.nii.gz'));
    const labels = await openVolume(join(folder, 'example_seg_fast_force_split.nii.gz'));
    const hips = findHips(volume);
    for (const [side, label] of [
      ['left', 75],
      ['right', 76],
    ] as const) {
      const hip = found(hips[side]);
      expect(hip.note).toContain('The scan ends');
      expect(distance(hip.headCentre, headOfMask(labels.volume, label))).toBeLessThan(5);
      expect(hip.headRadius).toBeGreaterThan(20);
      expect(hip.headRadius).toBeLessThan(28);
    }
  });

  it('refuses the hips of a pelvis of which only the tops of the heads were scanned', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'calcar-vhf-'));
    try {
      execFileSync('tar', ['xf', join(data, 'vhf-pelvis/vhf-pelvis.tar.xz'), '-C', folder]);
      const { volume } = await openVolume(folder);
      for (const hip of bothOf(volume)) {
        expect(reasonOf(hip)).toMatch(/is cut off: the scan ends \d mm (below|above) the centre/);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('finds no hip in an upper abdomen', async () => {
    const { volume } = await openVolume(join(data, 'totalsegmentator/example_ct_dicom'));
    for (const hip of bothOf(volume)) expect(reasonOf(hip)).toContain('No femoral head');
  });
});

/** The head's medial half in a femur's mask is a half ball: its extents give the centre. */
function headOfMask({ size, spacing, origin, direction, hounsfield }: Volume, label: number): number[] {
  const points: [number, number, number][] = [];
  for (let k = 0, n = 0; k < size[2]; k++) {
    for (let j = 0; j < size[1]; j++) {
      for (let i = 0; i < size[0]; i++, n++) {
        if (hounsfield[n] !== label) continue;
        const index = [i * spacing[0], j * spacing[1], k * spacing[2]];
        const along = (axis: number): number =>
          index.reduce((sum, part, column) => sum + part * direction[3 * column + axis]!, origin[axis]!);
        points.push([along(0), along(1), along(2)]);
      }
    }
  }
  const side = label === 75 ? 1 : -1;
  const medial = Math.min(...points.map(([x]) => side * x));
  const half = points.filter(([x]) => side * x < medial + 21);
  const extent = (axis: 1 | 2): [number, number] => {
    const values = half.map((point) => point[axis]);
    return [Math.min(...values), Math.max(...values)];
  };
  const [front, back] = extent(1);
  const [bottom, top] = extent(2);
  const radius = (back - front + top - bottom) / 4;
  return [side * (medial + radius), (front + back) / 2, (bottom + top) / 2];
}
