import { existsSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import type { ModelShelf, PromotionEvent, PromotionVerdict, ShelvedModel } from '../contract/models.ts';
import { CalcarError } from '../contract/errors.ts';
import { openStation, type OpenStation } from '../station/openStation.ts';
import { exitCodes } from './exitCodes.ts';
import { print, printJson } from './output.ts';
import { createProgress } from './progress.ts';
import { paragraph } from './reportText.ts';
import { call } from './stationCalls.ts';
import { formatTable } from './table.ts';

interface Json {
  readonly json?: boolean;
}
interface On extends Json {
  readonly on?: string;
}

const asJson = (schema: string) =>
  ['--json', `print the result as JSON (schema ${schema} of electron/contract/models.ts)`] as const;

/** The start of a hash names a model where no other begins so. */
function hashStart(text: string): string {
  if (/^[0-9a-f]{6,64}$/.test(text)) return text;
  throw new InvalidArgumentError('Give the hash of a model, or six letters or more of its beginning.');
}

const list = new Command('list')
  .description('the model shelf: which reads, which could, what each has shown')
  .option(...asJson('modelShelf'))
  .action((options: Json) =>
    inStation(async (station) => {
      const shelf = await call(station, 'models.shelf', {});
      if (options.json === true) printJson(shelf);
      else print(shelfInText(shelf));
    }),
  );

const add = new Command('add')
  .description("put the model of a finished training, or a models' folder from elsewhere, on the shelf")
  .argument('<training or folder>', 'number of a training of this data folder, or a folder')
  .option(...asJson('shelvedModel'))
  .action((what: string, options: Json) =>
    inStation(async (station) => {
      const model = existsSync(what)
        ? await station.addModel(what)
        : await call(station, 'models.add', { run: what });
      if (options.json === true) printJson(model);
      else print(paragraph(`${model.name} is on the shelf, as ${model.hash.slice(0, 12)}.`));
    }),
  );

const judge = new Command('judge')
  .description('hold a candidate against its rules and change nothing; ends with 1 where it would be refused')
  .argument('<hash>', 'the candidate', hashStart)
  .option('--on <hash>', 'data set to judge on; by default the newest with test patients')
  .option(...asJson('promotionVerdict'))
  .action((start: string, options: On) =>
    inStation(async (station) => {
      const model = await found(station, start);
      const verdict = await told(station, () =>
        call(station, 'models.judge', { model, snapshot: options.on ?? null }),
      );
      if (options.json === true) printJson(verdict);
      else print(verdictInText(verdict));
      process.exitCode = verdict.allowed ? exitCodes.done : exitCodes.incomplete;
    }),
  );

export const modelsCommand = new Command('models')
  .description('the model shelf')
  .addCommand(list, { isDefault: true })
  .addCommand(add)
  .addCommand(judge);

export const promoteCommand = new Command('promote')
  .description('let a candidate read from now on, where it has shown what its rules ask')
  .argument('<hash>', 'the candidate', hashStart)
  .option('--on <hash>', 'data set to judge on; by default the newest with test patients')
  .option(...asJson('promotionEvent'))
  .action((start: string, options: On) =>
    inStation(async (station) => {
      const model = await found(station, start);
      const event = await told(station, () =>
        call(station, 'models.promote', { model, snapshot: options.on ?? null }),
      );
      showEvent(event, options);
    }),
  );

export const rollbackCommand = new Command('rollback')
  .description('put the model before back, at once')
  .option(...asJson('promotionEvent'))
  .action((options: Json) =>
    inStation(async (station) => showEvent(await call(station, 'models.rollback', {}), options)),
  );

function showEvent(event: PromotionEvent, { json }: Json): void {
  if (json === true) printJson(event);
  else print(paragraph(eventInText(event)));
}

async function inStation(work: (station: OpenStation) => Promise<void>): Promise<void> {
  const station = await openStation({ door: 'calcar models', readInBackground: false });
  try {
    await work(station);
  } finally {
    await station.close();
  }
}

/** Says on the terminal how far the reading of test patients is. */
async function told<T>(station: OpenStation, work: () => Promise<T>): Promise<T> {
  const progress = createProgress();
  const stop = station.subscribe((event) => {
    if (event.event === 'progress' && event.job === 'judge') progress.step(event.label, event.done, event.of);
  });
  try {
    return await work();
  } finally {
    stop();
    progress.end();
  }
}

async function found(station: OpenStation, start: string): Promise<string> {
  const { models } = await call(station, 'models.shelf', {});
  const fitting = models.filter(({ hash }) => hash.startsWith(start));
  if (fitting.length === 1) return fitting[0]!.hash;
  throw new CalcarError(
    'not-found',
    fitting.length === 0
      ? `No model on the shelf has a hash that begins with ${start}. 'calcar models' lists them.`
      : `The hashes of ${String(fitting.length)} models begin with ${start}. Give more of it.`,
  );
}

function shelfInText({ models, events, rollbackTo }: ModelShelf): string {
  const rows = models.map((model) => ({
    cells: [model.hash.slice(0, 12), model.name, model.state, accuracyOf(model)],
  }));
  return [
    formatTable(
      [{ title: 'Hash' }, { title: 'Model' }, { title: 'State' }, { title: 'Balanced accuracy' }],
      rows,
    ),
    ...events.slice(0, 10).map((event) => paragraph(`${event.at}  ${eventInText(event)}`)),
    ...(rollbackTo === null ? [] : [paragraph(`'calcar rollback' puts ${rollbackTo.name} back.`)]),
  ].join('\n');
}

function accuracyOf({ evaluations: [last], study }: ShelvedModel): string {
  if (last === undefined) return 'not evaluated here';
  const { estimate, low, high, n, of } = last.balancedAccuracy;
  const percent = (share: number): string => (100 * share).toFixed(n < 200 ? 0 : 1);
  const films = study === 'simulated study' ? ', simulated' : '';
  return `${percent(estimate)} % (${percent(low)} to ${percent(high)}; n = ${String(n)} ${of}${films})`;
}

function verdictInText({ warning, model, against, snapshot, allowed, checks }: PromotionVerdict): string {
  return [
    ...(warning === null ? [] : [paragraph(warning)]),
    paragraph(
      `${model.name} against ${against.name}, on ${snapshot.name}: ${allowed ? 'may be promoted' : 'not promoted'}.`,
    ),
    ...checks.map(({ check, passed, asked, seen, sentence }) =>
      paragraph(`${passed ? 'passed' : 'FAILED'}  ${check}: ${sentence} Asked: ${asked}; seen: ${seen}.`),
    ),
  ].join('\n');
}

function eventInText({ kind, model, before, by, clockWentBack }: PromotionEvent): string {
  const who = by === '' ? '' : `, by ${by}`;
  const clock = clockWentBack ? ' (the clock had been set back)' : '';
  const what = {
    promoted: `${model.name} reads instead of ${before.name}`,
    refused: `${model.name} was not promoted over ${before.name}`,
    'rolled back': `${model.name} reads again instead of ${before.name}`,
  }[kind];
  return `${what}${who}${clock}.`;
}
