import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  classifierConfigFor,
  classifierLayers,
  defaultLocalizerConfig,
  initialParameters,
  localizerLayers,
  modelFiles,
  writeWeights,
  type ClassifierConfig,
} from '../../../models/index.ts';
import { seeded } from '../../random/random.ts';
import { quickRecipe } from './recipes.ts';
import { createRun, modelFolder, type StoredRun } from './runFolder.ts';
import { prepareModel } from './runModel.ts';

const random = seeded(71);
const uniform = () => random.uniform();
const small = (architecture: ClassifierConfig['architecture']): ClassifierConfig =>
  classifierConfigFor({ architecture, size: 'small', transformer: 'none' });

describe('a run that starts from weights', () => {
  let folder: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'calcar-start-'));
    const parameters = initialParameters(localizerLayers(defaultLocalizerConfig), uniform);
    writeFileSync(
      join(folder, modelFiles.localizer),
      await writeWeights({ network: 'localizer', config: defaultLocalizerConfig, parameters }),
    );
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function starting(from: ClassifierConfig): Promise<StoredRun> {
    const parameters = initialParameters(classifierLayers(from), uniform);
    const stored = { network: 'classifier', config: from, parameters };
    writeFileSync(join(folder, modelFiles.classifier), await writeWeights(stored, 'full'));
    return createRun(join(folder, 'runs'), {
      name: 'start',
      software: '0',
      command: 'calcar train start',
      snapshot: { folder, name: 'set', hash: '0'.repeat(64), study: 'simulated study' },
      recipe: quickRecipe('classifier'),
      base: folder,
      rules: null,
      start: folder,
    });
  }

  test('keeps the gate of the models that it is based on', async () => {
    const gate = Uint8Array.from([7, 1, 8]);
    writeFileSync(join(folder, modelFiles.scope), gate);
    const config = small('resnet-50');
    const run = await starting(config);
    const layers = classifierLayers(config);
    const start = join(folder, 'runs', run.id);
    await prepareModel(start, run, layers, initialParameters(layers, uniform));
    expect(Uint8Array.from(readFileSync(join(modelFolder(start), modelFiles.scope)))).toEqual(gate);
  });

  test('takes over what fits and says which layers began at random', async () => {
    const config = small('resnet-50');
    const run = await starting({ ...config, inputs: 3, classes: 10 } as ClassifierConfig);
    const layers = classifierLayers(config);
    const before = initialParameters(layers, uniform);
    const { parameters, left } = await prepareModel(join(folder, 'runs', run.id), run, layers, before);
    expect(left).toEqual([
      'conv1 has a kernel of 7 × 7 × 1 × 4 and the file one of 7 × 7 × 3 × 4',
      'output has a kernel of 128 × 3 and the file one of 128 × 10',
    ]);
    expect(parameters.get('conv1/kernel')).toBe(before.get('conv1/kernel'));
    expect(parameters.get('conv2/1/middle/kernel')).not.toEqual(before.get('conv2/1/middle/kernel'));
  });

  test('refuses the weights of another network', async () => {
    const run = await starting(small('densenet-100'));
    const layers = classifierLayers(small('resnet-50'));
    await expect(
      prepareModel(join(folder, 'runs', run.id), run, layers, initialParameters(layers, uniform)),
    ).rejects.toMatchObject({ kind: 'invalid-input' });
  });
});
