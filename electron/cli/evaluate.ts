import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import type { EvaluationReport } from '../contract/evaluation.ts';
import { saveEvaluation } from '../learning/evaluation/evaluateCard.ts';
import { pageFile } from '../learning/evaluation/evaluateModel.ts';
import { tablesOf, untoldSubgroups } from '../learning/evaluation/evaluateTables.ts';
import { membersInWords } from '../learning/evaluation/evaluateWords.ts';
import { writeCard } from '../learning/training/records.ts';
import { runEvaluation, type EvaluationAsked } from './evaluationRun.ts';
import { exitCodes } from './exitCodes.ts';
import { print, printJson, tell } from './output.ts';
import { paragraph, tableInText } from './reportText.ts';
import { shippedModels } from './train.ts';

interface EvaluateOptions extends EvaluationAsked {
  readonly json?: boolean;
}

export const evaluateCommand = new Command('evaluate')
  .description(
    'read the test films of a snapshot end to end and say how well, every number with its interval',
  )
  .argument('[model]', 'folder with the weights', shippedModels)
  .requiredOption('--on <folder>', 'the snapshot')
  .option('--out <folder>', 'where the report goes; in the data folder without it')
  .option(
    '--prevalence <share>',
    'share of broken hips that predictive values are given for',
    prevalence,
    0.1,
  )
  .option('--again', 'read the films even where that was done before')
  .option(
    '--save',
    'keep the report and how sure the models are beside the weights, and write it into the model card',
  )
  .option('--json', 'print the report as JSON')
  .action(async (model: string, options: EvaluateOptions) => {
    const { report, wasRead, folder } = await runEvaluation(model, options);
    if (options.save === true) {
      saveEvaluation(model, report);
      writeCard(model);
    }
    if (!wasRead) tell('These films were read before; the statistics were made again of what was read.');
    if (options.json === true) printJson(report);
    else print(inWords(report, join(folder, pageFile)));
    if (!report.consistency.holds) process.exitCode = exitCodes.internal;
  });

/** The share of a population, strictly between nobody and everybody. */
function prevalence(text: string): number {
  const share = Number(text);
  if (!(share > 0 && share < 1)) throw new InvalidArgumentError('Give a share between 0 and 1, such as 0.1.');
  return share;
}

function inWords(report: EvaluationReport, page: string): string {
  const { warning, model, snapshot, independence, consistency, errors } = report;
  const untold = untoldSubgroups(report);
  return [
    ...(warning === null ? [] : [paragraph(warning)]),
    paragraph(
      `${model.name} on '${snapshot.name}': ${membersInWords(report.test)}, read end to end on ${report.backend}. ${independence.sentence} Every interval is at 95 %.`,
    ),
    ...Object.values(tablesOf(report)).flat().map(tableInText),
    ...(untold === null ? [] : [paragraph(untold)]),
    paragraph(consistency.sentence),
    paragraph(`The ${errors.length} worst errors are shown as pictures in ${page}.`),
  ].join('\n\n');
}
