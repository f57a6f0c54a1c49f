/**
 * `node benchmarks/webgpu.ts [--software]`: the WebGPU projector with the volume resident; `bench:drr` prints the same
 * lines. A software adapter is measured only when it is asked for, on a small case: its times say nothing about a
 * graphics card.
 */
import { mm } from '../electron/contract/units.ts';
import { anteroposterior } from '../electron/drr/geometry.ts';
import { openWebgpuProjector } from '../electron/drr/webgpuProjector.ts';
import { ball, detectorSide, sourceToDetector, sourceToIsocentre } from './peers/ball.ts';

interface Case {
  readonly voxels: number;
  readonly pixels: number;
}

const rounds = 9;

/** A line a case: what it ran on and its times; or one line that says that there is no adapter. */
export async function webgpuLines(cases: readonly Case[], software = false): Promise<string[]> {
  const lines: string[] = [];
  for (const one of cases) {
    const line = await measure(one, software);
    if (line === null) return ['WebGPU: no graphics processor on this machine, so nothing was measured.'];
    lines.push(line);
  }
  return lines;
}

async function measure({ voxels, pixels }: Case, software: boolean): Promise<string | null> {
  const volume = ball(voxels);
  const begun = performance.now();
  const projector = await openWebgpuProjector(volume, { software });
  if (projector === null) return null;
  const opened = performance.now() - begun;
  const geometry = anteroposterior({
    isocentre: [mm(0), mm(0), mm(0)],
    sourceToImageDistance: mm(sourceToDetector),
    sourceToObjectDistance: mm(sourceToIsocentre),
    ...{ rows: pixels, columns: pixels, spacing: mm(detectorSide / pixels) },
  });
  const walls: number[] = [];
  const devices: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await projector.project(geometry, { beyondEnds: 'air' });
    walls.push(performance.now() - start);
    const time = projector.deviceTime();
    if (time !== null) devices.push(time);
  }
  await projector.close();
  const onDevice = devices.length === 0 ? 'no clock on the device' : `${ms(median(devices))} on the device`;
  return `WebGPU, ${String(voxels)}³ to ${String(pixels)}², ${projector.detail}: ${ms(median(walls))} a picture with the volume resident, ${onDevice}; ${ms(opened)} to open and upload.`;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 0)} ms`;
}

if (import.meta.main) {
  const software = process.argv.includes('--software');
  const cases = software
    ? [{ voxels: 128, pixels: 256 }]
    : [
        { voxels: 256, pixels: 512 },
        { voxels: 512, pixels: 1024 },
      ];
  for (const line of await webgpuLines(cases, software)) console.log(line);
}
