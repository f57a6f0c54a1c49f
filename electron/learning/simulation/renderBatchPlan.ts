/** What a batch of pictures is: which volumes, which hips, how many views; and what its files are called. */
import type { Millimetres } from '../../contract/units.ts';
import type { FilmSize, HeldFast } from '../../drr/patientVariation.ts';
import type { Style } from '../../drr/exposure.ts';
import type { PreparedVolume } from '../../drr/preparedVolume.ts';
import type { PhantomGrade } from '../../phantom/phantom.ts';
import type { HipMissing, HipSide } from '../../volume/hips.ts';
import type { HipPlace } from '../../volume/hipsRegion.ts';
import type { PatientPoint, Volume } from '../../volume/volume.ts';

/** Grade of a hip where it is known. */
export type BatchLabel = PhantomGrade | 'unknown';

/** A hip that was found or placed by hand, with what is known of it. */
export interface BatchHip extends HipPlace {
  /** 'unknown' where not given. */
  readonly label?: BatchLabel;
  /** True when it has what the three classes do not name; not known where not given. */
  readonly outOfScope?: boolean;
  /** The true corners of its box; they follow from the head where not given. */
  readonly boxCorners?: readonly PatientPoint[];
}

/** A CT on disk, a volume that is in memory, or a phantom that is yet to be built. */
export type BatchVolume =
  | {
      readonly kind: 'file';
      /** Whatever `openVolume` takes. */
      readonly path: string;
      /** Where its hips are; `findHips` looks for them where not given. */
      readonly hips?: readonly BatchHip[];
      /** What is known of the hips that are looked for. */
      readonly labels?: Partial<Readonly<Record<HipSide, BatchLabel>>>;
    }
  | {
      readonly kind: 'resident';
      readonly volume: Volume;
      /** Of what it was made from: the volume's name in files and seeds. */
      readonly sha256: string;
      readonly hips?: readonly BatchHip[];
      readonly labels?: Partial<Readonly<Record<HipSide, BatchLabel>>>;
    }
  | {
      readonly kind: 'phantom';
      readonly seed: number;
      readonly grades: Readonly<Record<HipSide, PhantomGrade>>;
      /** Edge of a voxel, mm. */
      readonly voxel: number;
    };

export interface BatchPlan {
  readonly volumes: readonly BatchVolume[];
  /** Hips of which pictures are made, where they are there. */
  readonly sides: readonly HipSide[];
  /** Pictures of each hip. */
  readonly views: number;
  readonly seed: number;
  readonly style: Style;
  readonly film: FilmSize;
  /** What does not vary. */
  readonly held?: HeldFast;
  /** For speed, voxels along the beam are merged up to this length (see `mergeDepth`); none where not given. */
  readonly depthStep?: Millimetres;
  /** Made where it is not there. */
  readonly folder: string;
  /** Worker threads; the bytes do not depend on them. */
  readonly workers: number;
  /** Version of Calcar. */
  readonly software: string;
}

export interface BatchProgress {
  readonly done: number;
  /** Falls when a volume turns out to have fewer hips. */
  readonly of: number;
  /** Pictures a second, of this run; null before the first. */
  readonly perSecond: number | null;
  readonly secondsLeft: number | null;
}

export interface BatchResult {
  readonly folder: string;
  /** Pictures that are there now, by the names of their files without ending. */
  readonly pictures: readonly string[];
  /** Those of them that this run made. */
  readonly made: number;
  /** What could not be pictured, and why. */
  readonly refused: readonly {
    readonly volume: number;
    readonly side: HipSide | null;
    readonly reason: string;
  }[];
  /** What a person should know of what was pictured, each a sentence. */
  readonly notes: readonly string[];
}

/** Where a volume came from, as it stands in pictures: no name of a file or person. */
export type BatchSource =
  | { readonly kind: 'phantom'; readonly seed: number; readonly parameters: unknown }
  | { readonly kind: 'volume'; readonly name: string; readonly sha256: string; readonly parameters: null };

/** A hip as the pictures need it. */
export interface ReadyHip extends HipPlace {
  readonly label: BatchLabel;
  /** True when it has what the three classes do not name; null where nobody knows. */
  readonly outOfScope: boolean | null;
  /** The true corners of its box, where they are known; else they follow from the head. */
  readonly boxCorners: readonly PatientPoint[] | null;
}

/** A volume in shared memory with its hips. */
export interface ReadyVolume {
  readonly volume: PreparedVolume;
  readonly source: BatchSource;
  readonly patient: { readonly id: string; readonly sex: 'F' | 'M' | null; readonly ageYears: number | null };
  readonly hips: readonly ReadyHip[];
  readonly missing: readonly HipMissing[];
  readonly notes: readonly string[];
}

/** Name of a picture's files, both numbers from 0. */
export function pictureName(volume: number, side: HipSide, view: number): string {
  return `${String(volume + 1).padStart(3, '0')}-${side}-${String(view + 1).padStart(5, '0')}`;
}

/** What is remembered of a volume, so that a finished one need not be opened again. */
export const volumeRecordName = (volume: number): string =>
  `volume-${String(volume + 1).padStart(3, '0')}.json`;
/** What the batch was made with: another batch in the same folder is refused. */
export const batchRecordName = 'batch.json';
