/**
 * `npm run films:page -- OUT.png [--beside-real]`: a page of simulated films, each named by what it was built as.
 * With `--beside-real` it sets them beside the real hip film and radiographs of the real CTs in `../shared/data`;
 * that page is for looking only and may not be passed on.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PNG } from 'pngjs';
import { blend, createCanvas, drawText } from '../electron/cli/picture/canvas.ts';
import { letteringFace } from '../electron/cli/picture/lettering/lettering.ts';
import { resample, type Greys } from '../electron/cli/picture/resample.ts';
import { mm } from '../electron/contract/units.ts';
import { openRadiograph, renderDisplay } from '../electron/dicom/index.ts';
import { sampleExposure, sampleLook } from '../electron/drr/exposure.ts';
import { exposeFilm, filmMaximum, type Film } from '../electron/drr/film.ts';
import { anteroposterior } from '../electron/drr/geometry.ts';
import { projectMaterials } from '../electron/drr/projector.ts';
import { simulateFilms, type SimulationPlan } from '../electron/learning/simulation/simulate.ts';
import { seeded } from '../electron/random/random.ts';
import { openVolume } from '../electron/volume/open.ts';
import type { Volume } from '../electron/volume/volume.ts';

interface Picture {
  readonly title: string;
  readonly greys: Greys;
}

const pageSeed = 40_000;
/** All grades, whole hips, an implant, and a fracture that is not of the neck. */
const plans: readonly (Pick<SimulationPlan, 'grades' | 'findings' | 'views'> & { readonly title: string })[] =
  [
    { title: 'No fracture', grades: { left: 'none', right: 'none' }, views: ['pelvis'] },
    { title: 'Garden I, left', grades: { left: 'I', right: 'none' }, views: ['left'] },
    { title: 'Garden II, right', grades: { left: 'none', right: 'II' }, views: ['right'] },
    { title: 'Garden III, left', grades: { left: 'III', right: 'none' }, views: ['pelvis'] },
    { title: 'Garden IV, right', grades: { left: 'none', right: 'IV' }, views: ['right'] },
    { title: 'No fracture', grades: { left: 'none', right: 'none' }, views: ['left'] },
    { title: 'Garden I, right', grades: { left: 'none', right: 'I' }, views: ['pelvis'] },
    { title: 'Garden III, right', grades: { left: 'none', right: 'III' }, views: ['right'] },
    { title: 'Garden IV, left', grades: { left: 'IV', right: 'none' }, views: ['pelvis'] },
    { title: 'Garden II, left', grades: { left: 'II', right: 'none' }, views: ['pelvis'] },
    {
      title: 'Sliding hip screw, left',
      grades: { left: 'none', right: 'none' },
      findings: { left: { implant: 'sliding-hip-screw' } },
      views: ['pelvis'],
    },
    {
      title: 'Pertrochanteric fracture, right',
      grades: { left: 'none', right: 'none' },
      findings: { right: { condition: 'pertrochanteric' } },
      views: ['right'],
    },
  ];

const columns = 4;
const cell = { width: 380, height: 380, caption: 26, gap: 10 };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'beside-real': { type: 'boolean', default: false } },
});
const [out] = positionals;
if (out === undefined) {
  console.error('Say where the page goes: npm run films:page -- films.png');
  process.exit(2);
}
const pictures = plans.map(simulated);
if (values['beside-real']) pictures.push(...(await real()));
writeFileSync(out, page(pictures));
console.log(`${String(pictures.length)} films on ${out}.`);

function simulated({ title, ...plan }: (typeof plans)[number], n: number): Picture {
  const { films } = simulateFilms(seeded(pageSeed + n), { style: 'clinic', ...plan });
  return { title, greys: greysOf(films[0]!.film) };
}

function greysOf({ rows, columns: width, pixels }: Film): Greys {
  return { rows, columns: width, greys: Uint8Array.from(pixels, (value) => (255 * value) / filmMaximum) };
}

/** The real films and CTs that are there, named as what they are. */
async function real(): Promise<Picture[]> {
  const data = new URL('../../shared/data/', import.meta.url).pathname;
  const found: Picture[] = [];
  const hip = join(data, 'nema-wg04/REF/RG2_UNC');
  if (existsSync(hip)) {
    const opened = await openRadiograph(readFileSync(hip), 'RG2');
    const { rows, columns: width } = opened.description;
    found.push({
      title: 'REAL film (frog-leg)',
      greys: { rows, columns: width, greys: renderDisplay(opened) },
    });
  }
  const nail = join(data, 'totalsegmentator/example_ct.nii.gz');
  if (existsSync(nail)) found.push(...radiographs((await openVolume(nail)).volume, 'REAL CT, 3 mm, nail'));
  const pelvis = join(data, 'vhf-pelvis/vhf-pelvis.tar.xz');
  if (existsSync(pelvis)) {
    const folder = mkdtempSync(join(tmpdir(), 'calcar-page-'));
    try {
      execFileSync('tar', ['-xf', pelvis, '-C', folder]);
      found.push(...radiographs((await openVolume(folder)).volume, 'REAL CT, 1 mm'));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return found;
}

/** The whole volume on one film, in both looks. */
function radiographs(volume: Volume, title: string): Picture[] {
  return (['clinic', 'drr'] as const).map((style) => {
    const random = seeded(pageSeed);
    const exposure = sampleExposure(random.stream('exposure'), style);
    const spacing = mm(0.5);
    const extent = volume.size.map((n, axis) => n * volume.spacing[axis]!);
    const magnification = exposure.sourceToImageDistance / exposure.sourceToObjectDistance;
    const pixels = (length: number): number => Math.floor((length * magnification) / spacing);
    const d = volume.direction;
    const half = volume.size.map((n, axis) => ((n - 1) / 2) * volume.spacing[axis]!);
    const centre = (row: number): number =>
      volume.origin[row]! + d[3 * row]! * half[0]! + d[3 * row + 1]! * half[1]! + d[3 * row + 2]! * half[2]!;
    const geometry = anteroposterior({
      isocentre: [mm(centre(0)), mm(centre(1)), mm(centre(2))],
      sourceToImageDistance: exposure.sourceToImageDistance,
      sourceToObjectDistance: exposure.sourceToObjectDistance,
      rows: pixels(extent[2]!),
      columns: pixels(extent[0]!),
      spacing,
    });
    const integrals = projectMaterials(volume, geometry, { beyondEnds: 'air' });
    const film = exposeFilm(
      integrals,
      exposure,
      sampleLook(random.stream('look'), style),
      random.stream('noise'),
    );
    return { title: `${title}, ${style} look`, greys: greysOf(film) };
  });
}

function page(all: readonly Picture[]): Uint8Array {
  const face = letteringFace('body');
  const rows = Math.ceil(all.length / columns);
  const stepX = cell.width + cell.gap;
  const stepY = cell.height + cell.caption + cell.gap;
  const canvas = createCanvas(columns * stepX + cell.gap, rows * stepY + cell.gap);
  all.forEach(({ title, greys }, n) => {
    const x = cell.gap + (n % columns) * stepX;
    const y = cell.gap + Math.floor(n / columns) * stepY;
    const small = resample(greys, Math.min(cell.width / greys.columns, cell.height / greys.rows));
    const left = x + Math.floor((cell.width - small.columns) / 2);
    small.greys.forEach((grey, i) =>
      blend(canvas, left + (i % small.columns), y + Math.floor(i / small.columns), [grey, grey, grey], 1),
    );
    const simulatedWord = title.startsWith('REAL') ? title : `${title} (simulated)`;
    drawText(canvas, face, simulatedWord, x, y + cell.height + 4, [220, 220, 220]);
  });
  const { width, height, data } = canvas;
  const png = new PNG({ width, height });
  png.data = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  // Greys alone: a third of the bytes.
  return PNG.sync.write(png, { colorType: 0 });
}
