import { Command } from 'commander';
import { chooseBackend } from '../compute/backend.ts';
import type { QueueStudy } from '../contract/queue.ts';
import { queueStudyOf } from '../learning/queue/study.ts';
import { openSnapshot } from '../learning/snapshots/snapshot.ts';
import { stationVersion } from '../station/version.ts';
import { wholeNumber } from './numbers.ts';
import { print, printJson, terminalWidth } from './output.ts';
import { createProgress } from './progress.ts';
import { paragraph } from './reportText.ts';
import { formatTable } from './table.ts';

interface StudyOptions {
  readonly on: string;
  readonly repeats: number;
  readonly seed: number;
  readonly json?: true;
}

export const queueStudyCommand = new Command('study')
  .description(
    'simulate how many labels the queue saves against random order, on a snapshot of simulated films',
  )
  .argument('<model>', 'folder with weights whose features stay frozen')
  .requiredOption(
    '--on <folder>',
    'the snapshot: its tuning patients wait for labels, its test patients judge',
  )
  .option('--repeats <n>', 'stations to simulate', wholeNumber(2), 100)
  .option('--seed <n>', 'seed of every draw', wholeNumber(0), 1)
  .option('--json', 'print the study as JSON (schema queueStudy of electron/contract/queue.ts)')
  .action(async (model: string, { on, repeats, seed, json }: StudyOptions) => {
    const snapshot = openSnapshot(on);
    await chooseBackend();
    const progress = createProgress();
    try {
      const study = await queueStudyOf({
        models: model,
        snapshot,
        repeats,
        seed,
        software: stationVersion,
        report: (what, done, of) => progress.step(what, done, of),
      });
      progress.end();
      if (json) printJson(study);
      else print(inWords(study));
    } finally {
      progress.end();
    }
  });

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function inWords(study: QueueStudy): string {
  const labels = study.curves[0]?.points.map((point) => point.labels) ?? [];
  const curves = formatTable(
    [{ title: 'Films labelled', align: 'right' }, ...study.curves.map(({ order }) => ({ title: order }))],
    labels.map((count, i) => ({
      cells: [String(count), ...study.curves.map(({ points }) => percent(points[i]?.accuracy ?? NaN))],
    })),
    terminalWidth(),
  );
  const saved = formatTable(
    [{ title: 'Order' }, { title: 'Films saved' }, { title: '95 of 100 repeats' }],
    study.saved.map(({ order, share, low, high }) => ({
      cells: [order, percent(share), `${percent(low)} to ${percent(high)}`],
    })),
    terminalWidth(),
  );
  return [
    paragraph(study.warning),
    paragraph(
      `${String(study.repeats)} repeats; ${String(study.pool.hips)} hips of ${String(study.pool.patients)} patients to label, ${String(study.test.hips)} hips of ${String(study.test.patients)} patients to judge with. What learns: ${study.learner}. Balanced accuracy:`,
    ),
    curves,
    saved,
    paragraph(study.sentence),
  ].join('\n\n');
}
