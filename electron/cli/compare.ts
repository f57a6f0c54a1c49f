import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { CalcarError } from '../contract/errors.ts';
import type { ComparisonReport } from '../contract/comparison.ts';
import type { Outcomes } from '../contract/evaluation.ts';
import { compareOutcomes } from '../learning/evaluation/compare.ts';
import { comparisonTables } from '../learning/evaluation/compareWords.ts';
import { saveComparison } from '../learning/evaluation/comparisonFiles.ts';
import { loadOutcomes, outcomesFile } from '../learning/evaluation/outcomes.ts';
import { evaluationsFolder, runEvaluation } from './evaluationRun.ts';
import { print, printJson } from './output.ts';
import { paragraph, tableInText } from './reportText.ts';

interface CompareOptions {
  readonly on?: string;
  readonly out?: string;
  readonly json?: boolean;
}

export const compareCommand = new Command('compare')
  .description('two models on the same test films: what differs, and whether chance would do as much')
  .argument('<first>', 'folder with weights, or with the outcomes of an evaluation, or an outcomes file')
  .argument('<second>', 'the same')
  .option('--on <folder>', 'the snapshot that folders with weights are evaluated on')
  .option('--out <folder>', 'where the report goes; in the data folder without it')
  .option('--json', 'print the report as JSON')
  .action(async (first: string, second: string, { on, out, json }: CompareOptions) => {
    const one = await outcomesOf(first, on);
    const other = await outcomesOf(second, on);
    const report = compareOutcomes(one, other);
    const page = saveComparison(
      out ??
        join(
          evaluationsFolder(),
          [one.model.hash, other.model.hash, one.snapshot.hash].map((hash) => hash.slice(0, 12)).join('-'),
        ),
      report,
    );
    if (json === true) printJson(report);
    else print(inWords(report, page));
  });

/** @throws CalcarError 'not-found', 'invalid-input' for weights without a snapshot, and as the evaluation does */
async function outcomesOf(place: string, on: string | undefined): Promise<Outcomes> {
  if (!existsSync(place))
    throw new CalcarError('not-found', `There is no model and no evaluation at ${place}.`);
  if (statSync(place).isFile()) return loadOutcomes(place);
  const path = join(place, outcomesFile);
  if (existsSync(path)) return loadOutcomes(path);
  if (on === undefined)
    throw new CalcarError(
      'invalid-input',
      `Nothing was evaluated in ${place} yet, and no snapshot was named. Say which one with --on.`,
    );
  const { folder } = await runEvaluation(place, { on, prevalence: 0.1 });
  return loadOutcomes(join(folder, outcomesFile));
}

function inWords(report: ComparisonReport, page: string): string {
  const { warning, first, second, snapshot, hips, films, patients, leftOut, verdict } = report;
  return [
    ...(warning === null ? [] : [paragraph(warning)]),
    paragraph(
      `First: ${first.name} (${first.hash.slice(0, 12)}). Second: ${second.name} (${second.hash.slice(0, 12)}). On '${snapshot.name}': ${hips} hips on ${films} films of ${patients} patients that both have read.`,
    ),
    ...(leftOut === 0 ? [] : [paragraph(`${leftOut} films that only one has read were left out.`)]),
    paragraph(verdict),
    ...comparisonTables(report).map(tableInText),
    paragraph(`The same as a page: ${page}`),
  ].join('\n\n');
}
