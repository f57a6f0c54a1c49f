/**
 * `node webgpuScenarios.ts NAME`: one scenario of webgpuProjector.test.ts, in a process of its own, because a driver is
 * chosen by the environment that a process starts with. Prints what it found as JSON and ends by itself.
 */
import { globals } from 'webgpu';
import { CalcarError } from '../../contract/errors.ts';
import { degrees, mm } from '../../contract/units.ts';
import { seeded } from '../../random/random.ts';
import type { Volume } from '../../volume/volume.ts';
import { alignedDirection } from '../../volume/volume.ts';
import { anteroposterior } from '../geometry.ts';
import type { ConeBeamGeometry } from '../geometry.ts';
import { openProjector } from '../openProjector.ts';
import { projectMaterials } from '../projector.ts';
import type { LineIntegrals, ProjectionOptions } from '../projector.ts';
import { tissueMixture } from '../tissue.ts';
import { openWebgpuProjector } from '../webgpuProjector.ts';
import type { WebgpuProjector } from '../webgpuProjector.ts';

/** How far two pictures are apart, each tissue by its own highest mass. */
export interface Difference {
  readonly case: string;
  readonly highest: number;
  readonly most: number;
  readonly mean: number;
}

type Triple = readonly [number, number, number];

function volumeOf(size: Triple, spacing: Triple, fill: (i: number, j: number, k: number) => number): Volume {
  const [nx, ny, nz] = size;
  const hounsfield = new Int16Array(new SharedArrayBuffer(2 * nx * ny * nz));
  for (let k = 0, n = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) for (let i = 0; i < nx; i++, n++) hounsfield[n] = fill(i, j, k);
  }
  const first = (axis: 0 | 1 | 2) => mm((-(size[axis] - 1) / 2) * spacing[axis]);
  return {
    size,
    spacing: [mm(spacing[0]), mm(spacing[1]), mm(spacing[2])],
    origin: [first(0), first(1), first(2)],
    direction: alignedDirection,
    hounsfield,
  };
}

/** Skin to skin: fat, grainy muscle, a dense core, a rod of metal and air around, cut off at both ends of k. */
function thigh(size: Triple, spacing: Triple, seed: number): Volume {
  const random = seeded(seed);
  const [cx, cy] = [(size[0] - 1) / 2, (size[1] - 1) / 2];
  return volumeOf(size, spacing, (i, j) => {
    const radius = Math.hypot((i - cx) / (cx - 2), (j - cy) / (cy - 2));
    if (radius > 1) return -1000;
    if (radius > 0.85) return -100 + random.integer(20);
    if (i > cx * 1.3 && i < cx * 1.4 && j > cy) return 12_000 + random.integer(20_000);
    return Math.round((radius < 0.3 ? 700 : 50) + random.normal(0, radius < 0.3 ? 400 : 40));
  });
}

interface Pose {
  readonly craniocaudal?: number;
  readonly axial?: number;
  readonly rows?: number;
  readonly columns?: number;
  readonly spacing?: number;
}

const view = ({
  craniocaudal = 0,
  axial = 0,
  rows = 64,
  columns = 72,
  spacing = 5,
}: Pose): ConeBeamGeometry =>
  anteroposterior({
    isocentre: [mm(3.3), mm(-2.1), mm(4.7)],
    sourceToImageDistance: mm(1150),
    sourceToObjectDistance: mm(1000),
    rows,
    columns,
    spacing: mm(spacing),
    craniocaudalAngle: degrees(craniocaudal),
    axialAngle: degrees(axial),
    detectorRoll: degrees(4),
  });

function difference(name: string, wanted: Float32Array, got: Float32Array): Difference {
  let [highest, most, sum] = [0, 0, 0];
  wanted.forEach((mass, n) => {
    const apart = Math.abs(mass - got[n]!);
    highest = Math.max(highest, mass);
    most = Math.max(most, apart);
    sum += apart;
  });
  return { case: name, highest, most: most / highest, mean: sum / wanted.length / highest };
}

const bothTissues = (name: string, wanted: LineIntegrals, got: LineIntegrals): Difference[] => [
  difference(`${name}, soft`, wanted.soft, got.soft),
  difference(`${name}, bone`, wanted.bone, got.bone),
];

async function opened(volume: Volume): Promise<WebgpuProjector> {
  const projector = await openWebgpuProjector(volume, { software: true });
  if (projector === null) throw new Error('no WebGPU adapter, not even a software one');
  return projector;
}

/** The CPU's and the GPU's picture of many views of two volumes. */
async function compare(): Promise<Difference[]> {
  const [c, s] = [Math.cos(0.4), Math.sin(0.4)];
  const volumes = {
    aligned: thigh([90, 70, 60], [2.5, 3, 4], 1),
    turned: { ...thigh([61, 83, 47], [3.1, 2.3, 4.7], 2), direction: [c, 0, -s, 0, 1, 0, s, 0, c] } as const,
    // Axes a little off the right angle, as decimals in a header leave them.
    sheared: {
      ...thigh([40, 50, 30], [5, 4, 6], 3),
      direction: [1, 0.003, 0, 0, 1, 0, 0, 0, 0.999],
    } as const,
    floats: {
      ...volumeOf([40, 40, 40], [4, 4, 4], () => 0),
      hounsfield: Float32Array.from({ length: 64_000 }, (_, n) => ((n * 7919) % 2000) - 500 + 0.37),
    },
  };
  const poses: Record<string, Pose> = {
    straight: {},
    oblique: { craniocaudal: 17, axial: -23 },
    lateral: { axial: 90 },
    'steep, along the third axis': { craniocaudal: 70, axial: 10 },
  };
  const manners = [
    ['air', 'exact'],
    ['continued', 'exact'],
    ['air', 'trilinear'],
    ['continued', 'trilinear'],
  ] as const;
  const found: Difference[] = [];
  for (const [body, volume] of Object.entries(volumes)) {
    const projector = await opened(volume);
    for (const [pose, angles] of Object.entries(poses)) {
      for (const [beyondEnds, interpolation] of manners) {
        const options: ProjectionOptions = { beyondEnds, interpolation };
        const geometry = view({ ...angles, rows: 40, columns: 45, spacing: 8 });
        const name = `${body}, ${pose}, ${beyondEnds}, ${interpolation}`;
        found.push(
          ...bothTissues(
            name,
            projectMaterials(volume, geometry, options),
            await projector.project(geometry, options),
          ),
        );
      }
    }
    await projector.close();
  }
  return found;
}

/** Chords of a box of muscle, by the slab method, and nothing else. */
async function chords(): Promise<Difference> {
  const volume = volumeOf([40, 30, 20], [2.5, 3, 4], () => 40);
  const projector = await opened(volume);
  const geometry = view({ craniocaudal: 17, axial: -23, rows: 48, columns: 56 });
  const { soft } = await projector.project(geometry, { beyondEnds: 'air' });
  await projector.close();
  const perMillimetre = tissueMixture(40).soft / 10;
  const wanted = soft.map((_, pixel) => {
    const u = ((pixel % 56) + 0.5 - 28) * geometry.columnSpacing;
    const v = (Math.floor(pixel / 56) + 0.5 - 24) * geometry.rowSpacing;
    let [enter, leave, square] = [0, 1, 0];
    for (const axis of [0, 1, 2] as const) {
      const from = geometry.source[axis];
      const along =
        geometry.detectorCentre[axis] +
        u * geometry.columnDirection[axis] +
        v * geometry.rowDirection[axis] -
        from;
      const half = [50, 45, 40][axis]!;
      const [a, b] = [(-half - from) / along, (half - from) / along];
      enter = Math.max(enter, Math.min(a, b));
      leave = Math.min(leave, Math.max(a, b));
      square += along * along;
    }
    return Math.max(0, leave - enter) * Math.sqrt(square) * perMillimetre;
  });
  return difference('box', wanted, soft);
}

/** Parts of a picture and a picture in many submissions against the picture in one. */
async function parts(): Promise<{ rowsSame: boolean; bands: Difference[]; repeats: boolean }> {
  const volume = thigh([90, 70, 60], [2.5, 3, 4], 3);
  const projector = await opened(volume);
  const geometry = view({ axial: 11 });
  const whole = await projector.project(geometry);
  const lower = await projector.project(geometry, { rowRange: { first: 37, end: 59 } });
  const again = await projector.project(geometry);
  // 1.5 million rays of 220 faces and more are two submissions; most of them pass beside the body.
  const large = view({ rows: 1500, columns: 1000, spacing: 4 });
  const options: ProjectionOptions = { rowRange: { first: 3, end: 1499 }, beyondEnds: 'air' };
  const bands = bothTissues(
    'bands',
    projectMaterials(volume, large, options),
    await projector.project(large, options),
  );
  await projector.close();
  const same = (a: Float32Array, b: Float32Array) => a.every((mass, n) => mass === b[n]);
  return {
    rowsSame:
      same(lower.soft, whole.soft.subarray(37 * 72, 59 * 72)) &&
      same(lower.bone, whole.bone.subarray(37 * 72, 59 * 72)),
    bands,
    repeats: same(whole.soft, again.soft) && same(whole.bone, again.bone),
  };
}

/** Volumes one after another and side by side, one of them of air; calls that overlap; a call after closing. */
async function volumes(): Promise<{ differences: Difference[]; air: boolean; afterClose: string }> {
  const geometry = view({});
  const differences: Difference[] = [];
  for (let n = 0; n < 6; n++) {
    const volume = thigh([40 + n, 30, 20], [5, 6, 8], n);
    const projector = await opened(volume);
    differences.push(
      ...bothTissues(`after ${n}`, projectMaterials(volume, geometry), await projector.project(geometry)),
    );
    await projector.close();
  }
  const bodies = [thigh([50, 40, 30], [4, 4, 6], 8), thigh([30, 40, 50], [6, 4, 4], 9)];
  const projectors = await Promise.all(bodies.map(opened));
  const pictures = await Promise.all(
    projectors.flatMap((projector) => [projector.project(geometry), projector.project(geometry)]),
  );
  pictures.forEach((picture, n) => {
    const wanted = projectMaterials(bodies[n >> 1]!, geometry);
    differences.push(...bothTissues(`beside ${n}`, wanted, picture));
  });
  await Promise.all(projectors.map((projector) => projector.close()));
  const nothing = await opened(volumeOf([9, 9, 9], [9, 9, 9], () => -1000));
  const air = (await nothing.project(geometry)).soft.every((mass) => mass === 0);
  await nothing.close();
  return { differences, air, afterClose: await refusal(nothing.project(geometry)) };
}

/** The device is destroyed under a projector, as a driver's reset does it. */
async function loss(): Promise<{ underway: string; next: Difference[]; closing: string }> {
  const devices: GPUDevice[] = [];
  const { prototype } = (globals as { GPUAdapter: { prototype: GPUAdapter } }).GPUAdapter;
  const request = Reflect.get(prototype, 'requestDevice');
  prototype.requestDevice = async function (this: GPUAdapter, ...wanted) {
    const device = await request.apply(this, wanted);
    devices.push(device);
    return device;
  };
  const volume = thigh([40, 30, 20], [5, 6, 8], 4);
  const projector = await opened(volume);
  const geometry = view({});
  await projector.project(geometry);
  const broken = projector.project(geometry);
  // A turn later the picture has been asked for.
  await Promise.resolve();
  devices.at(-1)!.destroy();
  const underway = await refusal(broken);
  const next = bothTissues('next', projectMaterials(volume, geometry), await projector.project(geometry));
  const unfinished = projector.project(geometry);
  await Promise.resolve();
  await projector.close();
  return { underway, next, closing: await refusal(unfinished) };
}

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    return error instanceof CalcarError ? error.kind : String(error);
  }
}

/** What there is without asking for software, and with it. */
async function adapters(): Promise<{ unasked: boolean; name: string; clock: boolean }> {
  const volume = thigh([40, 30, 20], [5, 6, 8], 5);
  const unasked = await openWebgpuProjector(volume);
  await unasked?.close();
  const projector = await opened(volume);
  await projector.project(view({}));
  await projector.close();
  return {
    unasked: unasked !== null && unasked.software,
    name: projector.detail,
    clock: projector.deviceTime() !== null,
  };
}

/** Where no driver is installed. */
async function none(): Promise<{ chosen: string; asked: string }> {
  const volume = thigh([9, 9, 9], [9, 9, 9], 6);
  const projector = await openProjector(volume);
  await projector.close();
  return { chosen: projector.name, asked: await refusal(openProjector(volume, { backend: 'webgpu' })) };
}

/** What is chosen where there is software only, and where there is a processor, which the software passes itself off as. */
async function choice(): Promise<Record<string, string>> {
  const volume = thigh([40, 30, 20], [5, 6, 8], 7);
  const tooLong = volumeOf([3000, 2, 2], [0.1, 9, 9], () => 40);
  const chosen = async (body: Volume, backend: 'auto' | 'webgpu'): Promise<string> => {
    const projector = await openProjector(body, { backend, threads: 1 });
    await projector.project(view({}));
    await projector.close();
    return `${projector.name}: ${projector.detail}`;
  };
  const asked = await chosen(volume, 'webgpu');
  const askedTooLong = await refusal(openProjector(tooLong, { backend: 'webgpu' }));
  const software = await chosen(volume, 'auto');
  const { prototype } = (globals as { GPUAdapterInfo: { prototype: GPUAdapterInfo } }).GPUAdapterInfo;
  Object.defineProperty(prototype, 'isFallbackAdapter', { get: () => false });
  const processor = await chosen(volume, 'auto');
  return { asked, askedTooLong, software, processor, tooLong: await chosen(tooLong, 'auto') };
}

const scenarios: Record<string, () => Promise<unknown>> = {
  compare,
  chords,
  parts,
  volumes,
  loss,
  adapters,
  choice,
  none,
};
const scenario = scenarios[process.argv[2] ?? ''];
if (scenario !== undefined) console.log(JSON.stringify(await scenario()));
