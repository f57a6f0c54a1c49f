/**
 * All that a training goes on from, exactly: every variable with its moving moments, the optimizer's and the
 * averages' state, and where it stands. Draws need nothing, since they follow from seed, epoch and step.
 *
 *   64 bytes  SHA-256 of all that follows, in hexadecimal, and a line's end
 *   a line    JSON: whose it is, the place, the arrays in order
 *   data      the arrays one after the other, float32, little endian
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { CalcarError } from '../../contract/errors.ts';
import { runEpoch } from '../../contract/training.ts';
import type { Parameter } from '../../../models/index.ts';
import { writeDurably } from './durableFile.ts';

const count = z.number().int().nonnegative();
const place = z.strictObject({
  /** Epochs that are wholly done. */
  epoch: count,
  /** Steps that are done of the next one. */
  step: count,
  /** Sum of their losses. */
  lossSum: z.number(),
  /** What they have taken. */
  seconds: z.number().nonnegative(),
});
/** Where a training stands. */
export type Place = z.infer<typeof place>;

const header = z.strictObject({
  owner: z.string(),
  place,
  epochs: z.array(runEpoch),
  arrays: z.array(z.strictObject({ name: z.string(), shape: z.array(count) })),
});

export interface Checkpoint {
  readonly place: Place;
  readonly epochs: z.infer<typeof header>['epochs'];
  readonly state: ReadonlyMap<string, Parameter>;
}

const hashLength = 65;
const current = (folder: string): string => join(folder, 'checkpoint');
const previous = (folder: string): string => join(folder, 'checkpoint.previous');

/**
 * Keeps the checkpoint before it.
 *
 * @param owner what a checkpoint must have been made by to be taken up again
 * @throws CalcarError 'disk-full', 'read-only'; the last checkpoint is as it was
 */
export function saveCheckpoint(
  folder: string,
  owner: string,
  { place: at, epochs, state }: Checkpoint,
): void {
  const arrays = [...state].map(([name, { shape }]) => ({ name, shape: [...shape] }));
  const head = Buffer.from(`${JSON.stringify({ owner, place: at, epochs, arrays })}\n`);
  const parts = [head, ...[...state.values()].map(({ values }) => bytesOf(values))];
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  writeDurably(current(folder), [Buffer.from(`${hash.digest('hex')}\n`), ...parts], () => {
    if (existsSync(current(folder))) renameSync(current(folder), previous(folder));
  });
}

/**
 * The last checkpoint that is whole; null when none was written yet.
 *
 * @throws CalcarError 'invalid-input' when all that there are are damaged, or made by another training
 */
export function loadCheckpoint(folder: string, owner: string): Checkpoint | null {
  const paths = [current(folder), previous(folder)].filter((path) => existsSync(path));
  if (paths.length === 0) return null;
  for (const path of paths) {
    const checkpoint = decode(readFileSync(path));
    if (checkpoint === null) continue;
    if (checkpoint.owner === owner) return checkpoint;
    throw new CalcarError(
      'invalid-input',
      `The checkpoint in ${folder} was made by another training: by another network, recipe or snapshot. ` +
        'Nothing was changed. Put the right file back, or start a new training.',
    );
  }
  throw new CalcarError(
    'invalid-input',
    `The checkpoint of this training is damaged (${folder}), and so is the one before it. ` +
      'The model of its best epoch is kept. Start a new training.',
  );
}

/** For a training that never goes on: they are large. */
export function forgetCheckpoints(folder: string): void {
  for (const path of [current(folder), previous(folder)]) rmSync(path, { force: true });
}

function decode(file: Buffer): (Checkpoint & { readonly owner: string }) | null {
  const content = file.subarray(hashLength);
  const hash = createHash('sha256').update(content).digest('hex');
  if (file.subarray(0, hashLength).toString('latin1') !== `${hash}\n`) return null;
  const end = content.indexOf(0x0a);
  const { owner, place: at, epochs, arrays } = header.parse(JSON.parse(content.toString('utf8', 0, end)));
  const state = new Map<string, Parameter>();
  let offset = end + 1;
  for (const { name, shape } of arrays) {
    const length = 4 * shape.reduce((product, side) => product * side, 1);
    // A copy of its own: the data does not begin at a multiple of four.
    const bytes = new Uint8Array(content.subarray(offset, offset + length));
    state.set(name, { shape, values: new Float32Array(bytes.buffer) });
    offset += length;
  }
  return { owner, place: at, epochs, state };
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
