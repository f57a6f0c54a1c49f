import { expect, test } from 'vitest';
import { seeded } from '../electron/random/random.ts';
import {
  classifierConfigFor,
  classifierLayers,
  initialParameters,
  transferred,
  type ClassifierConfig,
} from './index.ts';

const random = seeded(31);
const uniform = () => random.uniform();
const ours = classifierConfigFor({ architecture: 'resnet-50', size: 'small', transformer: 'none' });

test('weights of another input and answer are taken over but for the two layers that see them', () => {
  const theirs = { ...ours, inputs: 3, classes: 1000 } as ClassifierConfig;
  const layers = classifierLayers(ours);
  const start = initialParameters(layers, uniform);
  const from = initialParameters(classifierLayers(theirs), uniform);
  const { parameters, copied, left, unused } = transferred(layers, start, from);
  expect(left).toEqual([
    { layer: 'conv1', reason: 'has a kernel of 7 × 7 × 1 × 4 and the file one of 7 × 7 × 3 × 4' },
    { layer: 'output', reason: 'has a kernel of 128 × 3 and the file one of 128 × 1000' },
  ]);
  expect(copied).toHaveLength(layers.length - 2);
  expect(unused).toEqual([]);
  expect([...parameters.keys()]).toEqual([...start.keys()]);
  for (const [name, parameter] of parameters) {
    const isLeft = name.startsWith('conv1/') || name.startsWith('output/');
    expect(parameter, name).toBe((isLeft ? start : from).get(name));
  }
});

test('a network of other layers is named on both sides', () => {
  const layers = classifierLayers(ours);
  const start = initialParameters(layers, uniform);
  const other = classifierConfigFor({ architecture: 'densenet-100', size: 'small', transformer: 'none' });
  const from = initialParameters(classifierLayers(other), uniform);
  const { parameters, copied, left, unused } = transferred(layers, start, from);
  expect(copied).toEqual([]);
  expect(left.map(({ layer }) => layer)).toEqual(layers.map(({ name }) => name));
  expect(left[0]!.reason).toBe('has no kernel in the file');
  expect(unused).toContain('block1/1/grow/kernel');
  expect(unused).not.toContain('output/kernel');
  expect(parameters).toEqual(start);
});
