import type { Volume } from './volume.ts';

/** Where a volume came from; holds no patient's name. */
export interface VolumeSource {
  readonly format: 'dicom-series' | 'nifti' | 'metaimage' | 'nrrd';
  /** Base name of the file or folder. */
  readonly name: string;
  /**
   * SHA-256 of what was read: of the file's bytes; of header and then data file where they are two; of the SHA-256
   * of every slice file (as hexadecimal digits) in slice order for a series.
   */
  readonly sha256: string;
  /** How many files were read for it. */
  readonly files: number;
  /** Calcar made it from a phantom. */
  readonly simulated: boolean;
  /** What the file says it is. */
  readonly description: string | null;
  /** What a person should know, each a sentence. */
  readonly notes: readonly string[];
}

export interface OpenedVolume {
  readonly volume: Volume;
  readonly source: VolumeSource;
}

export interface OpenVolumeOptions {
  /** Stops the reading with CalcarError 'cancelled'. */
  readonly signal?: AbortSignal;
  /** Is told the share that is behind, 0 to 1. */
  readonly onProgress?: (share: number) => void;
}
