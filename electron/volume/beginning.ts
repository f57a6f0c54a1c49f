import { open } from 'node:fs/promises';
import { constants, gunzipSync } from 'node:zlib';

/** Largest text header that is looked for. */
const headerBytes = 2 ** 20;

/** The first bytes of a file, a mebibyte at most. Throws what the file system says. */
export async function readBeginning(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const buffer = new Uint8Array(Math.min(size, headerBytes));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** What the first 4 KiB of gzipped bytes inflate to; nothing where they are damaged. */
export function inflateBeginning(bytes: Uint8Array): Uint8Array {
  try {
    // A cut stream gives what it holds.
    return gunzipSync(bytes.subarray(0, 4096), { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return new Uint8Array(0);
  }
}
