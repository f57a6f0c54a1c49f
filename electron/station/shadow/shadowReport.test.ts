import { describe, expect, it } from 'vitest';
import type { Finding, GradeGroup, HipFinding, Laterality } from '../../contract/finding.ts';
import { gradeGroups } from '../../contract/finding.ts';
import type { Grade } from '../../contract/finding.ts';
import { hashOf, sampleFinding, sampleRead } from '../../database/testing/samples.ts';
import { matchHips } from './matchHips.ts';
import { shadowReportOf, type ShadowPair } from './shadowReport.ts';

const places = { right: 0, left: 400, unknown: 200 };

function hip(group: GradeGroup, probability = 0.8, laterality: Laterality = 'left', x?: number): HipFinding {
  const rest = (1 - probability) / 2;
  return {
    ...sampleFinding('').hips[0]!,
    box: { x: x ?? places[laterality], y: 0, width: 100, height: 100 },
    laterality,
    gradeGroup: group,
    probabilities: { none: rest, 'I-II': rest, 'III-IV': rest, [group]: probability },
  };
}
const says = (...hips: HipFinding[]): Finding => ({ ...sampleFinding(hashOf('film')), hips });

function pair(
  name: string,
  current: Finding,
  candidate: Finding,
  read: Partial<ShadowPair> = {},
): ShadowPair {
  return {
    imageHash: hashOf(name),
    fileName: `${name}.dcm`,
    patient: name,
    simulated: false,
    current,
    candidate,
    read: null,
    ...read,
  };
}
const readAs = (grade: Grade, shownModelHash: string | null = null): Pick<ShadowPair, 'read'> => ({
  read: {
    ...sampleRead(hashOf('film')),
    shownModelHash,
    hips: [{ box: hip('none').box, laterality: 'left', grade, confidence: null }],
  },
});

describe('the same hip', () => {
  it('is known by its place, whatever side it was given', () => {
    const [a, b] = [hip('none', 0.8, 'left', 0), hip('none', 0.8, 'right', 20)];
    expect(matchHips([a], [b])).toEqual([[a, b]]);
  });
  it('is known by its side where the boxes lie apart', () => {
    const [a, b] = [hip('none', 0.8, 'left', 0), hip('none', 0.8, 'left', 90)];
    expect(matchHips([a], [b])).toEqual([[a, b]]);
  });
  it('is not guessed between two of one side', () => {
    const [a, b, c] = [
      hip('none', 0.8, 'left', 0),
      hip('none', 0.8, 'left', 200),
      hip('none', 0.8, 'left', 400),
    ];
    expect(matchHips([a], [b, c])).toEqual([
      [a, null],
      [null, b],
      [null, c],
    ]);
  });
  it('goes to the better overlap, and every hip is told of once', () => {
    const [a, near, nearer] = [
      hip('none', 0.8, 'left', 0),
      hip('none', 0.8, 'left', 40),
      hip('none', 0.8, 'left', 10),
    ];
    expect(matchHips([a], [near, nearer])).toEqual([
      [a, nearer],
      [null, near],
    ]);
  });
});

describe('agreement', () => {
  /** The textbook's 50 cases (20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no): 0.7 observed, 0.5 by chance, kappa 0.4. */
  const cells: [number, GradeGroup, GradeGroup][] = [
    [20, 'III-IV', 'III-IV'],
    [5, 'III-IV', 'none'],
    [10, 'none', 'III-IV'],
    [15, 'none', 'none'],
  ];
  const pairs = cells.flatMap(([n, current, candidate]) =>
    Array.from({ length: n }, (_, i) =>
      pair(`${current} ${candidate} ${String(i)}`, says(hip(current)), says(hip(candidate))),
    ),
  );

  it('and kappa are those of the textbook', () => {
    const report = shadowReportOf(pairs);
    expect(report).toMatchObject({ films: 50, hips: 50 });
    expect(report.agreement).toMatchObject({ n: 50, of: 'hips', method: 'patient-bootstrap' });
    expect(report.agreement!.estimate).toBeCloseTo(0.7, 12);
    expect(report.kappa!.estimate).toBeCloseTo(0.4, 12);
    expect(report.table).toEqual([
      [15, 0, 10, 0],
      [0, 0, 0, 0],
      [5, 0, 20, 0],
      [0, 0, 0, 0],
    ]);
    expect(report.disagreements).toHaveLength(15);
  });

  it('has the interval of 50 patients: as wide as √(pq/n) says', () => {
    const { low, high } = shadowReportOf(pairs).agreement!;
    const half = 1.96 * Math.sqrt((0.7 * 0.3) / 50);
    expect(low).toBeCloseTo(0.7 - half, 1);
    expect(high).toBeCloseTo(0.7 + half, 1);
  });

  it('is no surer for the same patients twice', () => {
    const once = shadowReportOf(pairs).agreement!;
    const twice = shadowReportOf([...pairs, ...pairs]).agreement!;
    expect(twice.n).toBe(100);
    expect(twice.high - twice.low).toBeCloseTo(once.high - once.low, 10);
  });

  it('of all hips is not certainty: Wilson over the patients', () => {
    const alike = Array.from({ length: 10 }, (_, i) => pair(String(i), says(hip('none')), says(hip('none'))));
    // 1 / (1 + z² / n), z² = 3.8415.
    expect(shadowReportOf(alike).agreement).toMatchObject({
      estimate: 1,
      n: 10,
      of: 'patients',
      method: 'wilson',
    });
    expect(shadowReportOf(alike).agreement!.low).toBeCloseTo(10 / 13.8415, 4);
    // Chance alone explains it all, so kappa says nothing.
    expect(shadowReportOf(alike).kappa).toBeNull();
  });

  it('is not told of one patient, nor of nothing', () => {
    expect(shadowReportOf(pairs.slice(0, 1))).toMatchObject({ hips: 1, agreement: null, kappa: null });
    expect(shadowReportOf([])).toMatchObject({ films: 0, hips: 0, agreement: null, disagreements: [] });
  });

  it('counts a hip that one has not found as no answer, and a film that both refuse as none', () => {
    const report = shadowReportOf([
      pair('a', says(hip('I-II', 0.8, 'right'), hip('none')), says(hip('none'))),
      pair('b', says(), says(hip('III-IV'))),
      pair('c', says(), says()),
    ]);
    expect(report).toMatchObject({ films: 3, hips: 3 });
    expect(report.table).toEqual([
      [1, 0, 0, 0],
      [0, 0, 0, 1],
      [0, 0, 0, 0],
      [0, 0, 1, 0],
    ]);
  });
});

it('the gravest disagreement comes first: distance of the groups, then how sure the less sure is', () => {
  const { disagreements } = shadowReportOf([
    pair('near and sure', says(hip('none', 0.9)), says(hip('I-II', 0.9))),
    pair('far, one unsure', says(hip('none', 0.9)), says(hip('III-IV', 0.5))),
    pair('far and sure', says(hip('III-IV', 0.9)), says(hip('none', 0.9))),
    pair('near, one unsure', says(hip('I-II', 0.5)), says(hip('none', 0.9))),
    pair('missed break', says(hip('III-IV', 0.8)), says()),
    pair('missed whole hip', says(hip('none', 0.7)), says()),
    pair('same', says(hip('none')), says(hip('none'))),
  ]);
  expect(disagreements.map(({ fileName }) => fileName)).toEqual(
    [
      'far and sure',
      'missed break',
      'far, one unsure',
      'near and sure',
      'missed whole hip',
      'near, one unsure',
    ].map((name) => `${name}.dcm`),
  );
  expect(disagreements[1]).toMatchObject({
    laterality: 'left',
    current: { group: 'III-IV' },
    candidate: null,
  });
});

it('both are held against the same readers, on the hips that these graded', () => {
  const report = shadowReportOf([
    pair('a', says(hip('none')), says(hip('III-IV')), readAs('IV')),
    pair('b', says(hip('I-II')), says(hip('I-II')), readAs('II', hashOf('model'))),
    pair('c', says(hip('none')), says(), readAs('none')),
    pair('d', says(hip('none')), says(hip('III-IV')), readAs('cannot-grade')),
    pair('e', says(hip('none')), says(hip('III-IV'))),
  ]);
  expect(report.againstReaders).toMatchObject({ hips: 3, sawCurrent: 1 });
  expect(report.againstReaders.current!.estimate).toBeCloseTo(2 / 3, 12);
  expect(report.againstReaders.candidate!.estimate).toBeCloseTo(2 / 3, 12);
});

it('says how many of the films are simulated', () => {
  const simulated = pair('a', says(hip('none')), says(hip('none')), { simulated: true });
  expect(shadowReportOf([simulated, pair('b', says(), says())])).toMatchObject({ films: 2, simulated: 1 });
});

it('kappa of the same answers everywhere is not told as certain', () => {
  const groups = ['none', 'I-II', 'III-IV', 'none'] as const;
  const alike = groups.map((group, i) => pair(String(i), says(hip(group)), says(hip(group))));
  expect(shadowReportOf(alike).kappa).toBeNull();
});

it('the table has its groups in the order of the contract', () => {
  gradeGroups.forEach((group, i) => {
    const { table } = shadowReportOf([pair('a', says(hip(group)), says())]);
    expect(table[i]![3]).toBe(1);
  });
});
