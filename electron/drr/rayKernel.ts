import { CalcarError } from '../contract/errors.ts';
import type { PairTable } from './materials.ts';
import { rayKernelText } from './rayKernel.wat.ts';
import { assemble } from './webAssemblyText.ts';

/** `traceRow` of rayKernel.wat.ts; its parameters in the order of the text. */
type TraceRow = (
  brick: number,
  strideX: number,
  strideY: number,
  strideZ: number,
  nX: number,
  nY: number,
  nZ: number,
  sX: number,
  sY: number,
  sZ: number,
  toX: number,
  toY: number,
  toZ: number,
  acrossX: number,
  acrossY: number,
  acrossZ: number,
  u: number,
  sum: number,
  pixels: number,
) => void;

const tableBytes = 16 * 65536;
const pageBytes = 65536;

/** The kernel of this thread with its memory: the table, then sums, then a brick, each at a multiple of 64 bytes. */
export interface RayKernel {
  readonly traceRow: TraceRow;
  /** Byte addresses of the sums and of the brick. */
  readonly sumsAt: number;
  readonly brickAt: number;
  readonly sums: Float64Array;
  readonly brick: Int16Array;
  readonly staging: Int16Array;
}

/** What is used of WebAssembly, whose types come only with those of a browser. */
interface WebAssemblyApi {
  readonly Memory: new (pages: { initial: number }) => WebAssemblyMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: { traceRow: TraceRow } };
}
interface WebAssemblyMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
const { WebAssembly } = globalThis as { WebAssembly?: WebAssemblyApi };

/** False under Node's --jitless, where no memory may be made executable. */
export const hasRayKernel = WebAssembly !== undefined;

interface Instance {
  readonly memory: WebAssemblyMemory;
  readonly traceRow: TraceRow;
  table: PairTable | null;
}
let instance: Instance | null = null;

function start(): Instance {
  if (WebAssembly === undefined) {
    throw new CalcarError(
      'backend-unavailable',
      'This computer does not let Calcar run its fast ray kernel. Start Calcar without --jitless.',
    );
  }
  const memory = new WebAssembly.Memory({ initial: tableBytes / pageBytes });
  const module = new WebAssembly.Module(assemble(rayKernelText));
  const { exports } = new WebAssembly.Instance(module, { host: { memory } });
  return { memory, traceRow: exports.traceRow, table: null };
}

/**
 * The kernel with this table and room for this many sums (numbers, standing at 0), voxels of a brick, and voxels on
 * their way there. One at a time.
 */
export function rayKernel(
  table: PairTable,
  sumCount: number,
  voxelCount: number,
  stagedCount: number,
): RayKernel {
  const current = (instance ??= start());
  const sumsAt = tableBytes;
  const brickAt = sumsAt + Math.ceil((8 * sumCount) / 64) * 64;
  const stagingAt = brickAt + Math.ceil((2 * voxelCount) / 64) * 64;
  const missing = stagingAt + 2 * stagedCount - current.memory.buffer.byteLength;
  if (missing > 0) current.memory.grow(Math.ceil(missing / pageBytes));
  const { buffer } = current.memory;
  if (current.table !== table) {
    const byPattern = new Float64Array(buffer, 0, table.length);
    // The table begins at the lowest HU, whose pattern is 0x8000.
    byPattern.set(table.subarray(table.length / 2));
    byPattern.set(table.subarray(0, table.length / 2), table.length / 2);
    current.table = table;
  }
  const sums = new Float64Array(buffer, sumsAt, sumCount);
  sums.fill(0);
  return {
    traceRow: current.traceRow,
    sumsAt,
    brickAt,
    sums,
    brick: new Int16Array(buffer, brickAt, voxelCount),
    staging: new Int16Array(buffer, stagingAt, stagedCount),
  };
}
