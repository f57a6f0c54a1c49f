/** The models' folder inside a run: the network that is trained, a copy of the other one, record and card. */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { CalcarError } from '../../contract/errors.ts';
import { networkNames, type NetworkName } from '../../contract/recipe.ts';
import type { SnapshotEntry } from '../../contract/snapshot.ts';
import {
  countLearned,
  modelFiles,
  ModelError,
  readWeights,
  transferred,
  writeWeights,
  type LayerSpec,
  type Parameters,
} from '../../../models/index.ts';
import { writeDurably } from './durableFile.ts';
import { readRecord, recordFile, saveRecord, writeCard, type TrainingRecord } from './records.ts';
import { modelFolder, readEpochs, type StoredRun } from './runFolder.ts';
import { writeFailure } from '../writeFailure.ts';

/**
 * Whom the weights at the start have learned from counts as learned from in this run.
 *
 * @throws CalcarError 'leak' naming those who would tune or test here
 */
export function refuseSeenPatients(run: StoredRun, entries: readonly SnapshotEntry[]): void {
  if (run.start === null) return;
  const seen = new Set(readRecord(run.start, run.recipe.network)?.patients.learn);
  const leaked = entries.filter(({ split, patient }) => split !== 'learn' && seen.has(patient));
  if (leaked.length === 0) return;
  const names = leaked.map(({ patient, split, stem }) => `${patient} (${split}, ${stem})`).join('; ');
  throw new CalcarError(
    'leak',
    `The weights to start from have learned from patients who tune or test in this snapshot: ${names}. ` +
      'Nothing was trained. Start from random weights, or from weights that never saw them.',
  );
}

/** Copies of what the run starts from, so that it goes on from the same when the folder changes. */
const startFolder = (folder: string): string => join(folder, 'start');

/** What a run begins with. */
export interface RunStart {
  readonly parameters: Parameters;
  /** Layers that begin at random though the run starts from weights, and why the weights did not fit them. */
  readonly left: readonly string[];
}

/**
 * Brings into the run's folder what it needs from elsewhere, once.
 *
 * @param random the parameters that a new network has
 * @returns those parameters, or those of the weights that the run starts from
 * @throws CalcarError 'model-missing' or 'model-damaged' for the folders that the run names; 'invalid-input' when
 *   the weights are those of another network; 'disk-full', 'read-only'
 */
export async function prepareModel(
  folder: string,
  run: StoredRun,
  layers: readonly LayerSpec[],
  random: Parameters,
): Promise<RunStart> {
  const other = networkNames.find((name) => name !== run.recipe.network)!;
  bring(other, run.base, modelFolder(folder));
  bringGate(run.base, modelFolder(folder));
  if (run.start === null) return { parameters: random, left: [] };
  bring(run.recipe.network, run.start, startFolder(folder));
  return startOf(startFolder(folder), run.recipe.network, layers, random);
}

function bring(network: NetworkName, from: string, to: string): void {
  const weights = join(to, modelFiles[network]);
  if (existsSync(weights)) return;
  if (!existsSync(join(from, modelFiles[network])))
    throw new CalcarError(
      'model-missing',
      `There is no ${network} in ${from} (${modelFiles[network]}). Name a folder that has one.`,
    );
  try {
    mkdirSync(to, { recursive: true });
    const record = recordFile(network);
    if (existsSync(join(from, record))) copyFileSync(join(from, record), join(to, record));
    copyFileSync(join(from, modelFiles[network]), `${weights}.part`);
    renameSync(`${weights}.part`, weights);
  } catch (error) {
    throw writeFailure(error);
  }
}

/** The learned gate judges films by itself, so it stays with whatever reads them after it. */
function bringGate(from: string, to: string): void {
  const weights = join(to, modelFiles.scope);
  if (existsSync(weights) || !existsSync(join(from, modelFiles.scope))) return;
  try {
    copyFileSync(join(from, modelFiles.scope), `${weights}.part`);
    renameSync(`${weights}.part`, weights);
  } catch (error) {
    throw writeFailure(error);
  }
}

async function startOf(
  from: string,
  network: NetworkName,
  layers: readonly LayerSpec[],
  random: Parameters,
): Promise<RunStart> {
  const stored = await readWeights(readFileSync(join(from, modelFiles[network])), network).catch(
    (error: unknown) => {
      throw error instanceof ModelError ? new CalcarError(error.kind, error.message, error) : error;
    },
  );
  const { parameters, copied, left } = transferred(layers, random, stored.parameters);
  const taken = countLearned(layers.filter(({ name }) => copied.includes(name)));
  if (taken < countLearned(layers) / 2)
    throw new CalcarError(
      'invalid-input',
      `The weights to start from are those of another network: ${left.length} of its ${layers.length} layers are missing or of another shape. ` +
        'Choose the architecture that they have, or start from random weights.',
    );
  return { parameters, left: left.map(({ layer, reason }) => `${layer} ${reason}`) };
}

/** Keeps the weights of the best epoch so far. @throws CalcarError 'disk-full', 'read-only' */
export async function keepWeights(
  folder: string,
  { recipe: { network } }: StoredRun,
  config: object,
  parameters: Parameters,
): Promise<void> {
  const bytes = await writeWeights({ network, config, parameters });
  writeDurably(join(modelFolder(folder), modelFiles[network]), [bytes]);
}

/** Record and model card of a finished run. @throws CalcarError 'disk-full', 'read-only' */
export function finishModel(
  folder: string,
  run: StoredRun,
  trained: Pick<TrainingRecord, 'backend' | 'learned' | 'examples' | 'patients'> & Pick<RunStart, 'left'>,
): void {
  const { network } = run.recipe;
  const model = modelFolder(folder);
  const weights = readFileSync(join(model, modelFiles[network]));
  const epochs = readEpochs(folder);
  const before = run.start === null ? null : readRecord(startFolder(folder), network);
  saveRecord(model, {
    format: 2,
    name: run.name,
    network,
    command: run.command,
    software: run.software,
    backend: trained.backend,
    snapshot: { name: run.snapshot.name, hash: run.snapshot.hash, study: run.snapshot.study },
    recipe: run.recipe,
    start:
      run.start === null
        ? null
        : {
            sha256: hashOf(readFileSync(join(startFolder(folder), modelFiles[network]))),
            known: before !== null && before.start?.known !== false,
            left: [...trained.left],
          },
    patients: {
      learn: joined(trained.patients.learn, before?.patients.learn),
      tune: joined(trained.patients.tune, before?.patients.tune),
    },
    examples: trained.examples,
    learned: trained.learned,
    epochs,
    bestEpoch: epochs.findLast(({ isBest }) => isBest)?.epoch ?? 0,
    minutes: epochs.reduce((sum, { seconds }) => sum + seconds, 0) / 60,
    finishedAt: new Date().toISOString(),
    weights: { bytes: weights.length, sha256: hashOf(weights) },
  });
  writeCard(model);
}

const joined = (one: readonly string[], other: readonly string[] = []): string[] => [
  ...new Set([...one, ...other]),
];

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
