import { describe, expect, test } from 'vitest';
import { evaluationReport } from '../contract/evaluation.ts';
import type { Models } from '../../models/index.ts';
import { localizerInput } from '../reading/prepare.ts';
import { evaluate } from './evaluate.ts';
import { modelCard, percent } from './records.ts';
import type { TestFilm } from './store.ts';

const values = Float32Array.from({ length: 128 * 128 }, (_, i) => Math.sin(i / 50) + (i % 128) / 40);
const image = { rows: 128, columns: 128, values };
const { fromImage } = localizerInput(image);
const truth = { x: 20, y: 30, width: 50, height: 60 };

const film = (grade: 'none' | 'II' | 'IV'): TestFilm => ({
  look: 'clinic',
  image,
  hips: [{ box: truth, medialSide: 'picture-right', laterality: 'right', grade, outOfScope: false }],
});

/** Models whose every answer is known: boxes moved sideways by a known share, one group for all. */
function knownModels(
  shift: number,
  answer: number,
  finds = true,
): Pick<Models, 'localizer' | 'classifier' | 'hash'> {
  const box = fromImage({ ...truth, x: truth.x + shift * truth.width });
  const probabilities = new Float32Array(3).fill(0.1);
  probabilities[answer] = 0.8;
  return {
    hash: 'known',
    localizer: {
      config: { inputSize: 256, channels: [1, 1, 1, 1, 1] },
      locate: () => Promise.resolve(finds ? [{ box, medialSide: 'picture-right', score: 0.9 }] : []),
      dispose: () => undefined,
    },
    classifier: {
      classify: (crops: readonly Float32Array[]) => Promise.resolve(crops.map(() => probabilities)),
    } as unknown as Models['classifier'],
  };
}

describe('evaluation', () => {
  const patients = [
    ...Array.from({ length: 6 }, () => [film('none')]),
    [film('II')],
    [film('IV')],
    [film('IV')],
  ];

  test('of boxes moved by a quarter and one answer for all is what it must be', async () => {
    const report = evaluationReport.parse(await evaluate(knownModels(0.25, 0), 'cpu', 'clinic', patients));
    // Two equal boxes that overlap by three quarters: 0.75 / 1.25.
    expect(report.localizer.meanOverlap.estimate).toBeCloseTo(0.6, 6);
    expect(report.localizer.meanOverlap.low).toBeCloseTo(0.6, 6);
    expect(report.localizer.foundHips.estimate).toBe(1);
    expect(report.localizer.rightSide?.estimate).toBe(1);
    expect(report.classifier.topOne.estimate).toBeCloseTo(6 / 9, 12);
    expect(report.classifier.balancedAccuracy.estimate).toBeCloseTo(1 / 3, 12);
    expect(report.classifier.confusion).toEqual([
      [6, 0, 0, 0],
      [1, 0, 0, 0],
      [2, 0, 0, 0],
    ]);
    expect(report.classifier.byGrade.map(({ hips }) => hips)).toEqual([6, 0, 1, 0, 2]);
    expect(report.classifier.byGrade[1]!.right).toBeNull();
  });

  test('counts a missed hip as wrong and as no overlap, and a box far off as false', async () => {
    const missed = evaluationReport.parse(
      await evaluate(knownModels(0, 0, false), 'cpu', 'clinic', patients),
    );
    expect(missed.localizer.meanOverlap.estimate).toBe(0);
    expect(missed.classifier.topOne.estimate).toBe(0);
    expect(missed.classifier.confusion.map((row) => row[3])).toEqual([6, 1, 2]);
    const off = await evaluate(knownModels(1.2, 2), 'cpu', 'clinic', patients);
    expect(off.localizer.falseBoxes).toBe(9);
  });

  test('the card says first what the models are not for', async () => {
    const report = await evaluate(knownModels(0, 2), 'cpu', 'clinic', patients);
    const card = modelCard([], [report]);
    expect(card.split('\n', 1)[0]).toMatch(/simulated radiographs only; not for clinical use/);
    expect(card).toContain(percent(report.classifier.topOne));
  });
});
