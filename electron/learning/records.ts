/** What is kept of a training beside its weights, and the model card that is written from it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { CalcarError } from '../contract/errors.ts';
import {
  evaluationReport,
  filmLooks,
  type Estimate,
  type EvaluationReport,
  type SimulatedLook,
} from '../contract/evaluation.ts';
import { modelFiles } from '../../models/index.ts';

export const networks = ['localizer', 'classifier'] as const;
export type NetworkName = (typeof networks)[number];

const count = z.number().int().nonnegative();
export const trainingRecord = z.strictObject({
  network: z.enum(networks),
  /** The command line that makes these weights again. */
  command: z.string(),
  seed: count,
  patients: z.strictObject({ learn: count, tune: count }),
  /** Films for the localizer, hips for the classifier. */
  examples: z.strictObject({ learn: count, tune: count }),
  learned: count,
  batchSize: count,
  learningRate: z.number(),
  epochs: z.array(
    z.strictObject({ epoch: count, trainingLoss: z.number(), tuningLoss: z.number(), summary: z.string() }),
  ),
  bestEpoch: count,
  minutes: z.number(),
  backend: z.string(),
  weights: z.strictObject({ bytes: count, sha256: z.string() }),
});
export type TrainingRecord = z.infer<typeof trainingRecord>;

const recordFile = (network: NetworkName): string => `${network}.training.json`;
const evaluationFile = (look: SimulatedLook): string => `evaluation.${look}.json`;
/** What a person has to add to the card, in Markdown; may be absent. */
const notesFile = 'notes.md';

export function saveRecord(folder: string, record: TrainingRecord): void {
  writeFileSync(join(folder, recordFile(record.network)), `${JSON.stringify(record, null, 2)}\n`);
}

export function saveEvaluation(folder: string, report: EvaluationReport): void {
  writeFileSync(join(folder, evaluationFile(report.look)), `${JSON.stringify(report, null, 2)}\n`);
}

/** Writes the model card from what the folder holds. @throws CalcarError 'invalid-input' for a damaged record */
export function writeCard(folder: string): void {
  const records = networks.map((network) => load(join(folder, recordFile(network)), trainingRecord));
  const evaluations = filmLooks.map((look) => load(join(folder, evaluationFile(look)), evaluationReport));
  const notes = join(folder, notesFile);
  const card = modelCard(
    records.filter((record) => record !== null),
    evaluations.filter((evaluation) => evaluation !== null),
  );
  const added = existsSync(notes) ? `\n## Notes\n\n${readFileSync(notes, 'utf8')}` : '';
  writeFileSync(join(folder, modelFiles.card), card + added);
}

function load<T>(path: string, shape: z.ZodType<T>): T | null {
  if (!existsSync(path)) return null;
  try {
    return shape.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new CalcarError(
      'invalid-input',
      `The training record ${path} is damaged. Train that network again, or take the file from the repository.`,
      cause,
    );
  }
}

const firstLine =
  'Trained on simulated radiographs only; not for clinical use. No radiograph of a patient was used, and nothing here says how these models answer on one.';

export function modelCard(
  records: readonly TrainingRecord[],
  evaluations: readonly EvaluationReport[],
): string {
  const lines = [
    firstLine,
    '',
    '# Calcar phantom models 2',
    '',
    'A localizer that finds the hips of an anteroposterior hip or pelvis radiograph, and a classifier that sorts each',
    'into no fracture seen, Garden I-II, or Garden III-IV.',
    '',
    '## Data',
    '',
    'Parametric phantoms of pelvis and femora (`electron/phantom`) through a simulated X-ray system (`electron/drr`).',
    'Labels are true by construction. Patients for learning, tuning and testing have seeds from ranges that never meet.',
    'Those for learning and tuning have 1.2 mm voxels and 0.50 to 0.56 mm pixels, those for testing 1 mm and 0.40 to',
    '0.45 mm. In learning both hips of a patient may be broken; in testing one at most. Films have the varied look of',
    'departments; two more of each patient to learn from have the plain look of DRRs. One hip in twelve to learn from has',
    'an implant or another injury: the localizer learns its box, the classifier never sees it. Training mirrors, turns,',
    'scales and shifts each picture a little and varies its gamma and noise.',
    '',
    '## Made by',
    '',
    '```',
    ...(records[0] === undefined
      ? []
      : [
          `calcar dataset --learn ${records[0].patients.learn} --tune ${records[0].patients.tune} --test ${evaluations[0]?.patients ?? 150}`,
        ]),
    ...records.map(({ command }) => command),
    ...evaluations.map(
      ({ patients, look }) => `calcar evaluate --patients ${patients} --look ${look} --save`,
    ),
    '```',
    '',
    ...records.flatMap(trainingLines),
    ...evaluations.flatMap(evaluationLines),
    '## Known limits',
    '',
    '- Phantoms differ from patients in ways that can be named (`docs/simulation.md`) and in ways that cannot.',
    '- Implants, other fractures and dislocations are not among the three classes; the models do not refuse them yet.',
    '- Anteroposterior views only. Lateral and frog-leg views are outside what the models have seen.',
    '- Grade is what the phantom was built as; human readers of real films agree on it only moderately.',
    '- The network follows the text of Mutasa et al. (J Digit Imaging 2020); its tables are not public, so widths are a',
    '  reconstruction.',
    '',
  ];
  return lines.join('\n');
}

function trainingLines(record: TrainingRecord): string[] {
  const best = record.epochs.find(({ epoch }) => epoch === record.bestEpoch);
  const unit = record.network === 'localizer' ? 'films' : 'hips';
  return [
    `## ${record.network === 'localizer' ? 'Localizer' : 'Classifier'}`,
    '',
    `- ${record.learned.toLocaleString('en')} learned numbers; weights ${(record.weights.bytes / 1e6).toFixed(1)} MB, SHA-256 \`${record.weights.sha256}\``,
    `- ${record.examples.learn} ${unit} of ${record.patients.learn} patients to learn, ${record.examples.tune} of ${record.patients.tune} to choose the epoch`,
    `- Nadam, learning rate ${record.learningRate} falling to 0, L2 1e-4, moving average 0.999, batch ${record.batchSize}, seed ${record.seed}`,
    `- ${record.epochs.length} epochs in ${record.minutes.toFixed(0)} minutes (${record.backend}); epoch ${record.bestEpoch} kept${best === undefined ? '' : `: ${best.summary} on the tuning patients`}`,
    '',
  ];
}

const lookHeadings: Record<SimulatedLook, string> = {
  clinic: '## Held-out simulated test: films as departments make them',
  drr: '## Held-out simulated test: the same patients in the plain look of DRRs',
};

function evaluationLines({ look, localizer, classifier, ...report }: EvaluationReport): string[] {
  return [
    lookHeadings[look],
    '',
    `${report.films} films of ${report.patients} patients (seeds ${report.seeds.first} to ${report.seeds.last}, never used in training), ${report.hips} hips, read end to end. 95 % intervals.`,
    '',
    '| measure | value |',
    '| --- | --- |',
    `| mean box overlap (IoU) | ${ratio(localizer.meanOverlap)} |`,
    `| hips found | ${percent(localizer.foundHips)} |`,
    `| boxes where no hip is | ${localizer.falseBoxes} |`,
    `| side right | ${percent(localizer.rightSide)} |`,
    `| three-class top-1 | ${percent(classifier.topOne)} |`,
    `| three-class top-1, by patient | ${percent(classifier.topOneByPatient)} |`,
    `| balanced accuracy | ${percent(classifier.balancedAccuracy)} |`,
    `| mean one-versus-rest accuracy (the paper's measure) | ${percent(classifier.meanOneVersusRest)} |`,
    ...classifier.byGroup.map(
      ({ group, hips, right }) => `| right among ${group} (${hips}) | ${percent(right)} |`,
    ),
    ...classifier.byGrade.map(
      ({ grade, hips, right }) => `| right among grade ${grade} (${hips}) | ${percent(right)} |`,
    ),
    '',
    'Rows are truth (none, I-II, III-IV), columns the answer (none, I-II, III-IV, not found):',
    '',
    '```',
    ...classifier.confusion.map((row) => row.map((n) => String(n).padStart(5)).join('')),
    '```',
    '',
  ];
}

/** "85.2 % (81.0 to 88.9)" */
export function percent(value: Estimate | null): string {
  if (value === null) return 'none to count';
  const [p, low, high] = [value.estimate, value.low, value.high].map((share) => (100 * share).toFixed(1));
  return `${p!} % (${low!} to ${high!})`;
}

/** "0.871 (0.862 to 0.880)" */
export function ratio(value: Estimate): string {
  return `${value.estimate.toFixed(3)} (${value.low.toFixed(3)} to ${value.high.toFixed(3)})`;
}
