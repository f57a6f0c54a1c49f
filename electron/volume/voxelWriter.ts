import type { Placement } from './grid.ts';
import { refuseVolume } from './refuse.ts';
import type { Volume } from './volume.ts';

/** Values as a file stores them; 64-bit integers come as bigint. */
export type StoredValues =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** A volume whose densest voxel is thinner than this holds no tissue at all. */
const thinnestTissue = -500;

/**
 * Puts the voxels of a file, in its order, where they belong. They are kept in 16-bit integers until the first
 * value that is not whole, and from then on as 32-bit floats; both in shared memory.
 */
export class VoxelWriter {
  readonly #placement: Placement;
  #hounsfield: Int16Array | Float32Array;
  #written = 0;
  #low = Infinity;
  #high = -Infinity;

  /** @throws CalcarError 'too-large' when the memory is not there */
  constructor(placement: Placement) {
    this.#placement = placement;
    const [nx, ny, nz] = placement.frame.size;
    this.#hounsfield = new Int16Array(shared(2 * nx * ny * nz));
  }

  /** Voxels that are still to come. */
  get missing(): number {
    const [nx, ny, nz] = this.#placement.frame.size;
    return nx * ny * nz - this.#written;
  }

  /**
   * The next voxels of the file: Hounsfield units = value · slope + intercept. More than are missing are ignored.
   *
   * @throws CalcarError 'invalid-volume' for NaN, infinity, and what does not fit in -32768 to 32767
   */
  write(stored: StoredValues, slope = 1, intercept = 0): void {
    const values = asNumbers(stored);
    const { file, start, steps } = this.#placement;
    const [nx, ny] = file.size;
    const count = Math.min(values.length, this.missing);
    for (let done = 0; done < count;) {
      const i = this.#written % nx;
      const row = (this.#written - i) / nx;
      const j = row % ny;
      const k = (row - j) / ny;
      const run = Math.min(nx - i, count - done);
      const target = start + i * steps[0] + j * steps[1] + k * steps[2];
      this.#writeRun(values, done, run, target, slope, intercept);
      done += run;
      this.#written += run;
    }
  }

  /** `run` values from `from` on, which lie in one row of the file. */
  #writeRun(
    values: ArrayLike<number>,
    from: number,
    run: number,
    target: number,
    slope: number,
    intercept: number,
  ): void {
    const step = this.#placement.steps[0];
    let hounsfield = this.#hounsfield;
    let isWhole = hounsfield instanceof Int16Array;
    let low = this.#low;
    let high = this.#high;
    for (let n = 0; n < run; n++) {
      const value = values[from + n]! * slope + intercept;
      if (!(value >= -32768 && value <= 32767)) throw outOfRange(value);
      if (isWhole && !Number.isInteger(value)) {
        hounsfield = this.#toFloats();
        isWhole = false;
      }
      hounsfield[target + n * step] = value;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    this.#low = low;
    this.#high = high;
  }

  #toFloats(): Float32Array {
    const floats = new Float32Array(shared(2 * this.#hounsfield.byteLength));
    floats.set(this.#hounsfield);
    this.#hounsfield = floats;
    return floats;
  }

  /** @throws CalcarError 'truncated' while voxels are missing, 'invalid-volume' for what is no picture of a body */
  finish(): Volume {
    if (this.missing > 0) throw cutOff(this.missing);
    if (this.#low === this.#high) {
      throw refuseVolume(
        `Every voxel has the same value (${this.#low} HU); there is nothing in it.`,
        'Export the volume again.',
      );
    }
    if (this.#high < thinnestTissue) {
      throw refuseVolume(
        `Its densest voxel has ${this.#high} HU; this is air, or the values are not Hounsfield units.`,
        'Export it with its rescale slope and intercept.',
      );
    }
    return { ...this.#placement.frame, hounsfield: this.#hounsfield };
  }
}

/** 64-bit integers as numbers: what is beyond 2^53 is far out of range anyway. */
function asNumbers(stored: StoredValues): ArrayLike<number> {
  const isBig = stored instanceof BigInt64Array || stored instanceof BigUint64Array;
  return isBig ? Float64Array.from(stored, Number) : stored;
}

export const cutOff = (voxels: number) =>
  refuseVolume(`It breaks off: ${voxels} voxels are missing.`, 'Copy or export it again.', 'truncated');

function outOfRange(value: number): Error {
  return Number.isFinite(value)
    ? refuseVolume(
        `It holds the value ${value}, which lies outside what a CT measures (-32768 to 32767 HU).`,
        'Export it as Hounsfield units.',
      )
    : refuseVolume(
        `It holds a voxel that is no number (${value}).`,
        'Export it again, with numbers everywhere.',
      );
}

function shared(bytes: number): SharedArrayBuffer {
  try {
    return new SharedArrayBuffer(bytes);
  } catch (cause) {
    throw refuseVolume(
      `It needs ${Math.round(bytes / 2 ** 20)} MiB of memory, which this computer does not have free.`,
      'Close other programs, or crop the volume to the pelvis.',
      'too-large',
      cause,
    );
  }
}
