/**
 * `npm run bench:batch [-- --count N --voxel MM --depth MM --size PX --style drr|clinic --workers N --json]`: 6,000 training
 * radiographs (the paper's number) from 45 volumes, from the seed to the files on disk: phantom, projection, film,
 * noise, DICOM and JSON. Fewer with --count, by whole volumes, and then said to be extrapolated.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { mm } from '../electron/contract/units.ts';
import { type BatchVolume, renderBatch } from '../electron/learning/simulation/renderBatch.ts';

const wanted = { pictures: 6000, volumes: 45 } as const;
const targetSeconds = 600;

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: String(wanted.pictures) },
    voxel: { type: 'string', default: '1.2' },
    depth: { type: 'string', default: '2.4' },
    size: { type: 'string', default: '512' },
    style: { type: 'string', default: 'drr' },
    workers: { type: 'string', default: String(availableParallelism()) },
    json: { type: 'boolean', default: false },
  },
});
const size = Number(values.size);
const workers = Number(values.workers);
const voxel = Number(values.voxel);
const depthStep = mm(Number(values.depth));
const style = values.style === 'clinic' ? 'clinic' : 'drr';
/** Of each hip; a volume has two. */
const views = Math.ceil(wanted.pictures / wanted.volumes / 2);
const volumeCount = Math.min(
  wanted.volumes,
  Math.max(1, Math.round((Number(values.count) / wanted.pictures) * wanted.volumes)),
);
/** Both hips fill the same field whatever the pixels: 205 mm at the detector. */
const spacing = (512 * 0.4) / size;

const grades = ['none', 'I', 'II', 'III', 'IV'] as const;
const volumes = Array.from({ length: volumeCount }, (_, n): BatchVolume => ({
  kind: 'phantom',
  seed: 4500 + n,
  grades: { left: grades[n % 5]!, right: 'none' },
  voxel,
}));

const folder = mkdtempSync(join(tmpdir(), 'calcar-bench-'));
try {
  const load = loadavg()[0]!;
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  const { pictures } = await renderBatch({
    volumes,
    sides: ['left', 'right'],
    views,
    seed: 1,
    style,
    depthStep,
    film: { rows: size, columns: size, spacing: mm(spacing) },
    folder,
    workers,
    software: 'benchmark',
  });
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const coreSeconds = (user + system) / 1e6;
  const count = pictures.length;
  const all = (seconds / count) * wanted.pictures;
  const result = {
    measured: count,
    volumes: volumeCount,
    workers,
    size,
    spacing_mm: spacing,
    voxel_mm: voxel,
    voxel_depth_mm: depthStep,
    style,
    seconds,
    pictures_per_second: count / seconds,
    core_ms_per_picture: (1000 * coreSeconds) / count,
    peak_resident_mb: process.resourceUsage().maxRSS / 1024,
    written_mb: readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0) / 1e6,
    seconds_for_6000: all,
    extrapolated: volumeCount < wanted.volumes,
    cores: cpus().length,
    load_before: load,
  };
  if (values.json) console.log(JSON.stringify(result));
  else print(result);
} finally {
  rmSync(folder, { recursive: true });
}

function print(result: {
  measured: number;
  seconds: number;
  pictures_per_second: number;
  core_ms_per_picture: number;
  peak_resident_mb: number;
  written_mb: number;
  seconds_for_6000: number;
  extrapolated: boolean;
  cores: number;
  load_before: number;
}): void {
  const minutes = result.seconds_for_6000 / 60;
  const how = result.extrapolated ? `extrapolated from ${result.measured}` : 'measured';
  const verdict = result.seconds_for_6000 <= targetSeconds ? 'within' : 'over';
  console.log(
    [
      `${result.measured} radiographs of ${size} × ${size} pixels (${spacing.toFixed(2)} mm), style ${style},`,
      `from ${volumeCount} phantoms with ${voxel} mm voxels (${depthStep} mm along the beam), ${workers} worker threads on ${result.cores} cores`,
      `  time                  ${result.seconds.toFixed(1)} s, ${result.pictures_per_second.toFixed(2)} a second`,
      `  core time             ${result.core_ms_per_picture.toFixed(0)} ms a radiograph, phantoms included`,
      `  peak resident memory  ${result.peak_resident_mb.toFixed(0)} MB, all threads`,
      `  written               ${result.written_mb.toFixed(0)} MB`,
      `  6,000 from 45         ${minutes.toFixed(1)} minutes (${how}), ${verdict} the 10 minutes asked for`,
      `  load before the run   ${result.load_before.toFixed(2)}: anything above 0.2 slows it down`,
    ].join('\n'),
  );
}
