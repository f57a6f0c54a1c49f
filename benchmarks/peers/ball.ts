import { mm } from '../../electron/contract/units.ts';
import { seeded } from '../../electron/random/random.ts';
import type { Volume } from '../../electron/volume/volume.ts';
import { alignedDirection } from '../../electron/volume/volume.ts';

/** Millimetres of every benchmark's volume, of its detector, and of its distances: a pelvis film. */
export const ballSide = 256;
export const detectorSide = 400;
export const sourceToIsocentre = 1000;
export const sourceToDetector = 1150;

/** A grainy ball of muscle with a dense core, two voxels of air about it, in shared memory. */
export function ball(voxels: number): Volume {
  const random = seeded(0xd44);
  const hounsfield = new Int16Array(new SharedArrayBuffer(2 * voxels ** 3)).fill(-1000);
  const grain = Int16Array.from({ length: 4096 }, () => random.integer(20));
  const middle = (voxels - 1) / 2;
  const outer = (voxels / 2 - 2) ** 2;
  for (let k = 0, n = 0; k < voxels; k++) {
    for (let j = 0; j < voxels; j++) {
      for (let i = 0; i < voxels; i++, n++) {
        const radius = (i - middle) ** 2 + (j - middle) ** 2 + (k - middle) ** 2;
        if (radius < outer)
          hounsfield[n] = (radius < outer / 11 ? 900 : 50) + grain[(n * 2654435761) & 4095]!;
      }
    }
  }
  const spacing = mm(ballSide / voxels);
  const first = mm(-middle * spacing);
  return {
    size: [voxels, voxels, voxels],
    spacing: [spacing, spacing, spacing],
    origin: [first, first, first],
    direction: alignedDirection,
    hounsfield,
  };
}
