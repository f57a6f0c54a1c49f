/// <reference lib="esnext.float16" />
/**
 * Weights files: one network in one file.
 *
 *   8 bytes   "CALCARW1"
 *   32 bytes  SHA-256 of all that follows
 *   4 bytes   length of the header, unsigned, little endian
 *   header    JSON: network, its configuration, its arrays in order
 *   data      the arrays one after the other, little endian: kernels in float16, the rest in float32
 *
 * Kernels in half precision halve the file and move a logit by less than 1e-2; scales, shifts and moments are
 * few and keep full precision. Every supported machine is little endian.
 */
import type { Parameter, Parameters } from './layers.ts';

export type ModelErrorKind = 'model-missing' | 'model-damaged';

/** A model that cannot be loaded. `kind` and `message` fit the contract's CalcarError. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
  readonly kind: ModelErrorKind;

  constructor(kind: ModelErrorKind, sentence: string, cause?: unknown) {
    super(sentence, cause === undefined ? undefined : { cause });
    this.kind = kind;
  }
}

const magic = 'CALCARW1';
const mend = 'Install Calcar again, or put the original file back.';

interface ArrayEntry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: 'float16' | 'float32';
}
interface Header {
  readonly network: string;
  readonly config: unknown;
  readonly arrays: readonly ArrayEntry[];
}

export interface StoredNetwork {
  readonly network: string;
  readonly config: unknown;
  readonly parameters: Parameters;
}

async function digest(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)));
}

/** As 64 hexadecimal digits. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  return [...(await digest(bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param precision 'shipped' stores kernels in float16; 'full' everything in float32, to go on training */
export async function writeWeights(
  stored: StoredNetwork,
  precision: 'shipped' | 'full' = 'shipped',
): Promise<Uint8Array> {
  const arrays: ArrayEntry[] = [];
  const chunks: Uint8Array[] = [];
  for (const [name, { shape, values }] of stored.parameters) {
    const type = precision === 'shipped' && shape.length > 1 ? 'float16' : 'float32';
    arrays.push({ name, shape, type });
    const typed = type === 'float16' ? Float16Array.from(values) : Float32Array.from(values);
    chunks.push(new Uint8Array(typed.buffer));
  }
  const header: Header = { network: stored.network, config: stored.config, arrays };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, text.length, true);
  const body = joined([length, text, ...chunks]);
  return joined([new TextEncoder().encode(magic), await digest(body), body]);
}

/**
 * @param network the network that is expected
 * @throws ModelError 'model-damaged' when the bytes are no weights file, are cut off, were changed, or hold
 *   another network
 */
export async function readWeights(bytes: Uint8Array, network: string): Promise<StoredNetwork> {
  const { header, data } = await open(bytes, network);
  if (header.network !== network) {
    throw new ModelError(
      'model-damaged',
      `The weights file of the ${network} holds another network (${header.network}), so no film can be read. ${mend}`,
    );
  }
  const parameters = new Map<string, Parameter>();
  let offset = 0;
  for (const { name, shape, type } of header.arrays) {
    const count = shape.reduce((product, side) => product * side, 1);
    const size = count * (type === 'float16' ? 2 : 4);
    // A copy of its own: the slice of a Node Buffer is a view at any offset.
    const part = new Uint8Array(data.subarray(offset, offset + size)).buffer;
    if (part.byteLength !== size) throw damaged(network);
    const values = type === 'float16' ? Float32Array.from(new Float16Array(part)) : new Float32Array(part);
    parameters.set(name, { shape, values });
    offset += size;
  }
  return { network, config: header.config, parameters };
}

async function open(bytes: Uint8Array, network: string): Promise<{ header: Header; data: Uint8Array }> {
  const hashEnd = magic.length + 32;
  const headerStart = hashEnd + 4;
  const starts = new TextDecoder().decode(bytes.subarray(0, magic.length)) === magic;
  if (bytes.length < headerStart || !starts) throw damaged(network);
  const expected = bytes.subarray(magic.length, hashEnd);
  const found = await digest(bytes.subarray(hashEnd));
  if (found.some((byte, i) => byte !== expected[i])) throw damaged(network);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerEnd = headerStart + view.getUint32(hashEnd, true);
  try {
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(headerStart, headerEnd))) as unknown;
    if (!isHeader(header)) throw damaged(network);
    return { header, data: bytes.subarray(headerEnd) };
  } catch (cause) {
    throw cause instanceof ModelError ? cause : damaged(network, cause);
  }
}

function isHeader(value: unknown): value is Header {
  if (typeof value !== 'object' || value === null) return false;
  const { network, arrays } = value as Partial<Header>;
  return typeof network === 'string' && Array.isArray(arrays) && arrays.every(isEntry);
}

function isEntry(value: unknown): value is ArrayEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { name, shape, type } = value as Partial<ArrayEntry>;
  return (
    typeof name === 'string' &&
    (type === 'float16' || type === 'float32') &&
    Array.isArray(shape) &&
    shape.every((side) => Number.isInteger(side) && side > 0)
  );
}

function damaged(network: string, cause?: unknown): ModelError {
  return new ModelError(
    'model-damaged',
    `The weights file of the ${network} is damaged, cut off or no weights file, so no film can be read. ${mend}`,
    cause,
  );
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
