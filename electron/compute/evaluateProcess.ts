/**
 * The evaluation process: reads the test films of one snapshot with one model, writes the report and ends. It says on
 * its output, a line of JSON each time, how many patients are done, and at last why it failed if it did.
 */
import { evaluateModel } from '../learning/evaluation/evaluateModel.ts';
import { loadTrainedReader } from '../learning/loadTrainedModels.ts';
import { openSnapshot } from '../learning/snapshots/snapshot.ts';
import { toWireError } from '../contract/errors.ts';
import { chooseBackend } from './backend.ts';
import { evaluationArguments, type EvaluationLine } from './startEvaluation.ts';

const say = (line: EvaluationLine): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

try {
  const { models, snapshot, out, software, prevalence, keepConfidence } = evaluationArguments.parse(
    JSON.parse(process.argv[2] ?? '{}'),
  );
  const opened = openSnapshot(snapshot);
  const backend = await chooseBackend();
  await evaluateModel({
    models,
    reader: await loadTrainedReader(models),
    snapshot: opened,
    out,
    backend: backend.name,
    software,
    prevalence,
    keepConfidence: keepConfidence === true,
    report: (done, of) => say({ done, of }),
  });
} catch (error) {
  console.error(error);
  say({ error: toWireError(error) });
  process.exitCode = 1;
}
// Threads of a backend must not keep it alive.
process.exit();
