/**
 * `npm run bench:drr [-- --json] [-- --quick]`: line integrals beside plastimatch's exact projector and RTK's Joseph
 * projector, run in turns on the same cores with the same number of threads; memory; a training set's time; and the
 * steps from line integrals to a film. Medians over rounds. Peers are found on the PATH; CALCAR_PEERS_PYTHON names the
 * Python that has itk-rtk, and beside it plastimatch's wheel.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { degrees, mm } from '../electron/contract/units.ts';
import { sampleExposure, sampleLook } from '../electron/drr/exposure.ts';
import { exposeFilm } from '../electron/drr/film.ts';
import { anteroposterior } from '../electron/drr/geometry.ts';
import { openProjector } from '../electron/drr/openProjector.ts';
import { geometryOf, isPlastimatchInstalled, openPlastimatch } from '../electron/drr/testing/plastimatch.ts';
import { seeded } from '../electron/random/random.ts';
import { ball, ballSide, detectorSide, sourceToDetector, sourceToIsocentre } from './peers/ball.ts';
import { hasRtk, openRtk } from './peers/rtk.ts';
import { webgpuLines } from './webgpu.ts';

interface Row {
  readonly case: string;
  readonly ours_s: number;
  readonly peer: string | null;
  readonly peer_s: number | null;
  readonly ratio: number | null;
}

const asJson = process.argv.includes('--json');
const python = process.env['CALCAR_PEERS_PYTHON'] ?? 'python3';
const wheel = join(dirname(python), 'plastimatch');
const rows: Row[] = [];
const notes: string[] = [];

const plastimatches: { name: string; program: string }[] = [];
if (isPlastimatchInstalled())
  plastimatches.push({ name: 'plastimatch exact (PATH)', program: 'plastimatch' });
else notes.push('plastimatch is not installed (Debian: apt-get install plastimatch).');
if (existsSync(wheel) && isPlastimatchInstalled(wheel)) {
  plastimatches.push({ name: 'plastimatch exact (wheel)', program: wheel });
} else notes.push(`plastimatch's wheel is not installed (${python} -m pip install plastimatch).`);
const rtkIsThere = hasRtk(python);
if (!rtkIsThere) notes.push(`RTK is not installed (${python} -m pip install itk-rtk).`);

const cases = [
  { voxels: 256, pixels: 512, rounds: 9 },
  { voxels: 512, pixels: 1024, rounds: 5 },
];
const measured = process.argv.includes('--quick') ? cases.slice(0, 1) : cases;
for (const one of measured) await beside(one);
await trainingSet();
await film();
notes.push(...(await webgpuLines(measured)));

notes.push(
  `${String(availableParallelism())} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), load at the end ${loadavg()[0]!.toFixed(2)}: above the threads in use, others took part of the cores.`,
);
if (asJson) console.log(JSON.stringify({ rows, notes }));
else for (const note of notes) console.log(note);

/** Ours and every peer in turns, with one and with two threads. */
async function beside({ voxels, pixels, rounds }: (typeof cases)[number]): Promise<void> {
  const volume = ball(voxels);
  const view = {
    normal: [0, -1, 0],
    up: [0, 0, 1],
    isocentre: [mm(0), mm(0), mm(0)],
    ...{ sourceToIsocentre, sourceToDetector, rows: pixels, columns: pixels },
    pixelWidth: detectorSide / pixels,
    pixelHeight: detectorSide / pixels,
  } as const;
  const geometry = geometryOf(view);
  const written = plastimatches.length > 0 ? openPlastimatch(volume) : null;
  const rtk = rtkIsThere
    ? await openRtk(python, {
        ...{ voxels, pixels, volumeSide: ballSide, detectorSide, sourceToIsocentre, sourceToDetector },
      })
    : null;
  for (const threads of [1, 2]) {
    const name = `${String(voxels)}³ to ${String(pixels)}², ${String(threads)} thread${threads > 1 ? 's' : ''}`;
    const projector = await openProjector(volume, { backend: 'cpu', threads });
    const seconds = new Map<string, number[]>();
    const note = (who: string, value: number) => seconds.set(who, [...(seconds.get(who) ?? []), value]);
    const ours = async (): Promise<number> => {
      const begun = performance.now();
      await projector.project(geometry, { beyondEnds: 'air' });
      return (performance.now() - begun) / 1000;
    };
    const first = await ours();
    await ours();
    await rtk?.project(threads);
    for (let round = 0; round < rounds; round++) {
      note('ours', await ours());
      for (const { name: who, program } of plastimatches) {
        note(who, written!.drr(view, { threads, program }).seconds);
      }
      if (rtk !== null) note('RTK Joseph', await rtk.project(threads));
    }
    await projector.close();
    const [[, own], ...peers] = [...seconds] as [[string, number[]], ...[string, number[]][]];
    add(`soft tissue and bone, ${name}, first call`, first);
    if (peers.length === 0) add(`soft tissue and bone, ${name}`, median(own));
    for (const [who, times] of peers) {
      add(`soft tissue and bone, ${name}`, median(own), who, median(times));
    }
  }
  written?.close();
  await rtk?.close();
  const script = fileURLToPath(new URL('./peers/memory.ts', import.meta.url));
  const report = execFileSync(process.execPath, ['--expose-gc', script, String(voxels), String(pixels), '2']);
  const { volume: held, more } = JSON.parse(report.toString()) as { volume: number; more: number };
  say(
    `memory, ${String(voxels)}³ to ${String(pixels)}², 2 threads: ${mebibytes(more)} beside the volume's ${mebibytes(held)}, ${((100 * more) / held).toFixed(1)} %`,
  );
}

/** The paper's 6,000 pictures from 45 volumes, estimated from one volume's share of different poses. */
async function trainingSet(): Promise<void> {
  const volume = ball(256);
  const views = 24;
  const random = seeded(0x6000);
  const begun = performance.now();
  const projector = await openProjector(volume, { backend: 'cpu', threads: 2 });
  for (let n = 0; n < views; n++) {
    const geometry = anteroposterior({
      isocentre: [mm(0), mm(0), mm(0)],
      sourceToImageDistance: mm(sourceToDetector),
      sourceToObjectDistance: mm(random.between(900, 1050)),
      rows: 512,
      columns: 512,
      spacing: mm(detectorSide / 512),
      craniocaudalAngle: degrees(random.between(-15, 15)),
      axialAngle: degrees(random.between(-15, 15)),
      detectorRoll: degrees(random.between(-5, 5)),
    });
    const integrals = await projector.project(geometry);
    exposeFilm(integrals, sampleExposure(random, 'drr'), sampleLook(random, 'drr'), random);
  }
  await projector.close();
  const each = (performance.now() - begun) / 1000 / views;
  say(
    `6,000 films of 512² from 45 volumes of 256³, 2 threads: ${((6000 * each) / 60).toFixed(1)} minutes, from ${String(views)} views of one volume`,
  );
}

/** From line integrals to a film. */
async function film(): Promise<void> {
  const projector = await openProjector(ball(256), { backend: 'cpu', threads: 2 });
  const geometry = anteroposterior({
    isocentre: [mm(0), mm(0), mm(0)],
    sourceToImageDistance: mm(sourceToDetector),
    sourceToObjectDistance: mm(sourceToIsocentre),
    ...{ rows: 750, columns: 900, spacing: mm(0.45) },
  });
  const integrals = await projector.project(geometry);
  await projector.close();
  const random = seeded(0xf11);
  const exposure = sampleExposure(random, 'clinic');
  const look = sampleLook(random, 'clinic');
  const seconds = Array.from({ length: 7 }, () => {
    const begun = performance.now();
    exposeFilm(integrals, exposure, look, random);
    return (performance.now() - begun) / 1000;
  });
  add('film of 900 × 750 from line integrals', median(seconds.slice(2)));
}

function add(name: string, ours: number, peer: string | null = null, theirs: number | null = null): void {
  const ratio = theirs === null ? null : theirs / ours;
  rows.push({ case: name, ours_s: ours, peer, peer_s: theirs, ratio });
  const other = peer === null ? '' : `   ${peer} ${theirs!.toFixed(3)} s, ratio ${ratio!.toFixed(2)}`;
  if (!asJson) console.log(`${name.padEnd(62)}${ours.toFixed(3)} s${other}`);
}

function say(line: string): void {
  notes.push(line);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
