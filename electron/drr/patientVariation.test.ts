import { describe, expect, it } from 'vitest';
import { degrees, kilovoltPeak, milliampereSeconds, mm } from '../contract/units.ts';
import { seeded } from '../random/random.ts';
import { alignedDirection, type PatientPoint, type Volume } from '../volume/volume.ts';
import type { HipPlace } from '../volume/hipsRegion.ts';
import { projectPoint } from './geometry.ts';
import {
  applyVariation,
  type PatientVariation,
  sampleVariation,
  variationRanges,
} from './patientVariation.ts';
import { projectMaterials } from './projector.ts';

const point = (x: number, y: number, z: number): PatientPoint => [mm(x), mm(y), mm(z)];
const hip: HipPlace = { side: 'left', headCentre: point(90, 5, 10), headRadius: mm(24) };
const film = { rows: 256, columns: 256, spacing: mm(0.8) };

/** A block of water with a rod of bone through the head's centre, along the body. */
function volume(direction: Volume['direction'] = alignedDirection): Volume {
  const side = 60;
  const hounsfield = new Int16Array(side ** 3).fill(-1000);
  for (let k = 10; k < 50; k++) {
    for (let j = 10; j < 50; j++) {
      for (let i = 10; i < 50; i++) hounsfield[i + side * (j + side * k)] = 0;
    }
  }
  return {
    size: [side, side, side],
    spacing: [mm(3), mm(3), mm(3)],
    origin: point(0, -90, -80),
    direction,
    hounsfield,
  };
}

/** Straight from the front, the body as it was scanned. */
const plain: PatientVariation = {
  ...sampleVariation(seeded(1), 'drr'),
  bodyScale: { width: 1, depth: 1, height: 1 },
  hipRotation: degrees(0),
  craniocaudalAngle: degrees(0),
  translation: [mm(0), mm(0), mm(0)],
  detectorShift: [mm(0), mm(0)],
  detectorRoll: degrees(0),
};

describe('sampleVariation', () => {
  it('gives the same for the same seed, another for another, and is plain JSON', () => {
    const one = sampleVariation(seeded(4), 'clinic');
    expect(sampleVariation(seeded(4), 'clinic')).toEqual(one);
    expect(sampleVariation(seeded(5), 'clinic')).not.toEqual(one);
    expect(JSON.parse(JSON.stringify(one))).toEqual(one);
  });

  it('stays in its ranges and uses them', () => {
    const drawn = Array.from({ length: 400 }, (_, n) => sampleVariation(seeded(n), 'drr'));
    const spread = (of: (variation: PatientVariation) => number): [number, number] => {
      const values = drawn.map(of);
      return [Math.min(...values), Math.max(...values)];
    };
    const within = (of: (variation: PatientVariation) => number, least: number, most: number): void => {
      const [low, high] = spread(of);
      expect(low).toBeGreaterThanOrEqual(least);
      expect(high).toBeLessThanOrEqual(most);
      expect(high - low).toBeGreaterThan(0.6 * (most - least));
    };
    const girth = variationRanges.girth.most + variationRanges.girthApart.most;
    within(({ bodyScale }) => bodyScale.width, 1 - girth, 1 + girth);
    within(({ bodyScale }) => bodyScale.depth, 1 - girth, 1 + girth);
    within(
      ({ bodyScale }) => bodyScale.height,
      1 - variationRanges.height.most,
      1 + variationRanges.height.most,
    );
    within(({ hipRotation }) => hipRotation, -22, 22);
    within(({ craniocaudalAngle }) => craniocaudalAngle, -10, 10);
    within(({ exposure }) => exposure.tubeVoltage, 60, 90);
    within(({ exposure }) => exposure.charge, 8, 40);
    within(({ exposure }) => exposure.sourceToObjectDistance, 900, 1040);
  });

  it('holds fast what is held and leaves the rest as it was', () => {
    const free = sampleVariation(seeded(9), 'drr');
    const held = sampleVariation(seeded(9), 'drr', {
      tubeVoltage: kilovoltPeak(81),
      charge: milliampereSeconds(12),
      hipRotation: degrees(-10),
    });
    expect(held).toEqual({
      ...free,
      hipRotation: -10,
      exposure: { ...free.exposure, tubeVoltage: 81, charge: 12 },
    });
  });
});

describe('applyVariation', () => {
  it('scales the patient and not the detector: a wider body has a wider shadow, magnified as before', () => {
    const wide = { ...plain, bodyScale: { width: 1.1, depth: 1, height: 0.95 } };
    const before = applyVariation(volume(), hip, plain, film);
    const after = applyVariation(volume(), hip, wide, film);
    expect(after.geometry).toEqual(before.geometry);
    expect(after.volume.hounsfield.length).toBe(before.volume.hounsfield.length);
    const centre = projectPoint(before.geometry, hip.headCentre);
    const beside = point(90 + 20, 5, 10 + 30);
    const was = projectPoint(before.geometry, before.moved(beside));
    const is = projectPoint(after.geometry, after.moved(beside));
    expect((is.x - centre.x) / (was.x - centre.x)).toBeCloseTo(1.1, 10);
    expect((is.y - centre.y) / (was.y - centre.y)).toBeCloseTo(0.95, 10);
    // SID / SOD at the depth of the head.
    const { sourceToImageDistance, sourceToObjectDistance } = plain.exposure;
    const magnified = (20 / 0.8) * (sourceToImageDistance / sourceToObjectDistance);
    expect(was.x - centre.x).toBeCloseTo(magnified, 6);
  });

  it('makes a deeper body absorb more, by its depth', () => {
    const deep = { ...plain, bodyScale: { width: 1, depth: 1.1, height: 1 } };
    const through = (variation: PatientVariation): number => {
      const { volume: varied, geometry } = applyVariation(volume(), hip, variation, film);
      const { soft } = projectMaterials(varied, geometry, { beyondEnds: 'air' });
      return soft[128 * 256 + 128]!;
    };
    expect(through(deep) / through(plain)).toBeCloseTo(1.1, 3);
  });

  it.each([
    ['left', 1],
    ['right', -1],
  ] as const)('turns a %s leg outward as if the leg were turned', (side, lateral) => {
    const turn = 17;
    const place: HipPlace = { ...hip, side };
    const turned = applyVariation(volume(), place, { ...plain, hipRotation: degrees(turn) }, film);
    const straight = applyVariation(volume(), place, plain, film);
    const { isocentre } = straight.setup;
    // Outward, the front of the leg goes to its own side: left is +x, front is -y.
    const angle = (lateral * turn * Math.PI) / 180;
    for (const [x, y, z] of [
      [30, -20, 12],
      [-14, 25, -40],
      [5, 18, 33],
    ] as const) {
      const leg = point(
        isocentre[0] + x * Math.cos(angle) - y * Math.sin(angle),
        isocentre[1] + x * Math.sin(angle) + y * Math.cos(angle),
        isocentre[2] + z,
      );
      const seen = projectPoint(straight.geometry, leg);
      const instead = projectPoint(
        turned.geometry,
        point(isocentre[0] + x, isocentre[1] + y, isocentre[2] + z),
      );
      expect(instead.x).toBeCloseTo(seen.x, 6);
      expect(instead.y).toBeCloseTo(seen.y, 6);
    }
  });

  it('shows the greater trochanter’s side laterally: the front of an outward leg moves to its own side', () => {
    const front = point(90, -40, 10);
    for (const [side, sign] of [
      ['left', 1],
      ['right', -1],
    ] as const) {
      const place: HipPlace = { ...hip, side };
      const at = (rotation: number): number => {
        const { geometry } = applyVariation(
          volume(),
          place,
          { ...plain, hipRotation: degrees(rotation) },
          film,
        );
        return projectPoint(geometry, front).x - projectPoint(geometry, hip.headCentre).x;
      };
      expect(Math.sign(at(20) - at(0))).toBe(sign);
    }
  });

  it('scales a volume stored in another orientation alike', () => {
    // Columns run to the back, rows to the head, slices to the left.
    const sagittal: Volume['direction'] = [0, 1, 0, 0, 0, 1, 1, 0, 0];
    const scale = { ...plain, bodyScale: { width: 1.1, depth: 0.9, height: 1.05 } };
    const varied = applyVariation(volume(sagittal), hip, scale, film);
    expect(varied.volume.spacing[0]).toBeCloseTo(2.7, 10);
    expect(varied.volume.spacing[1]).toBeCloseTo(3.15, 10);
    expect(varied.volume.spacing[2]).toBeCloseTo(3.3, 10);
    const corner = point(120, 40, 70);
    const same = applyVariation(volume(), hip, scale, film).moved(corner);
    varied.moved(corner).forEach((value, axis) => expect(value).toBeCloseTo(same[axis]!, 9));
  });

  it('puts the hip on the film, the letter of its side beside it', () => {
    for (let seed = 0; seed < 40; seed++) {
      const varied = applyVariation(
        volume(),
        { ...hip, side: 'right' },
        sampleVariation(seeded(seed), 'clinic'),
        { rows: 512, columns: 512, spacing: mm(0.4) },
      );
      const { x, y } = projectPoint(varied.geometry, hip.headCentre);
      expect(Math.min(x, y)).toBeGreaterThan(60);
      expect(Math.max(x, y)).toBeLessThan(452);
      if (varied.exposure.marker !== null) {
        expect(varied.exposure.marker.letter).toBe('R');
        expect(varied.exposure.marker.x).toBeLessThan(0.5);
      }
    }
  });
});
