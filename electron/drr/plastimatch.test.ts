import { describe, expect, it } from 'vitest';
import { mm } from '../contract/units.ts';
import { seeded } from '../random/random.ts';
import type { Volume } from '../volume/volume.ts';
import { alignedDirection } from '../volume/volume.ts';
import { plastimatchAttenuation, radiologicalPath } from './projector.ts';
import { geometryOf, isPlastimatchInstalled, openPlastimatch } from './testing/plastimatch.ts';
import type { PlastimatchView } from './testing/plastimatch.ts';

const installed = isPlastimatchInstalled();
if (!installed) {
  console.info(
    'plastimatch is not installed: its comparison is skipped (Debian: apt-get install plastimatch).',
  );
}

/** Grainy balls and a rod, padded with two voxels of air: plastimatch clips its rays at voxel centres. */
function grainyVolume(): Volume {
  const size = [72, 60, 66] as const;
  const spacing = [mm(2.5), mm(3), mm(2)] as const;
  const random = seeded(0x9e3779b1);
  const hounsfield = new Int16Array(size[0] * size[1] * size[2]).fill(-1000);
  for (let k = 2; k < size[2] - 2; k++) {
    for (let j = 2; j < size[1] - 2; j++) {
      for (let i = 2; i < size[0] - 2; i++) {
        const n = i + size[0] * (j + size[1] * k);
        const grain = Math.round(random.between(-40, 40));
        if (Math.hypot((i - 36) / 32, (j - 30) / 25, (k - 33) / 30) < 1) hounsfield[n] = 30 + grain;
        if (Math.hypot(i - 45, j - 28, k - 40) < 9) hounsfield[n] = 900 + grain;
        if (Math.hypot(i - 25, j - 33) < 4) hounsfield[n] = 1600 + grain;
        if (Math.hypot(i - 36, j - 20, k - 20) < 5) hounsfield[n] = -950;
      }
    }
  }
  return { size, spacing, origin: [mm(-88), mm(-91), mm(-60)], direction: alignedDirection, hounsfield };
}

const detector = { sourceToIsocentre: 1000, sourceToDetector: 1400, pixelWidth: 1.3, pixelHeight: 1.1 };
const views: (PlastimatchView & { name: string })[] = [
  {
    ...detector,
    name: 'straight',
    normal: [0, -1, 0],
    up: [0, 0, 1],
    isocentre: [mm(0), mm(0), mm(0)],
    rows: 150,
    columns: 200,
  },
  {
    ...detector,
    name: 'oblique',
    normal: [0.3, -0.9, 0.2],
    up: [0.05, 0, 1],
    isocentre: [mm(12), mm(-7), mm(9)],
    rows: 170,
    columns: 130,
  },
];

describe.skipIf(!installed)('radiologicalPath beside plastimatch -i exact', () => {
  it.each(views)('is the same to the rounding of its floats, $name', (view) => {
    const volume = grainyVolume();
    const ours = radiologicalPath(volume, geometryOf(view), plastimatchAttenuation);
    const plastimatch = openPlastimatch(volume);
    const theirs = plastimatch.drr(view).path;
    plastimatch.close();
    expect(theirs.length).toBe(ours.length);
    const highest = Math.max(...theirs);
    expect(highest).toBeGreaterThan(0.3);
    let worst = 0;
    theirs.forEach((value, n) => (worst = Math.max(worst, Math.abs(value - ours[n]!))));
    // One part in 2^22 of the highest value: a few roundings of a 32-bit float.
    expect(worst).toBeLessThan(highest / 2 ** 22);
  });
});
