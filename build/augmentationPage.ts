/**
 * `npm run augmentation:page -- SNAPSHOT OUT.png [--patient 0]`: one hip of a snapshot as the classifier sees it in
 * training, a row for each step of augmentation alone and rows for whole recipes.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { PNG } from 'pngjs';
import { blend, createCanvas, drawText } from '../electron/cli/picture/canvas.ts';
import { letteringFace } from '../electron/cli/picture/lettering/lettering.ts';
import type { Augmentation, StrongStep } from '../electron/contract/recipe.ts';
import { vary } from '../electron/learning/batches/augment.ts';
import { NoiseTable } from '../electron/learning/batches/augmentNoise.ts';
import { storedCrop } from '../electron/learning/batches/examples.ts';
import { readLearnPatient, stemOf } from '../electron/learning/snapshots/patientFiles.ts';
import {
  noAugmentation,
  paperRecipe,
  shippedRecipe,
  strongRecipe,
} from '../electron/learning/training/recipes.ts';
import { seeded } from '../electron/random/random.ts';
import { classifierSize } from '../electron/reading/prepare.ts';

interface Row {
  readonly title: string;
  readonly augmentation: Augmentation;
  /** Strong steps that every picture of the row gets; drawn where it is missing. */
  readonly steps?: ReadonlySet<StrongStep>;
}

const draws = 6;
const gap = 8;
const caption = 24;

const strongSteps = Object.keys(noAugmentation.strong) as StrongStep[];
const paper = paperRecipe('classifier').augmentation;
const rows: readonly Row[] = [
  { title: 'Nothing', augmentation: noAugmentation },
  {
    title: 'Rotation of the paper',
    augmentation: { ...noAugmentation, rotationDegrees: paper.rotationDegrees },
  },
  { title: 'Contrast of the paper', augmentation: { ...noAugmentation, contrast: paper.contrast } },
  { title: 'Noise of the paper', augmentation: { ...noAugmentation, noise: paper.noise } },
  ...strongSteps.map((step) => ({
    title: `Strong: ${step}`,
    augmentation: noAugmentation,
    steps: new Set([step]),
  })),
  { title: 'The paper', augmentation: paper },
  { title: 'Shipped', augmentation: shippedRecipe('classifier').augmentation },
  { title: 'Strong', augmentation: strongRecipe('classifier').augmentation },
  { title: 'Strong, more', augmentation: strongRecipe('classifier').augmentation },
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { patient: { type: 'string', default: '0' } },
});
const [snapshot, out] = positionals;
if (snapshot === undefined || out === undefined) {
  console.error('Say which snapshot and where the page goes: npm run augmentation:page -- data/set page.png');
  process.exit(2);
}
const crop = readLearnPatient(snapshot, stemOf('learn', Number(values.patient))).crops.at(0);
if (crop === undefined) {
  console.error('This patient has no hip of a class. Choose another with --patient.');
  process.exit(2);
}
const noise = new NoiseTable(seeded(1));
const face = letteringFace('body');
const step = classifierSize + gap;
const canvas = createCanvas(draws * step + gap, rows.length * (step + caption) + gap);
rows.forEach(({ title, augmentation, steps }, r) => {
  const y = gap + r * (step + caption);
  for (let draw = 0; draw < draws; draw++) {
    const random = seeded(100 * r + draw);
    const { input } = vary(storedCrop(crop.pixels), classifierSize, augmentation, random, noise, steps);
    const x = gap + draw * step;
    input.forEach((value, i) => {
      const grey = Math.round(255 * value);
      const at = [x + (i % classifierSize), y + Math.floor(i / classifierSize)] as const;
      blend(canvas, ...at, [grey, grey, grey], 1);
    });
  }
  drawText(canvas, face, title, gap, y + classifierSize + 3, [220, 220, 220]);
});
const png = new PNG({ width: canvas.width, height: canvas.height });
png.data = Buffer.from(canvas.data.buffer, canvas.data.byteOffset, canvas.data.byteLength);
writeFileSync(out, PNG.sync.write(png, { colorType: 0 }));
console.log(`A hip of class ${crop.grade}, ${String(rows.length)} rows, on ${out}.`);
