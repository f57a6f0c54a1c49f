/**
 * `node --expose-gc benchmarks/peers/memory.ts VOXELS PIXELS THREADS`: what projecting needs beside the volume, in bytes:
 * the peak of the process's resident memory, less what it held with the volume in memory and threads already started.
 * Earlier pictures are collected, so that one is held at a time.
 */
import { mm } from '../../electron/contract/units.ts';
import { anteroposterior } from '../../electron/drr/geometry.ts';
import { openProjector } from '../../electron/drr/openProjector.ts';
import { ball, detectorSide, sourceToDetector, sourceToIsocentre } from './ball.ts';

const [voxels, pixels, threads] = process.argv.slice(2).map(Number) as [number, number, number];
const geometry = (count: number) =>
  anteroposterior({
    isocentre: [mm(0), mm(0), mm(0)],
    sourceToImageDistance: mm(sourceToDetector),
    sourceToObjectDistance: mm(sourceToIsocentre),
    rows: count,
    columns: count,
    spacing: mm(detectorSide / count),
  });
const peak = (): number => 1024 * process.resourceUsage().maxRSS;

const volume = ball(voxels);
const small = await openProjector(ball(8), { backend: 'cpu', threads });
await small.project(geometry(8));
await small.close();
const before = peak();
const projector = await openProjector(volume, { backend: 'cpu', threads });
for (let n = 0; n < 3; n++) {
  await projector.project(geometry(pixels));
  (globalThis as { gc?: () => void }).gc?.();
}
const after = peak();
await projector.close();
console.log(JSON.stringify({ volume: volume.hounsfield.byteLength, more: after - before }));
