import { describe, expect, it } from 'vitest';
import { faceEachOther, sidesOf, sideWarning, type SidedBox } from './laterality.ts';

const hip = (x: number, medialSide: SidedBox['medialSide']): SidedBox => ({
  box: { x, y: 100, width: 80, height: 90 },
  medialSide,
});

describe('the side of a hip', () => {
  it('goes by position on a pelvis, whatever the tag says: picture left is the patient’s right', () => {
    const pelvis = [hip(400, 'picture-left'), hip(50, 'picture-right')];
    expect(sidesOf(pelvis, 'right')).toEqual([
      { laterality: 'left', lateralitySource: 'position' },
      { laterality: 'right', lateralitySource: 'position' },
    ]);
  });

  it('goes by the tag on a film of one hip, and doubts a hip that faces the other way', () => {
    const right = [hip(100, 'picture-right')];
    expect(sidesOf(right, 'right')).toEqual([{ laterality: 'right', lateralitySource: 'tag' }]);
    expect(sideWarning(right, 'right')).toBeNull();
    expect(sidesOf(right, 'left')).toEqual([{ laterality: 'left', lateralitySource: 'tag' }]);
    expect(sideWarning(right, 'left')?.weight).toBe('doubt');
  });

  it('goes by the way a single hip faces when there is no tag', () => {
    expect(sidesOf([hip(100, 'picture-left')], 'unknown')).toEqual([
      { laterality: 'left', lateralitySource: 'appearance' },
    ]);
    expect(sideWarning([hip(100, 'picture-left')], 'unknown')).toBeNull();
  });

  it('knows two hips of one pelvis by their facing each other', () => {
    expect(faceEachOther(hip(0, 'picture-right'), hip(300, 'picture-left'))).toBe(true);
    expect(faceEachOther(hip(300, 'picture-left'), hip(0, 'picture-right'))).toBe(true);
    expect(faceEachOther(hip(0, 'picture-left'), hip(300, 'picture-right'))).toBe(false);
  });
});
