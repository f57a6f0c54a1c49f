/**
 * `npm run bench:read [-- --json]`: from the grey values of a one-hip film to its finding, on every backend
 * that loads, with decoding and saliency apart. Medians over runs. The paper's system took 22 s.
 */
import { readFile } from 'node:fs/promises';
import { chooseBackend } from '../electron/compute/backend.ts';
import type { BackendName } from '../electron/contract/doctor.ts';
import { CalcarError } from '../electron/contract/errors.ts';
import type { GreyImage } from '../electron/contract/image.ts';
import { filmTagsOf } from '../electron/contract/reading.ts';
import { openRadiograph, toGreyImage } from '../electron/dicom/index.ts';
import { createReader } from '../electron/reading/reader.ts';
import { demoFilm } from '../electron/station/demoFilms.ts';
import { loadModels } from '../models/index.ts';

interface Row {
  readonly case: string;
  readonly ours_s: number;
  /** Nothing on the same machine does the same. */
  readonly peer: null;
  readonly peer_s: null;
  readonly ratio: null;
}

/** Seconds for localize and classify that Calcar promises on two cores. */
const bounds: Partial<Record<BackendName, number>> = { tensorflow: 0.05, wasm: 0.15 };
const runs = 21;
/** Number of the demo patient whose film shows one hip. */
const oneHipPatient = 3;
/** A simulated film has a third of a clinical film's pixels along each side. */
const clinicalScale = 3;

const rows: Row[] = [];
const add = (name: string, seconds: number) =>
  rows.push({ case: name, ours_s: seconds, peer: null, peer_s: null, ratio: null });

const { bytes, fileName } = demoFilm(oneHipPatient);
add('decode', await medianSeconds(() => openRadiograph(bytes, fileName)));
const film = await openRadiograph(bytes, fileName);
const tags = filmTagsOf(film.description);
const small = toGreyImage(film);
const images = [small, enlarged(small, clinicalScale)];

const verdicts: string[] = [];
for (const name of Object.keys(bounds) as BackendName[]) {
  try {
    await chooseBackend({ force: name });
  } catch (error) {
    if (!(error instanceof CalcarError)) throw error;
    verdicts.push(`${name}: ${error.message}`);
    continue;
  }
  const models = await loadModels((file) => readFile(new URL(`../models/weights/${file}`, import.meta.url)));
  const reader = createReader(models);
  for (const image of images) {
    const { hips } = await reader.read(image, tags);
    if (hips[0] === undefined) throw new Error('The models found no hip on the benchmark film.');
    const size = `${image.columns} × ${image.rows}`;
    const seconds = await medianSeconds(() => reader.read(image, tags));
    add(`localize + classify, ${name}, ${size}`, seconds);
    const { box } = hips[0];
    add(`saliency, ${name}, ${size}`, await medianSeconds(() => reader.saliency(image, box)));
    const isMet = seconds <= bounds[name]!;
    verdicts.push(
      `${name}, ${size}: ${milliseconds(seconds)} of at most ${milliseconds(bounds[name]!)}: ${isMet ? 'met' : 'not met'}`,
    );
  }
  models.dispose();
}

if (process.argv.includes('--json')) console.log(JSON.stringify({ rows }));
else {
  for (const row of rows) console.log(`${row.case.padEnd(48)}${milliseconds(row.ours_s).padStart(10)}`);
  console.log(`\nMedian of ${runs} runs.\n${verdicts.join('\n')}`);
}

/** Median wall time after two runs that warm caches and compilers. */
async function medianSeconds(work: () => Promise<unknown>): Promise<number> {
  await work();
  await work();
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    await work();
    times.push((performance.now() - start) / 1000);
  }
  return times.sort((a, b) => a - b)[runs >> 1]!;
}

/** Every pixel as scale × scale of itself. */
function enlarged(image: GreyImage, scale: number): GreyImage {
  const columns = image.columns * scale;
  const values = new Float32Array(columns * image.rows * scale);
  for (let i = 0; i < values.length; i++) {
    const row = Math.floor(Math.floor(i / columns) / scale);
    values[i] = image.values[row * image.columns + Math.floor((i % columns) / scale)]!;
  }
  return { rows: image.rows * scale, columns, values };
}

function milliseconds(seconds: number): string {
  return `${(seconds * 1000).toFixed(1)} ms`;
}
