import { CalcarError } from '../contract/errors.ts';
import { degrees, mm } from '../contract/units.ts';
import type { Volume } from '../volume/volume.ts';
import { alignedDirection } from '../volume/volume.ts';
import { anteroposterior } from './geometry.ts';
import { prepareVolume } from './preparedVolume.ts';
import { projectMaterials } from './projector.ts';
import type { GraphicsDevice } from '../graphics/graphicsDevice.ts';
import type { Programs } from './webgpuPrograms.ts';
import { makeResident } from './webgpuVolume.ts';

/** Share of the highest mass by which a pixel may differ from the CPU's: the tolerance between the two projectors. */
const tolerance = 1e-4;

const small: Volume = {
  size: [9, 8, 7],
  spacing: [mm(11), mm(13), mm(12)],
  origin: [mm(-44), mm(-45), mm(-36)],
  direction: alignedDirection,
  // Air to dense bone, one after the other in no order that an axis follows.
  hounsfield: Int16Array.from({ length: 9 * 8 * 7 }, (_, n) => ((n * 7919) % 3000) - 1000),
};
const view = anteroposterior({
  isocentre: [mm(2), mm(-3), mm(5)],
  sourceToImageDistance: mm(900),
  sourceToObjectDistance: mm(700),
  rows: 24,
  columns: 20,
  spacing: mm(7),
  craniocaudalAngle: degrees(13),
  axialAngle: degrees(-19),
});

/**
 * Projects a small volume and compares it with the CPU, so that a driver that computes wrongly draws no radiograph.
 *
 * @throws CalcarError 'backend-unavailable' when the answer is not the CPU's.
 */
export async function requireKnownAnswer(graphics: GraphicsDevice, programs: Programs): Promise<void> {
  const volume = prepareVolume(small);
  const { extent } = volume;
  if (extent === null) throw new RangeError('the volume of the self-test is empty');
  const resident = await makeResident(graphics, programs, volume, extent);
  const rows = { first: 0, end: view.rows };
  for (const interpolation of ['exact', 'trilinear'] as const) {
    const got = await resident.project({ geometry: view, rows, continuedSlices: 0, interpolation });
    const wanted = projectMaterials(small, view, { beyondEnds: 'air', interpolation });
    if (!agrees(wanted.soft, got.soft) || !agrees(wanted.bone, got.bone)) {
      throw new CalcarError(
        'backend-unavailable',
        'The graphics processor gives wrong results in a known example, so it is not used. The CPU can do its work; updating the graphics driver may help.',
      );
    }
  }
  resident.free();
}

function agrees(wanted: Float32Array, got: Float32Array): boolean {
  const highest = wanted.reduce((most, mass) => Math.max(most, mass), 0);
  return wanted.every((mass, n) => Math.abs(mass - got[n]!) <= tolerance * highest);
}
