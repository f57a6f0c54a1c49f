/** What is kept of a training beside its weights, and the model card that is written from it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { CalcarError } from '../../contract/errors.ts';
import { networkName, networkNames, recipe, type NetworkName } from '../../contract/recipe.ts';
import { patientKey, study, type Study } from '../../contract/snapshot.ts';
import { runEpoch } from '../../contract/training.ts';
import { modelFiles } from '../../../models/index.ts';
import { writeDurably, writeJsonDurably } from './durableFile.ts';
import { evaluationCard } from '../evaluation/evaluateCard.ts';

const count = z.number().int().nonnegative();
const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** What is known of a training: enough to make it again, and to know later whom its model has seen. */
export const trainingRecord = z.strictObject({
  format: z.literal(2),
  name: z.string(),
  network: networkName,
  /** The command line that makes these weights again. */
  command: z.string(),
  /** Version of Calcar. */
  software: z.string(),
  backend: z.string(),
  snapshot: z.strictObject({ name: z.string(), hash, study }),
  recipe,
  /** Weights that the training started from; null when it started from random ones. */
  start: z
    .strictObject({
      sha256: hash,
      /** False when nothing says whom those weights learned from. */
      known: z.boolean(),
      /** Layers that those weights did not fit, which began at random, and why. */
      left: z.array(z.string()).default([]),
    })
    .nullable(),
  /** Whom the weights learned from, and who chose among epochs; those of the weights at the start included. */
  patients: z.strictObject({ learn: z.array(patientKey), tune: z.array(patientKey) }),
  /** Films for the localizer, hips for the classifier. */
  examples: z.strictObject({ learn: count, tune: count }),
  learned: count,
  epochs: z.array(runEpoch),
  bestEpoch: count,
  minutes: z.number(),
  finishedAt: z.iso.datetime(),
  weights: z.strictObject({ bytes: count, sha256: hash }),
});
export type TrainingRecord = z.infer<typeof trainingRecord>;

/** Beside the weights. */
export const recordFile = (network: NetworkName): string => `${network}.training.json`;
/** What a person has to add to the card, in Markdown; may be absent. */
const notesFile = 'notes.md';

/** @throws CalcarError 'disk-full', 'read-only' */
export function saveRecord(folder: string, record: TrainingRecord): void {
  writeJsonDurably(join(folder, recordFile(record.network)), record);
}

/**
 * The record of a network in a models' folder; null where there is none, or one of a Calcar that did not write
 * down whom it learned from.
 *
 * @throws CalcarError 'invalid-input' for a damaged record
 */
export function readRecord(folder: string, network: NetworkName): TrainingRecord | null {
  const path = join(folder, recordFile(network));
  if (!existsSync(path)) return null;
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const isOlder = typeof value === 'object' && value !== null && !('format' in value);
    return isOlder ? null : trainingRecord.parse(value);
  } catch (cause) {
    throw new CalcarError(
      'invalid-input',
      `The training record ${path} is damaged. Train that network again, or take the file from where the model came from.`,
      cause,
    );
  }
}

/** Writes the model card from what the folder holds. @throws CalcarError 'invalid-input' for a damaged record */
export function writeCard(folder: string): void {
  const records = networkNames.flatMap((network) => readRecord(folder, network) ?? []);
  const notes = join(folder, notesFile);
  const card = modelCard(records, evaluationCard(folder));
  const added = existsSync(notes) ? `\n## Notes\n\n${readFileSync(notes, 'utf8')}` : '';
  writeDurably(join(folder, modelFiles.card), [Buffer.from(card + added)]);
}

/** Every screen shows it under the models' answers. */
const firstLines: Record<Study, string> = {
  'simulated study':
    'Trained on simulated radiographs only; not for clinical use. No radiograph of a patient was used, and nothing here says how these models answer on one.',
  'real films':
    'Trained on films that people labelled at a station; not for clinical use. Nobody has tested it but where it was made, and its answers hold at most for films like those.',
};

/** @param evaluations Markdown of how the models were tested */
export function modelCard(records: readonly TrainingRecord[], evaluations: readonly string[]): string {
  const names = [...new Set(records.map(({ name }) => name))];
  const isReal = records.some(({ snapshot }) => snapshot.study === 'real films');
  const lines = [
    firstLines[isReal ? 'real films' : 'simulated study'],
    '',
    `# ${names.length === 0 ? 'Unnamed models' : names.join(' and ')}`,
    '',
    'A localizer that finds the hips of an anteroposterior hip or pelvis radiograph, and a classifier that sorts each',
    'into no fracture seen, Garden I-II, or Garden III-IV.',
    '',
    ...(isReal ? [] : simulatedData),
    '## Made by',
    '',
    '```',
    ...records.map(({ command }) => command),
    '```',
    '',
    ...records.flatMap(trainingLines),
    ...evaluations,
    '## Known limits',
    '',
    ...(isReal ? [] : simulatedLimits),
    '- Implants, other fractures and dislocations are not among the three classes; the models do not refuse them yet.',
    '- Anteroposterior views only. Lateral and frog-leg views are outside what the models have seen.',
    '- The network follows the text of Mutasa et al. (J Digit Imaging 2020); its tables are not public, so widths are a',
    '  reconstruction.',
    '',
  ];
  return lines.join('\n');
}

const simulatedData = [
  '## Data',
  '',
  'Parametric phantoms of pelvis and femora (`electron/phantom`) through a simulated X-ray system (`electron/drr`).',
  'Labels are true by construction. Patients for learning, tuning and testing have seeds from ranges that never meet.',
  'Those for learning and tuning have 1.2 mm voxels and 0.50 to 0.56 mm pixels, those for testing 1 mm and 0.40 to',
  '0.45 mm. In learning both hips of a patient may be broken; in testing one at most. Films have the varied look of',
  'departments; two more of each patient to learn from have the plain look of DRRs. One hip in twelve to learn from has',
  'an implant or another injury: the localizer learns its box, the classifier never sees it.',
  '',
];

const simulatedLimits = [
  '- Phantoms differ from patients in ways that can be named (`docs/simulation.md`) and in ways that cannot.',
  '- Grade is what the phantom was built as; human readers of real films agree on it only moderately.',
];

function trainingLines(record: TrainingRecord): string[] {
  const { recipe: asked, snapshot, patients, examples, epochs, bestEpoch, weights } = record;
  const best = epochs.find(({ epoch }) => epoch === bestEpoch);
  const measures = Object.entries(best?.measures ?? {}).map(([name, value]) => `${name} ${value.toFixed(3)}`);
  const unit = record.network === 'localizer' ? 'films' : 'hips';
  const shape = asked.shape === null ? '' : ` (${asked.shape.architecture}, ${asked.shape.size})`;
  return [
    `## ${record.network === 'localizer' ? 'Localizer' : 'Classifier'}${shape}`,
    '',
    `- ${record.learned.toLocaleString('en')} learned numbers; weights ${(weights.bytes / 1e6).toFixed(1)} MB, SHA-256 \`${weights.sha256}\``,
    `- Snapshot "${snapshot.name}" (${snapshot.study}), SHA-256 \`${snapshot.hash}\``,
    `- ${examples.learn} ${unit} of ${patients.learn.length} patients to learn, ${examples.tune} of ${patients.tune.length} to choose the epoch`,
    ...(record.start === null ? [] : [startLine(record.start)]),
    `- Nadam, learning rate ${asked.learningRate} (${asked.schedule}), L2 ${asked.l2}, moving average ${asked.averageDecay}, batch ${asked.batchSize}, seed ${asked.seed}`,
    `- ${epochs.length} epochs in ${record.minutes.toFixed(0)} minutes (${record.backend}); epoch ${bestEpoch} kept: ${measures.join(', ')} on the tuning patients`,
    '',
  ];
}

function startLine({ sha256, left }: NonNullable<TrainingRecord['start']>): string {
  const line = `- Started from the weights with SHA-256 \`${sha256}\``;
  return left.length === 0 ? line : `${line}, but for layers that began at random: ${left.join('; ')}`;
}
