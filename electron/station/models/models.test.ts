import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { api, reply, type CallInput, type CallName, type CallOutput } from '../../contract/api.ts';
import { defaultRules } from '../../contract/models.ts';
import { evaluateOutcomes } from '../../learning/evaluation/evaluate.ts';
import { reportFile } from '../../learning/evaluation/evaluateModel.ts';
import { outcomesFile, saveOutcomes } from '../../learning/evaluation/outcomes.ts';
import { answered, outcomesOf, sureOf } from '../../learning/testing/knownOutcomes.ts';
import { tinySnapshot } from '../../learning/testing/tinySnapshot.ts';
import { describeModel } from '../../learning/promotion/modelFiles.ts';
import { writeJsonDurably } from '../../learning/training/durableFile.ts';
import type { StartEvaluation } from '../../compute/startEvaluation.ts';
import { openStation, type OpenStation } from '../openStation.ts';

const shipped = fileURLToPath(new URL('../../../models/weights', import.meta.url));

let home: string;
let station: OpenStation;
/** Hips of each class that a model gets wrong, by its hash; the rest it gets right. */
let wrong: Record<string, number>;

/** Leaves what an evaluation leaves, of answers that are known. */
const startEvaluation: StartEvaluation = ({ models, out }, { report }) => {
  const { hash, name } = describeModel(models);
  const films = Array.from({ length: 90 }, (_, number) => {
    const grade = (['none', 'I', 'III'] as const)[number % 3]!;
    const right = ({ none: 'none', I: 'I-II', III: 'III-IV' } as const)[grade];
    const isWrong = Math.floor(number / 3) < (wrong[hash] ?? 0);
    return answered(number, grade, sureOf(isWrong ? (right === 'none' ? 'III-IV' : 'none') : right));
  });
  const outcomes = { ...outcomesOf(films, films), model: { name, hash } };
  mkdirSync(out, { recursive: true });
  saveOutcomes(join(out, outcomesFile), outcomes);
  writeJsonDurably(join(out, reportFile), evaluateOutcomes(outcomes, { prevalence: 0.1, draws: 100 }));
  report(1, 1);
  return Promise.resolve();
};

const open = (): Promise<OpenStation> =>
  openStation({ dataDir: join(home, 'data'), compute: false, startEvaluation });

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'calcar-models-'));
  wrong = {};
  station = await open();
  tinySnapshot(join(home, 'set'));
  await station.addDataset(join(home, 'set'));
});
afterEach(async () => {
  vi.useRealTimers();
  await station.close();
  rmSync(home, { recursive: true, force: true });
});

async function call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
  const answer = reply.parse(await station.call(name, input));
  if (!answer.ok) throw new Error(`${answer.error.kind}: ${answer.error.sentence}`);
  return api[name].output.parse(answer.value) as CallOutput<N>;
}

/** Another model: the shipped one with its networks' files changed behind what is read of them. */
function anotherModel(name: string): string {
  const folder = join(home, name);
  cpSync(shipped, folder, { recursive: true });
  appendFileSync(join(folder, 'classifier.weights'), name);
  return folder;
}

describe('the shelf', () => {
  it('begins with the model that came with Calcar, which reads', async () => {
    const { models, current, events, rules } = await call('models.shelf', {});
    expect(models).toHaveLength(1);
    expect(models[0]).toMatchObject({ source: 'shipped', state: 'current', hash: current });
    expect(current).toBe(describeModel(shipped).hash);
    expect(events).toEqual([]);
    expect(rules).toEqual(defaultRules);
  });

  it('takes a model once, whoever brings it, and knows its files by their hash', async () => {
    const folder = anotherModel('two');
    const first = await station.addModel(folder);
    expect(first).toMatchObject({ state: 'candidate', source: 'brought in', rulesSet: 'on the shelf' });
    await station.addModel(folder);
    expect((await call('models.shelf', {})).models).toHaveLength(2);
    // A record beside weights that it does not name says nothing of them.
    expect(first.networks.find(({ network }) => network === 'classifier')?.training).toBeNull();
    expect(first.networks.find(({ network }) => network === 'localizer')?.training).not.toBeNull();

    const shelved = join(home, 'data', 'models', first.hash);
    appendFileSync(join(shelved, 'localizer.weights'), 'x');
    const stateNow = async () =>
      (await call('models.shelf', {})).models.find(({ hash }) => hash === first.hash)?.state;
    expect(await stateNow()).toBe('damaged');
    await expect(call('models.promote', { model: first.hash, snapshot: null })).rejects.toThrow(
      /model-damaged: .*their hash is another/,
    );
    rmSync(shelved, { recursive: true });
    expect(await stateNow()).toBe('gone');
    await expect(call('models.judge', { model: first.hash, snapshot: null })).rejects.toThrow(
      /model-damaged/,
    );
    await station.addModel(folder);
    expect(await stateNow()).toBe('candidate');
  });

  it('refuses a folder without a model', async () => {
    await expect(station.addModel(join(home, 'set'))).rejects.toMatchObject({ kind: 'model-missing' });
    await expect(call('models.judge', { model: 'f'.repeat(64), snapshot: null })).rejects.toThrow(
      /not-found/,
    );
  });
});

describe('promotion', () => {
  it('is refused in numbers, written down, and changes nothing', async () => {
    const worse = await station.addModel(anotherModel('worse'));
    const { current } = await call('models.shelf', {});
    wrong = { [worse.hash]: 12 };
    await expect(call('models.promote', { model: worse.hash, snapshot: null })).rejects.toThrow(
      /not-promoted: .*worse than the current model.*−40\.0 points/,
    );
    const after = await call('models.shelf', {});
    expect(after.current).toBe(current);
    expect(after.events).toMatchObject([{ kind: 'refused', id: 1, model: { hash: worse.hash } }]);
    expect(after.events[0]?.verdict?.allowed).toBe(false);
    expect(after.rollbackTo).toBeNull();
    expect(after.models.find(({ hash }) => hash === worse.hash)?.evaluations).toHaveLength(1);
  });

  it('puts a model in its place, survives a restart, and is taken back in one step', async () => {
    const better = await station.addModel(anotherModel('better'));
    const { current: before } = await call('models.shelf', {});
    expect((await call('models.promote', { model: better.hash, snapshot: null })).kind).toBe('promoted');
    await expect(call('models.promote', { model: better.hash, snapshot: null })).rejects.toThrow(
      /invalid-input: This is the model that reads now/,
    );
    await station.close();
    station = await open();
    const shelf = await call('models.shelf', {});
    expect(shelf.current).toBe(better.hash);
    expect(shelf.rollbackTo?.hash).toBe(before);
    expect(shelf.models.find(({ hash }) => hash === before)?.state).toBe('former');

    expect(await call('models.rollback', {})).toMatchObject({ kind: 'rolled back', model: { hash: before } });
    expect((await call('models.shelf', {})).current).toBe(before);
    await expect(call('models.rollback', {})).rejects.toThrow(/invalid-input: No promotion stands/);
  });

  it('keeps its order where the clock went back, and says so', async () => {
    const one = await station.addModel(anotherModel('one'));
    await call('models.promote', { model: one.hash, snapshot: null });
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2001-01-01T00:00:00Z') });
    const event = await call('models.rollback', {});
    expect(event).toMatchObject({ id: 2, clockWentBack: true });
    const { events, current } = await call('models.shelf', {});
    expect(events.map(({ id }) => id)).toEqual([2, 1]);
    expect(current).toBe(describeModel(shipped).hash);
  });

  it('follows rules that only grow', async () => {
    const strict = { ...defaultRules, margin: 0, shadowFilms: 5 };
    await call('models.setRules', strict);
    const late = await station.addModel(anotherModel('late'));
    await call('models.setRules', { ...defaultRules, margin: 1 });
    expect(late.rules).toEqual(strict);
    const verdict = await call('models.judge', { model: late.hash, snapshot: null });
    expect(verdict.checks.find(({ check }) => check === 'shadow')).toMatchObject({
      passed: false,
      seen: '0 films',
    });
  });
});
