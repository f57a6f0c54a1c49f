import { CalcarError } from '../contract/errors.ts';
import type { PairTable } from './materials.ts';
import { rayKernelText } from './rayKernel.wat.ts';
import { assemble } from './webAssemblyText.ts';

/** The functions of rayKernel.wat.ts; their parameters in the order of the text. */
interface Functions {
  readonly sumColumns: (
    voxels: number,
    strideX: number,
    strideY: number,
    nX: number,
    nY: number,
    sums: number,
  ) => void;
  readonly traceRow: (
    at: number,
    bytesX: number,
    bytesZ: number,
    highX: number,
    lowY: number,
    highY: number,
    highZ: number,
    firstSlice: number,
    lastSlice: number,
    sourceX: number,
    sourceY: number,
    sourceZ: number,
    centreX: number,
    centreY: number,
    centreZ: number,
    nextX: number,
    nextY: number,
    nextZ: number,
    firstU: number,
    endU: number,
    integral: number,
  ) => void;
}

const patterns = 65536;
const tableBytes = 8 * patterns;
const pageBytes = 65536;
/** Half of what a signed sum can hold, so that the way to it may pass above. */
const highestSum = 2 ** 30;

/** Bytes in the kernel's memory: how many are wanted there, or where they begin. */
export interface RayKernelRooms {
  /** Two float64 a pixel. */
  readonly integrals: number;
  /** 16-bit HU. */
  readonly voxels: number;
  /** Two int32 a face of a column. */
  readonly sums: number;
}

/** The kernel of this thread, the rooms' addresses in its memory, and views of those that are written or read here. */
export interface RayKernel extends Functions {
  readonly at: RayKernelRooms;
  readonly integrals: Float64Array;
  readonly voxels: Int16Array;
  /** What the table's two quantities are multiples of in the sums. */
  readonly units: readonly [number, number];
}

/** What is used of WebAssembly, whose types come only with those of a browser. */
interface WebAssemblyApi {
  readonly Memory: new (pages: { initial: number }) => WebAssemblyMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Functions };
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
  readonly functions: Functions;
  held: { readonly table: PairTable; readonly densest: number; readonly layers: number } | null;
  units: readonly [number, number];
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
  return { memory, functions: exports, held: null, units: [1, 1] };
}

/**
 * The kernel with these rooms, the integrals standing at 0, and with this table for columns of so many layers, no voxel
 * being denser than `densest` HU. One at a time.
 */
export function rayKernel(
  table: PairTable,
  densest: number,
  layers: number,
  rooms: RayKernelRooms,
): RayKernel {
  const current = (instance ??= start());
  let end = tableBytes;
  const room = (bytes: number): number => {
    const begin = end;
    end += 64 * Math.ceil(bytes / 64);
    return begin;
  };
  const at = { integrals: room(rooms.integrals), voxels: room(rooms.voxels), sums: room(rooms.sums) };
  const missing = end - current.memory.buffer.byteLength;
  if (missing > 0) current.memory.grow(Math.ceil(missing / pageBytes));
  const { buffer } = current.memory;
  const { held } = current;
  if (held?.table !== table || held.densest !== densest || held.layers !== layers) {
    current.units = wholeNumbers(table, densest, layers, new Int32Array(buffer, 0, table.length));
    current.held = { table, densest, layers };
  }
  return {
    sumColumns: current.functions.sumColumns,
    traceRow: current.functions.traceRow,
    at,
    integrals: new Float64Array(buffer, at.integrals, rooms.integrals / 8).fill(0),
    voxels: new Int16Array(buffer, at.voxels, rooms.voxels / 2),
    units: current.units,
  };
}

/**
 * The table as whole numbers of the smallest units that let so many layers of the densest voxels be added up, in the
 * order of HU patterns read as unsigned; it begins at the lowest HU.
 */
function wholeNumbers(
  table: PairTable,
  densest: number,
  layers: number,
  into: Int32Array,
): readonly [number, number] {
  const entries = densest + patterns / 2 + 1;
  const unit = (quantity: 0 | 1): number => {
    let highest = 0;
    for (let n = 0; n < entries; n++) highest = Math.max(highest, Math.abs(table[2 * n + quantity]!));
    return highest === 0 ? 1 : (highest * layers) / highestSum;
  };
  const units = [unit(0), unit(1)] as const;
  for (let n = 0; n < patterns; n++) {
    const pattern = (n + patterns / 2) % patterns;
    into[2 * pattern] = n < entries ? Math.round(table[2 * n]! / units[0]) : 0;
    into[2 * pattern + 1] = n < entries ? Math.round(table[2 * n + 1]! / units[1]) : 0;
  }
  return units;
}
