/**
 * `node benchmarks/webgpu.ts [--software]`: the WebGPU projector with the volume resident. A software adapter is
 * measured only when it is asked for, on a small case, and its times say nothing about a graphics card.
 */
import { mm } from '../electron/contract/units.ts';
import { anteroposterior } from '../electron/drr/geometry.ts';
import { openWebgpuProjector } from '../electron/drr/webgpuProjector.ts';
import { seeded } from '../electron/random/random.ts';
import type { Volume } from '../electron/volume/volume.ts';
import { alignedDirection } from '../electron/volume/volume.ts';

const pictures = 9;

/** A grainy ball of muscle with a dense core, `size` voxels and 256 mm across. */
function ball(size: number): Volume {
  const random = seeded(0xd44);
  const hounsfield = new Int16Array(new SharedArrayBuffer(2 * size ** 3)).fill(-1000);
  const middle = (size - 1) / 2;
  for (let k = 0, n = 0; k < size; k++) {
    for (let j = 0; j < size; j++) {
      for (let i = 0; i < size; i++, n++) {
        const radius = Math.hypot(i - middle, j - middle, k - middle) / (middle - 2);
        if (radius < 1) hounsfield[n] = (radius < 0.3 ? 900 : 50) + random.integer(20);
      }
    }
  }
  const spacing = mm(256 / size);
  const first = mm(-middle * spacing);
  return {
    size: [size, size, size],
    spacing: [spacing, spacing, spacing],
    origin: [first, first, first],
    direction: alignedDirection,
    hounsfield,
  };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`;

/** What it ran on and the times of one case, for a person; null where there is no adapter. */
async function measure(size: number, pixels: number, software: boolean): Promise<string | null> {
  const volume = ball(size);
  const begun = performance.now();
  const projector = await openWebgpuProjector(volume, { software });
  if (projector === null) return null;
  const opened = performance.now() - begun;
  const geometry = anteroposterior({
    isocentre: [mm(0), mm(0), mm(0)],
    sourceToImageDistance: mm(1150),
    sourceToObjectDistance: mm(1000),
    rows: pixels,
    columns: pixels,
    spacing: mm(400 / pixels),
  });
  const walls: number[] = [];
  const devices: number[] = [];
  for (let n = 0; n < pictures; n++) {
    const start = performance.now();
    await projector.project(geometry, { beyondEnds: 'air' });
    walls.push(performance.now() - start);
    const time = projector.deviceTime();
    if (time !== null) devices.push(time);
  }
  const { detail } = projector;
  await projector.close();
  const onDevice =
    devices.length === 0 ? 'no clock on the device' : `${ms(median(devices))} of it on the device`;
  return `WebGPU, ${size}³ to ${pixels}², ${detail}: ${ms(median(walls))} a picture, ${onDevice}; ${ms(opened)} to open and upload.`;
}

const software = process.argv.includes('--software');
const cases = software
  ? ([[128, 256]] as const)
  : ([
      [256, 512],
      [512, 1024],
    ] as const);
for (const [size, pixels] of cases) {
  const line = await measure(size, pixels, software);
  if (line === null) {
    console.log('WebGPU: no graphics adapter on this machine, so nothing was measured.');
    break;
  }
  console.log(line);
}
