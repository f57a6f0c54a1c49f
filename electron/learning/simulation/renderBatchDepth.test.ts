import { describe, expect, it } from 'vitest';
import { degrees, mm } from '../../contract/units.ts';
import { anteroposterior } from '../../drr/geometry.ts';
import { projectMaterials } from '../../drr/projector.ts';
import { buildPhantom, samplePatient } from '../../phantom/phantom.ts';
import { seeded } from '../../random/random.ts';
import type { Volume } from '../../volume/volume.ts';
import { mergeDepth } from './renderBatchDepth.ts';

function box(direction: Volume['direction']): Volume {
  const random = seeded(3);
  return {
    size: [4, 6, 8],
    spacing: [mm(1), mm(1), mm(1)],
    origin: [mm(10), mm(20), mm(30)],
    direction,
    hounsfield: Int16Array.from({ length: 192 }, () => Math.round(random.between(-200, 900))),
  };
}

/** Where the attenuating mass of HU above air lies. */
function centreOfMass({ size, spacing, origin, direction: d, hounsfield }: Volume): number[] {
  let mass = 0;
  const sum = [0, 0, 0];
  for (let k = 0, n = 0; k < size[2]; k++) {
    for (let j = 0; j < size[1]; j++) {
      for (let i = 0; i < size[0]; i++, n++) {
        const weight = (hounsfield[n]! + 1000) * spacing[0] * spacing[1] * spacing[2];
        mass += weight;
        for (const axis of [0, 1, 2]) {
          const place =
            origin[axis]! +
            d[axis]! * i * spacing[0] +
            d[3 + axis]! * j * spacing[1] +
            d[6 + axis]! * k * spacing[2];
          sum[axis]! += weight * place;
        }
      }
    }
  }
  return [mass, ...sum.map((value) => value / mass)];
}

describe('mergeDepth', () => {
  it.each([
    ['axial', [1, 0, 0, 0, 1, 0, 0, 0, 1], [4, 3, 8]],
    ['coronal', [1, 0, 0, 0, 0, -1, 0, 1, 0], [4, 6, 4]],
    ['sagittal', [0, -1, 0, 0, 0, 1, 1, 0, 0], [2, 6, 8]],
  ] as const)('keeps mass and place of an %s volume and halves only its depth', (_name, direction, size) => {
    const volume = box(direction);
    const merged = mergeDepth(volume, mm(2.5));
    expect(merged.size).toEqual(size);
    const before = centreOfMass(volume);
    // Rounding to whole HU moves the sum by less than a thousandth.
    centreOfMass(merged).forEach((value, n) => expect(Math.abs(value / before[n]! - 1)).toBeLessThan(1e-3));
  });

  it('leaves a volume alone whose voxels are that deep already', () => {
    const volume = box([1, 0, 0, 0, 1, 0, 0, 0, 1]);
    expect(mergeDepth(volume, mm(1.9))).toBe(volume);
  });

  it('changes the shadow of a hip by less than a hundredth of its soft tissue', () => {
    const random = seeded(12);
    const patient = samplePatient(random.stream('patient'), { left: 'III' });
    const { volume, truth } = buildPhantom(patient, mm(1.5), random.stream('phantom'));
    const geometry = anteroposterior({
      isocentre: truth.hips.left.headCentre,
      sourceToImageDistance: mm(1150),
      sourceToObjectDistance: mm(1000),
      rows: 160,
      columns: 160,
      spacing: mm(1.2),
      craniocaudalAngle: degrees(6),
      axialAngle: degrees(10),
    });
    const exact = projectMaterials(volume, geometry);
    const merged = projectMaterials(mergeDepth(volume, mm(3)), geometry);
    const shareOff = (a: Float32Array, b: Float32Array, scale: Float32Array): number => {
      let off = 0;
      let all = 0;
      a.forEach((value, n) => {
        off += (value - b[n]!) ** 2;
        all += scale[n]! ** 2;
      });
      return Math.sqrt(off / all);
    };
    expect(shareOff(exact.soft, merged.soft, exact.soft)).toBeLessThan(0.01);
    expect(shareOff(exact.bone, merged.bone, exact.soft)).toBeLessThan(0.01);
  });
});
