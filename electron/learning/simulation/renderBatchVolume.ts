/** Opens or builds a volume of a batch and says where its hips are. */
import { type Millimetres, mm } from '../../contract/units.ts';
import { type PreparedVolume, prepareVolume } from '../../drr/preparedVolume.ts';
import { buildPhantom, type HipTruth, samplePatient } from '../../phantom/phantom.ts';
import { seeded } from '../../random/random.ts';
import { findHips, type HipMissing, type HipSide } from '../../volume/hips.ts';
import { openVolume } from '../../volume/open.ts';
import type { Volume } from '../../volume/volume.ts';
import { mergeDepth } from './renderBatchDepth.ts';
import type { BatchHip, BatchVolume, ReadyHip, ReadyVolume } from './renderBatchPlan.ts';

type PhantomVolume = Extract<BatchVolume, { kind: 'phantom' }>;
type Prepare = (volume: Volume) => PreparedVolume;
type ScannedVolume = Exclude<BatchVolume, PhantomVolume>;

/**
 * The volume in shared memory with the hips of the sides that are asked for, its voxels merged along the beam up to
 * `depthStep` where that is given.
 *
 * @throws CalcarError as `openVolume`, `buildPhantom` and `prepareVolume`
 */
export async function readyVolume(
  wanted: BatchVolume,
  sides: readonly HipSide[],
  depthStep: Millimetres | null,
): Promise<ReadyVolume> {
  const merged = (volume: Volume): PreparedVolume =>
    prepareVolume(depthStep === null ? volume : mergeDepth(volume, depthStep));
  switch (wanted.kind) {
    case 'phantom':
      return readyPhantom(wanted, sides, merged);
    case 'file': {
      const { volume, source } = await openVolume(wanted.path);
      return readyScan(wanted, volume, source.sha256, sides, source.notes, merged);
    }
    case 'resident':
      return readyScan(wanted, wanted.volume, wanted.sha256, sides, [], merged);
  }
}

function readyPhantom(
  { seed, grades, voxel }: PhantomVolume,
  sides: readonly HipSide[],
  prepared: Prepare,
): ReadyVolume {
  const random = seeded(seed);
  const parameters = samplePatient(random.stream('patient'), grades);
  const { volume, truth } = buildPhantom(parameters, mm(voxel), random.stream('phantom'));
  const known = (side: HipSide, hip: HipTruth): ReadyHip => ({
    side,
    headCentre: hip.headCentre,
    headRadius: mm(hip.headDiameter / 2),
    label: hip.grade,
    outOfScope: hip.outOfScope,
    boxCorners: hip.boxCorners,
  });
  return {
    volume: prepared(volume),
    source: { kind: 'phantom', seed, parameters: { ...parameters, voxel } },
    patient: {
      id: `SIM-${String(seed)}`,
      sex: parameters.sex === 'female' ? 'F' : 'M',
      ageYears: parameters.age,
    },
    hips: sides.map((side) => known(side, truth.hips[side])),
    missing: [],
    notes: [],
  };
}

function readyScan(
  { hips: placed, labels }: ScannedVolume,
  volume: Volume,
  sha256: string,
  sides: readonly HipSide[],
  notes: readonly string[],
  prepared: Prepare,
): ReadyVolume {
  const { here, missing, told } = placed ? { here: placed, missing: [], told: [] } : searched(volume);
  const name = sha256.slice(0, 12);
  return {
    volume: prepared(volume),
    source: { kind: 'volume', name: `CT ${name}`, sha256, parameters: null },
    patient: { id: `CT-${name}`, sex: null, ageYears: null },
    hips: here
      .filter(({ side }) => sides.includes(side))
      .map(({ side, headCentre, headRadius, label, outOfScope, boxCorners }) => ({
        side,
        headCentre,
        headRadius,
        label: label ?? labels?.[side] ?? 'unknown',
        outOfScope: outOfScope ?? null,
        boxCorners: boxCorners ?? null,
      })),
    missing: missing.filter(({ side }) => sides.includes(side)),
    notes: [...notes, ...told],
  };
}

function searched(volume: Volume): {
  here: readonly BatchHip[];
  missing: readonly HipMissing[];
  told: readonly string[];
} {
  const { left, right } = findHips(volume);
  const hips = [right, left];
  const here = hips.filter((hip) => hip.found);
  return {
    here,
    missing: hips.filter((hip) => !hip.found),
    told: here.map(({ note }) => note).filter((note) => note !== null),
  };
}
