import { describe, expect, it } from 'vitest';
import type { HipRead } from '../../contract/reads.ts';
import type { LabelRead, ReadFilm } from '../../database/labels.ts';
import { hashOf, sampleFilm, sampleRead } from '../../database/testing/samples.ts';
import { labelsOf } from './filmLabels.ts';

const box = { x: 10, y: 20, width: 300, height: 310 };
const hip = (laterality: HipRead['laterality'], grade: HipRead['grade'], x = 10): HipRead => ({
  box: { ...box, x },
  laterality,
  grade,
  confidence: null,
});

/** Each reader's hips, in the order they were committed. */
function film(...reads: HipRead[][]): ReadFilm {
  return {
    description: sampleFilm('a'),
    reads: reads.map((hips, i): LabelRead => ({
      id: i + 1,
      hash: hashOf(String(i)),
      at: '2026-11-24T01:00:00.000Z',
      read: { ...sampleRead(hashOf('a'), `reader ${String(i)}`), hips, blinded: i === 0 },
    })),
  };
}

describe('labels', () => {
  it('of one reader are that reader’s, with where they come from', () => {
    const { hips, leftOut } = labelsOf(film([hip('left', 'II'), hip('right', 'none', 500)]));
    expect(leftOut).toEqual([]);
    expect(hips.map(({ laterality, grade, box: { x } }) => [laterality, grade, x])).toEqual([
      ['right', 'none', 500],
      ['left', 'II', 10],
    ]);
    expect(hips[0]!.label).toEqual({
      kind: 'reads',
      agreement: 'single',
      reads: [
        { id: 1, hash: hashOf('0'), reader: 'reader 0', at: '2026-11-24T01:00:00.000Z', blinded: true },
      ],
    });
  });

  it('of readers who agree are unanimous, in the box of the last', () => {
    const { hips, leftOut } = labelsOf(film([hip('left', 'III')], [hip('left', 'III', 12)]));
    expect(leftOut).toEqual([]);
    expect(hips).toMatchObject([{ grade: 'III', box: { x: 12 }, label: { agreement: 'unanimous' } }]);
    expect(hips[0]!.label).toMatchObject({ reads: [{ reader: 'reader 0' }, { reader: 'reader 1' }] });
  });

  it('of readers who do not agree are none: the hip waits, and the disagreement is said', () => {
    const { hips, leftOut } = labelsOf(
      film([hip('left', 'II'), hip('right', 'none')], [hip('left', 'III'), hip('right', 'none')]),
    );
    expect(hips.map(({ laterality, grade }) => [laterality, grade])).toEqual([
      ['right', 'none'],
      ['left', null],
    ]);
    expect(leftOut).toEqual([expect.stringMatching(/left hip.*Garden II, Garden III/)]);
  });

  it('that no reader could give leave the hip without a grade', () => {
    expect(labelsOf(film([hip('left', 'cannot-grade')])).hips).toMatchObject([{ grade: null }]);
  });

  it.each<[string, HipRead[][], RegExp]>([
    ['no hip', [[]], /No hip was marked/],
    ['a hip of unknown side', [[hip('unknown', 'II')]], /side of a hip is not known/],
    ['two left hips', [[hip('left', 'II'), hip('left', 'none', 90)]], /marks two left hips/],
    [
      'a hip that one reader did not mark',
      [[hip('right', 'II')], []],
      /marked a right hip .* another did not/,
    ],
  ])('leave a film out that has %s, and say so', (_, reads, sentence) => {
    expect(labelsOf(film(...reads))).toEqual({ hips: [], leftOut: [expect.stringMatching(sentence)] });
  });
});
