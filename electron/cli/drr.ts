import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { DrrOutput } from '../contract/cli.ts';
import {
  degrees,
  type Degrees,
  type KilovoltPeak,
  kilovoltPeak,
  type MilliampereSeconds,
  milliampereSeconds,
  mm,
} from '../contract/units.ts';
import { type BatchVolume, renderBatch } from '../learning/simulation/renderBatch.ts';
import { readPicture, simulatedPatient } from '../learning/simulation/renderBatchFiles.ts';
import { stationVersion } from '../station/version.ts';
import { exitCodes } from './exitCodes.ts';
import { positiveNumber, wholeNumber } from './numbers.ts';
import { print, printJson, tell } from './output.ts';
import { drawDrr } from './picture/drr.ts';
import { createProgress } from './progress.ts';

const grades = ['none', 'I', 'II', 'III', 'IV'] as const;
type Grade = (typeof grades)[number];

interface DrrOptions {
  readonly views: number;
  readonly seed: number;
  readonly out: string;
  readonly hip: 'left' | 'right' | 'both';
  readonly style: 'drr' | 'clinic';
  readonly kvp?: KilovoltPeak;
  readonly mas?: MilliampereSeconds;
  readonly rotation?: Degrees;
  readonly left?: Grade;
  readonly right?: Grade;
  readonly size: number;
  readonly pixel: number;
  readonly workers: number;
  readonly png?: true;
  readonly json?: true;
}

const gradeOption = (side: 'left' | 'right'): Option =>
  new Option(`--${side} <grade>`, `what the ${side} hip shows, where it is known`).choices(grades);

export const drrCommand = new Command('drr')
  .description(
    'turn a CT into many different radiographs of its hips, each with its box and label; goes on where it stopped',
  )
  .argument(
    '<volume>',
    'a folder of DICOM slices, a NIfTI, MetaImage or NRRD file, or a patient of calcar phantom',
  )
  .option('--views <number>', 'radiographs of each hip', wholeNumber(1), 10)
  .option('--seed <number>', 'the same seed gives the same bytes', wholeNumber(0), 1)
  .option('--out <folder>', 'where to put them: an empty folder, or one to go on with', 'drr')
  .addOption(
    new Option('--hip <side>', 'which hip').choices(['left', 'right', 'both'] as const).default('both'),
  )
  .addOption(
    new Option('--style <look>', 'drr: plain, as the paper made them; clinic: as departments take them')
      .choices(['drr', 'clinic'] as const)
      .default('drr'),
  )
  .option('--kvp <kV>', 'hold the tube voltage fast, 50 to 120', ranged('kV', 50, 120, kilovoltPeak))
  .option('--mas <mAs>', 'hold the charge fast, 0.5 to 500', ranged('mAs', 0.5, 500, milliampereSeconds))
  .option(
    '--rotation <degrees>',
    'hold the rotation of the leg fast, -45 to 45; outward is positive',
    ranged('degrees', -45, 45, degrees),
  )
  .addOption(gradeOption('left'))
  .addOption(gradeOption('right'))
  .option('--size <pixels>', 'rows and columns', wholeNumber(64), 512)
  .option('--pixel <mm>', 'edge of a pixel at the detector', positiveNumber, 0.4)
  .option('--workers <threads>', 'radiographs at a time', wholeNumber(1), availableParallelism())
  .option('--png', 'write a preview of each beside it')
  .option('--json', 'print the result as JSON (schema drrOutput of electron/contract/cli.ts)')
  .addHelpText(
    'after',
    `
Each radiograph is a DICOM file, marked as simulated, and a JSON file of what it shows and how it was made
(schema drrPicture of electron/contract/cli.ts). What the options do not hold fast varies from one to the next:
body size, kVp, mAs, distances, rotation of the leg, angulation, place of the patient and of the detector.`,
  )
  .action(async (path: string, options: DrrOptions) => {
    const start = performance.now();
    const result = await runDrr(path, options);
    const output: DrrOutput = { ...result, seconds: (performance.now() - start) / 1000 };
    if (options.json) printJson(output);
    else {
      for (const sentence of [...output.notes, ...output.refused.map(({ reason }) => reason)]) tell(sentence);
      if (output.pictures.length > 0) print(summary(output));
    }
    process.exitCode = output.refused.length > 0 ? exitCodes.incomplete : exitCodes.done;
  });

/** A number in a range, as a quantity. */
function ranged<Quantity>(
  unit: string,
  least: number,
  most: number,
  quantity: (value: number) => Quantity,
): (text: string) => Quantity {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= least && value <= most)) {
      throw new InvalidArgumentError(`Give ${String(least)} to ${String(most)} ${unit}.`);
    }
    return quantity(value);
  };
}

async function runDrr(path: string, options: DrrOptions): Promise<Omit<DrrOutput, 'seconds'>> {
  const { views, seed, out, hip, style, size, pixel, workers } = options;
  const progress = createProgress();
  try {
    const { pictures, made, refused, notes } = await renderBatch(
      {
        volumes: [volumeOf(path, options)],
        sides: hip === 'both' ? ['left', 'right'] : [hip],
        views,
        seed,
        style,
        film: { rows: size, columns: size, spacing: mm(pixel) },
        held: {
          ...(options.kvp === undefined ? {} : { tubeVoltage: options.kvp }),
          ...(options.mas === undefined ? {} : { charge: options.mas }),
          ...(options.rotation === undefined ? {} : { hipRotation: options.rotation }),
        },
        folder: out,
        workers,
        software: stationVersion,
      },
      {
        report: ({ done, of, secondsLeft }) => {
          const left = secondsLeft === null ? '' : `, ${Math.ceil(secondsLeft)} s left`;
          progress.step(`Simulating radiographs${left}`, Math.min(done, of - 1), of);
        },
      },
    );
    if (options.png) {
      for (const [n, name] of pictures.entries()) {
        progress.step('Drawing previews', n, pictures.length);
        await writeFile(join(out, `${name}.png`), drawDrr(await readPicture(out, name)));
      }
    }
    return {
      folder: out,
      pictures: [...pictures],
      made,
      refused: refused.map(({ side, reason }) => ({ side, reason })),
      notes: [...notes],
    };
  } finally {
    progress.end();
  }
}

function volumeOf(path: string, { left, right }: DrrOptions): BatchVolume {
  const patient = simulatedPatient(path);
  if (patient !== null) return { kind: 'file', path: patient.ct, hips: patient.hips };
  const labels = { ...(left === undefined ? {} : { left }), ...(right === undefined ? {} : { right }) };
  return { kind: 'file', path, labels };
}

function summary({ folder, pictures, made, seconds }: DrrOutput): string {
  const count = pictures.length === 1 ? '1 simulated radiograph' : `${pictures.length} simulated radiographs`;
  const before = made === pictures.length ? '' : `, ${pictures.length - made} of them from before`;
  return `${count} in ${folder}${before}, ${seconds.toFixed(0)} s.`;
}
