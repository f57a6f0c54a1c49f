import type { Api, CallName, CallOutput, Reply } from '../contract/api.ts';
import { api } from '../contract/api.ts';
import { CalcarError, toWireError } from '../contract/errors.ts';
import type * as z from 'zod';
import { disclose } from './blinding.ts';
import { commitRead } from './commitRead.ts';
import type { Context } from './context.ts';
import { makeDemo } from './makeDemo.ts';
import { datasetCallsOf } from './datasets/datasetCalls.ts';
import { describeFilm } from './describeFilm.ts';
import { doctorReport } from './doctor.ts';
import { loadDraft, saveDraft } from './drafts.ts';
import { driftReport } from './drift.ts';
import { history } from './history.ts';
import type { Lab } from './lab/lab.ts';
import { labCallsOf } from './lab/labCalls.ts';
import { modelCallsOf } from './models/modelCalls.ts';
import type { Promotion } from './models/promotion.ts';
import type { Shelf } from './models/shelf.ts';
import { nextToLabel } from './queue.ts';
import { findingOf } from './readFilm.ts';
import type { ReadingQueue } from './readingQueue.ts';
import { loadSettings, saveSettings } from './settings.ts';
import type { Shadow } from './shadow/shadow.ts';
import { shadowCallsOf } from './shadow/shadowCalls.ts';
import { stationState } from './state.ts';
import type { EvaluatedModels } from './training/evaluatedModels.ts';
import type { Evaluations } from './training/evaluations.ts';
import type { Training } from './training/training.ts';
import { trainingCallsOf } from './training/trainingCalls.ts';
import { worklist } from './worklist.ts';

export type Calls = {
  readonly [N in CallName]: (input: z.output<Api[N]['input']>) => Promise<CallOutput<N>>;
};

/** The use case behind each call of the contract. */
export function callsOf(
  context: Context,
  queue: ReadingQueue,
  readLater: (imageHash: string) => void,
  lab: Lab,
  training: Training,
  evaluations: Evaluations,
  shadow: Shadow,
  evaluated: EvaluatedModels,
  shelf: Shelf,
  promotion: Promotion,
): Calls {
  return {
    ...labCallsOf(lab),
    ...datasetCallsOf(context),
    ...trainingCallsOf(training, evaluations),
    ...shadowCallsOf(context, shadow),
    ...modelCallsOf(shelf, promotion),
    'station.state': () => stationState(context),
    'worklist.list': (input) => worklist(context, input),
    'film.describe': (input) => describeFilm(context, input),
    'film.read': async ({ imageHash }) => disclose(context, await queue.now(imageHash)),
    'film.finding': (input) => findingOf(context, input),
    'reads.history': (input) => history(context, input),
    'reads.commit': (input) => commitRead(context, input),
    'draft.save': (input) => saveDraft(context, input),
    'draft.load': (input) => loadDraft(context, input),
    'drift.report': () => driftReport(context),
    'evaluations.list': () => evaluated.list(),
    'evaluations.report': ({ id }) => evaluated.report(id),
    'evaluations.compare': ({ first, second }) => Promise.resolve(evaluated.compare(first, second)),
    'settings.load': () => loadSettings(context),
    'settings.save': (input) => saveSettings(context, input),
    'queue.next': (input) => nextToLabel(context, input),
    'doctor.report': () =>
      doctorReport({ dataDir: context.folder.path, survey: () => context.machine.survey() }),
    'demo.make': async ({ patients }) =>
      (await makeDemo(context, readLater, patients)).map(({ outcome }) => outcome),
  };
}

const isCallName = (name: string): name is CallName => Object.hasOwn(api, name);

/** Parses the input, runs the call and turns whatever happens into a reply. */
export async function answerCall(
  context: Context,
  calls: Calls,
  name: string,
  input: unknown,
): Promise<Reply> {
  try {
    if (!isCallName(name))
      throw new CalcarError(
        'invalid-input',
        'The screen asked for something that this station does not know.',
      );
    return { ok: true, value: await runCall(calls, name, input) };
  } catch (error) {
    context.log.failure('call failed', error, { call: isCallName(name) ? name : 'unknown' });
    return { ok: false, error: toWireError(error) };
  }
}

async function runCall<N extends CallName>(calls: Calls, name: N, input: unknown): Promise<CallOutput<N>> {
  const parsed = api[name].input.safeParse(input);
  if (!parsed.success)
    throw new CalcarError(
      'invalid-input',
      `The station could not take this (${parsed.error.issues[0]?.path.join('.') || name} is not as agreed). Nothing was changed.`,
      parsed.error,
    );
  // The index type is lost on the way through the table: the schema of `name` made this value.
  return calls[name](parsed.data as never);
}
