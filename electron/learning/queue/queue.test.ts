import { describe, expect, it } from 'vitest';
import type { Finding, HipFinding } from '../../contract/finding.ts';
import { seeded } from '../../random/random.ts';
import { combinedScores, inTurns, rankShares } from './combine.ts';
import { labellingOrder, type UnlabelledFilm } from './score.ts';
import { isotonic, labelsSaved } from './studySaved.ts';
import { fitHead, probabilitiesOf, type Matrix } from './studyHead.ts';
import { disagreement, entropy } from './uncertainty.ts';

const hip = (none: number, low: number, high: number, change: Partial<HipFinding> = {}): HipFinding => ({
  box: { x: 10, y: 10, width: 100, height: 100 },
  laterality: 'left',
  lateralitySource: 'tag',
  presence: 1,
  probabilities: { none, 'I-II': low, 'III-IV': high },
  gradeGroup: none >= low && none >= high ? 'none' : low >= high ? 'I-II' : 'III-IV',
  certainty: null,
  scope: null,
  needsHuman: [],
  ...change,
});
const found = (hips: HipFinding[], change: Partial<Finding> = {}): Finding => ({
  imageHash: 'film',
  modelHash: 'model',
  modelName: 'model',
  backend: 'cpu',
  outcome: hips.length === 0 ? 'refused' : 'answered',
  warnings: [],
  hips,
  confidenceHash: null,
  scope: null,
  input: null,
  timings: { decodeMs: 0, localizeMs: 0, classifyMs: 0 },
  ...change,
});
const film = (name: string, finding: Finding, change: Partial<UnlabelledFilm> = {}): UnlabelledFilm => ({
  imageHash: name,
  fileName: `${name}.dcm`,
  patientId: name,
  finding,
  others: [],
  ...change,
});
const sure = [hip(0.98, 0.01, 0.01)];
const names = (rows: readonly { fileName: string }[]): string[] => rows.map(({ fileName }) => fileName[0]!);

describe('how little is known of a hip', () => {
  it('is entropy over its maximum', () => {
    expect(entropy([1 / 3, 1 / 3, 1 / 3])).toBeCloseTo(1, 12);
    expect(entropy([1, 0, 0])).toBe(0);
    // One bit of log2(3).
    expect(entropy([0.5, 0.5, 0])).toBeCloseTo(1 / Math.log2(3), 12);
  });

  it('is the divergence of several readings: none of the same, all of opposites', () => {
    expect(
      disagreement([
        [0.2, 0.3, 0.5],
        [0.2, 0.3, 0.5],
      ]),
    ).toBeCloseTo(0, 12);
    expect(
      disagreement([
        [1, 0, 0],
        [0, 1, 0],
      ]),
    ).toBeCloseTo(1, 12);
    // By hand: of (1, 0) and (1/2, 1/2) it is H(3/4) - (0 + 1) / 2 bits.
    const bits = -(0.75 * Math.log2(0.75) + 0.25 * Math.log2(0.25)) - 0.5;
    expect(
      disagreement([
        [1, 0, 0],
        [0.5, 0.5, 0],
      ]),
    ).toBeCloseTo(bits, 12);
  });
});

describe('the order', () => {
  it('adds ranks, so that no monotone change of a signal changes it', () => {
    const random = seeded(3);
    const signal = Array.from({ length: 30 }, () => random.uniform());
    const other = Array.from({ length: 30 }, () => random.uniform());
    const changed = signal.map((value) => Math.exp(9 * value));
    expect(combinedScores([changed, other])).toEqual(combinedScores([signal, other]));
    expect(rankShares([5, 1, 1, null, 9])).toEqual([2 / 3, 1 / 6, 1 / 6, 0.5, 1]);
    expect(rankShares([7, null])).toEqual([0.5, 0.5]);
  });

  it('never has two films of one patient in a row while another is left, and loses none', () => {
    const random = seeded(4);
    const items = Array.from({ length: 40 }, () => ({
      score: random.uniform(),
      patient: String(random.integer(4)),
    }));
    const order = inTurns(items);
    expect(new Set(order)).toEqual(new Set(items));
    order.forEach((item, i) => {
      if (item.patient === order[i - 1]?.patient)
        expect(new Set(order.slice(i).map(({ patient }) => patient)).size).toBe(1);
    });
    expect(order[0]!.score).toBe(Math.max(...items.map(({ score }) => score)));
  });
});

describe('what to label next', () => {
  it('is the unsure before the sure, with the reason, and leaves out what has no hip', () => {
    const rows = labellingOrder(
      [film('a', found(sure)), film('b', found([...sure, hip(0.5, 0.45, 0.05)])), film('c', found([]))],
      [],
      10,
    );
    expect(names(rows)).toEqual(['b', 'a']);
    expect(rows[0]!.reasons).toMatchObject([
      { reason: 'entropy', sentence: 'Unsure of the left hip: no fracture 50 %, Garden I–II 45 %.' },
    ]);
    expect(rows.map(({ rank }) => rank)).toEqual([1, 2]);
    expect(rows[1]!.reasons).toHaveLength(1);
  });

  it('is what models differ on, at equal entropy', () => {
    const other = (hips: HipFinding[]): { others: Finding[] } => ({ others: [found(hips)] });
    const rows = labellingOrder(
      [film('a', found(sure), other(sure)), film('b', found(sure), other([hip(0.01, 0.01, 0.98)]))],
      [],
      10,
    );
    expect(names(rows)).toEqual(['b', 'a']);
    expect(rows[0]!.reasons[0]).toMatchObject({
      reason: 'disagreement',
      sentence: 'Models do not agree on the left hip.',
    });
  });

  it('is what is strange, by the gate or by the distance from the labelled films', () => {
    const scope = (familiarity: number) => ({ scope: 'in scope' as const, probability: 1, familiarity });
    const byGate = [
      film('a', found(sure, { scope: scope(0.9) })),
      film('b', found(sure, { scope: scope(0.02) })),
    ];
    expect(labellingOrder(byGate, [], 1)[0]).toMatchObject({
      fileName: 'b.dcm',
      reasons: [{ reason: 'novelty', value: 0.98 }],
    });
    const labelled = Array.from({ length: 20 }, (_, i) => ({ grey: i % 5, edge: i % 3 }));
    const byInput = [
      film('a', found(sure, { input: { grey: 2, edge: 1 } })),
      film('b', found(sure, { input: { grey: 40, edge: 1 } })),
    ];
    expect(labellingOrder(byInput, labelled, 1)[0]).toMatchObject({
      fileName: 'b.dcm',
      reasons: [{ reason: 'novelty', value: 1 }],
    });
    // Too few labelled films say nothing of what is usual.
    const few = labellingOrder(byInput, labelled.slice(0, 5), 2);
    expect(few.flatMap(({ reasons }) => reasons).some(({ reason }) => reason === 'novelty')).toBe(false);
  });

  it('is what is left to a person', () => {
    const rows = labellingOrder(
      [film('a', found(sure)), film('b', found([hip(0.98, 0.01, 0.01, { needsHuman: ['implant'] })]))],
      [],
      10,
    );
    expect(rows[0]).toMatchObject({
      fileName: 'b.dcm',
      reasons: [{ reason: 'needs-human', sentence: 'Left to a person: an implant.' }],
    });
  });
});

describe('the study', () => {
  it('fits the softmax that has no slope left', () => {
    const random = seeded(5);
    const rows = 60;
    const values = Float64Array.from({ length: rows * 3 }, (_, i) => (i % 3 === 0 ? 1 : random.normal()));
    const features: Matrix = { rows, columns: 3, values };
    const labels = Uint8Array.from({ length: rows }, (_, i) =>
      values[i * 3 + 1]! + 0.5 * random.normal() > 0.5 ? 2 : random.integer(2),
    );
    const all = Array.from({ length: rows }, (_, i) => i);
    const head = fitHead(features, all, labels, 3);
    // At the optimum the ridge balances the weighted residuals (the gradient of the penalised likelihood is 0).
    const counts = [0, 1, 2].map((k) => labels.filter((label) => label === k).length);
    for (let k = 0; k < 3; k++)
      for (let c = 0; c < 3; c++) {
        const slope = all.reduce((sum, row) => {
          const weight = rows / (3 * counts[labels[row]!]!);
          const residual = (labels[row] === k ? 1 : 0) - probabilitiesOf(head, features, row)[k]!;
          return sum + weight * residual * values[row * 3 + c]!;
        }, -head[k]![c]!);
        expect(Math.abs(slope)).toBeLessThan(0.05);
      }
  });

  it('makes courses monotone as pool adjacent violators does', () => {
    expect(isotonic([1, 3, 2, 4])).toEqual([1, 2.5, 2.5, 4]);
    expect(isotonic([3, 2, 1])).toEqual([2, 2, 2]);
  });

  it('saves half where half is needed, costs half the other way round, and nothing against itself', () => {
    const labels = [10, 20, 30, 40];
    const slow = { labels, accuracy: [0.4, 0.5, 0.6, 0.7] };
    const fast = { labels, accuracy: [0.4, 0.7, 0.8, 0.9] };
    expect(labelsSaved(fast, slow)).toBeCloseTo(0.5, 12);
    expect(labelsSaved(slow, fast)).toBeCloseTo(-0.5, 12);
    expect(labelsSaved(slow, slow)).toBe(0);
  });
});
