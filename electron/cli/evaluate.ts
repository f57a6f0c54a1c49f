import { Command, Option } from 'commander';
import { chooseBackend } from '../compute/backend.ts';
import { filmLooks, type EvaluationReport, type SimulatedLook } from '../contract/evaluation.ts';
import { buildDataset } from '../learning/dataset.ts';
import { evaluate } from '../learning/evaluate.ts';
import { loadTrainedModels } from '../learning/loadTrainedModels.ts';
import { percent, ratio, saveEvaluation, writeCard } from '../learning/records.ts';
import { testPatients } from '../learning/store.ts';
import { defaultDataFolder } from './dataset.ts';
import { wholeNumber } from './numbers.ts';
import { createProgress } from './progress.ts';
import { formatTable } from './table.ts';
import { shippedModels } from './train.ts';

interface EvaluateOptions {
  readonly data: string;
  readonly models: string;
  readonly patients: number;
  readonly look: SimulatedLook;
  readonly workers: number;
  readonly save?: boolean;
  readonly json?: boolean;
}

export const evaluateCommand = new Command('evaluate')
  .description('read held-out simulated films end to end and print how well, with 95 % intervals')
  .option('--data <folder>', 'the data set; held-out patients it lacks are made first', defaultDataFolder)
  .option('--models <folder>', 'weights to judge', shippedModels)
  .option('--patients <number>', 'held-out patients, two films each', wholeNumber(1), 150)
  .addOption(
    new Option('--look <look>', "films as departments make them, or in the DRRs' plain look")
      .choices(filmLooks)
      .default('clinic'),
  )
  .option('--workers <threads>', 'patients simulated at a time', wholeNumber(1), 2)
  .option('--save', 'write the result beside the weights and into the model card')
  .option('--json', 'print the report as JSON')
  .action(async ({ data, models: folder, patients, look, workers, save, json }: EvaluateOptions) => {
    const progress = createProgress();
    await buildDataset({ folder: data, learn: 0, tune: 0, test: patients }, workers, (done, of) =>
      progress.step('Simulating held-out patients', Math.min(done, of - 1), of),
    );
    const backend = await chooseBackend();
    const models = await loadTrainedModels(folder);
    const report = await evaluate(models, backend.name, look, testPatients(data, patients, look), (done) =>
      progress.step('Reading held-out films', Math.min(done, patients - 1), patients),
    );
    progress.end();
    if (save === true) {
      saveEvaluation(folder, report);
      writeCard(folder);
    }
    process.stdout.write(json === true ? `${JSON.stringify(report)}\n` : inWords(report));
  });

const lookInWords: Record<SimulatedLook, string> = {
  clinic: 'look of a department',
  drr: 'plain look of DRRs',
};

function inWords({ look, localizer, classifier, ...report }: EvaluationReport): string {
  const row = (measure: string, value: string): { cells: string[] } => ({ cells: [measure, value] });
  const measures = formatTable(
    [{ title: 'Measure' }, { title: 'Value (95 % interval)' }],
    [
      row('Mean box overlap (IoU)', ratio(localizer.meanOverlap)),
      row('Hips found', percent(localizer.foundHips)),
      row('Boxes where no hip is', String(localizer.falseBoxes)),
      row('Side right', percent(localizer.rightSide)),
      row('Three-class top-1', percent(classifier.topOne)),
      row('Three-class top-1, by patient', percent(classifier.topOneByPatient)),
      row('Balanced accuracy', percent(classifier.balancedAccuracy)),
      row('Mean one-versus-rest accuracy', percent(classifier.meanOneVersusRest)),
      ...classifier.byGroup.map(({ group, hips, right }) =>
        row(`Right among ${group} (${hips})`, percent(right)),
      ),
      ...classifier.byGrade.map(({ grade, hips, right }) =>
        row(`Right among grade ${grade} (${hips})`, percent(right)),
      ),
    ],
  );
  const confusion = formatTable(
    ['Truth', 'none', 'I-II', 'III-IV', 'not found'].map((title, i) => ({
      title,
      align: i === 0 ? ('left' as const) : ('right' as const),
    })),
    classifier.confusion.map((counts, i) => ({
      cells: [classifier.byGroup[i]!.group, ...counts.map(String)],
    })),
  );
  return `${report.warning}

${report.films} films in the ${lookInWords[look]} of ${report.patients} patients, ${report.hips} hips; seeds ${report.seeds.first} to ${report.seeds.last}; ${report.backend}, ${report.millisecondsPerFilm.toFixed(0)} ms a film.

${measures}

${confusion}
`;
}
