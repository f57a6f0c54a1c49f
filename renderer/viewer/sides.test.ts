import { describe, expect, it } from 'vitest';
import { sideMarkers } from './sides.ts';

const at = (x: number, laterality: 'left' | 'right' | 'unknown') => ({
  box: { x, y: 0, width: 100, height: 100 },
  laterality,
});

describe('side markers', () => {
  it("an AP pelvis has the patient's right at the picture's left", () => {
    expect(sideMarkers('unknown', [at(900, 'left'), at(100, 'right')])).toEqual([
      { edge: 'left', letter: 'R' },
      { edge: 'right', letter: 'L' },
    ]);
  });

  it('a film that was taken the other way round says so', () => {
    expect(sideMarkers('unknown', [at(100, 'left'), at(900, 'right')])).toEqual([
      { edge: 'left', letter: 'L' },
      { edge: 'right', letter: 'R' },
    ]);
  });

  it("one hip has its letter on its lateral edge; the file's word comes first", () => {
    expect(sideMarkers('left', [])).toEqual([{ edge: 'right', letter: 'L' }]);
    expect(sideMarkers('right', [at(5, 'left')])).toEqual([{ edge: 'left', letter: 'R' }]);
    expect(sideMarkers('unknown', [at(5, 'right')])).toEqual([{ edge: 'left', letter: 'R' }]);
  });

  it('says nothing where nobody knows', () => {
    expect(sideMarkers('unknown', [at(5, 'unknown')])).toEqual([]);
    expect(sideMarkers('unknown', [])).toEqual([]);
  });
});
