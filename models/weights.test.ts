import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { seeded } from '../electron/random/random.ts';
import { defaultLocalizerConfig, localizerLayers } from './localizer.ts';
import { initialParameters, parametersOf } from './layers.ts';
import { loadModels } from './load.ts';
import { ModelError, readWeights, sha256, writeWeights } from './weights.ts';

const random = seeded(8);
const layers = localizerLayers(defaultLocalizerConfig);
const stored = {
  network: 'localizer',
  config: defaultLocalizerConfig,
  parameters: initialParameters(layers, () => random.uniform()),
};

describe('a weights file', () => {
  test('gives back what was stored: kernels to half precision, the rest exactly', async () => {
    const back = await readWeights(await writeWeights(stored), 'localizer');
    expect(back.config).toEqual(defaultLocalizerConfig);
    expect([...back.parameters.keys()]).toEqual(layers.flatMap(parametersOf).map(({ name }) => name));
    for (const [name, { shape, values }] of stored.parameters) {
      const found = back.parameters.get(name)!;
      expect(found.shape).toEqual(shape);
      for (let i = 0; i < values.length; i += 101) {
        // Half precision has 11 significant bits, and steps of 2⁻²⁴ near zero.
        const tolerance = shape.length > 1 ? Math.max(Math.abs(values[i]!) * 2 ** -11, 2 ** -25) : 0;
        expect(Math.abs(found.values[i]! - values[i]!)).toBeLessThanOrEqual(tolerance);
      }
    }
  });

  test('in full precision gives back every bit', async () => {
    const back = await readWeights(await writeWeights(stored, 'full'), 'localizer');
    for (const [name, { values }] of stored.parameters) {
      expect(back.parameters.get(name)!.values).toEqual(values);
    }
  });

  test('may come as a Buffer that lies anywhere in a larger one', async () => {
    const bytes = await writeWeights(stored);
    const shifted = Buffer.concat([Buffer.from([7, 7, 7]), bytes]).subarray(3);
    const [plain, buffered] = [
      await readWeights(bytes, 'localizer'),
      await readWeights(shifted, 'localizer'),
    ];
    expect(buffered.parameters).toEqual(plain.parameters);
  });

  test('hashes as Node does', async () => {
    const bytes = new TextEncoder().encode('calcar femorale');
    expect(await sha256(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  test('is refused when it is cut off, changed anywhere, empty or of another network', async () => {
    const bytes = await writeWeights(stored);
    const refused = async (candidate: Uint8Array, network = 'localizer') => {
      const error = await readWeights(candidate, network).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(ModelError);
      expect((error as ModelError).kind).toBe('model-damaged');
    };
    for (const length of [0, 5, 11, 300, bytes.length >> 1, bytes.length - 1]) {
      await refused(bytes.slice(0, length));
    }
    for (const place of [0, 9, 12, 40, bytes.length >> 1, bytes.length - 1]) {
      const changed = bytes.slice();
      changed[place]! ^= 0x5a;
      await refused(changed);
    }
    await refused(bytes, 'classifier');
  });
});

test('a folder without models is said to be missing, one with the wrong file to be damaged', async () => {
  const missing = await loadModels(() => Promise.reject(new Error('ENOENT'))).catch((e: unknown) => e);
  expect((missing as ModelError).kind).toBe('model-missing');
  const bytes = await writeWeights(stored);
  const wrong = await loadModels(() => Promise.resolve(bytes)).catch((e: unknown) => e);
  expect((wrong as ModelError).kind).toBe('model-damaged');
});
