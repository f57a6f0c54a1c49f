import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { endianness } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { CalcarError } from '../../contract/errors.ts';
import {
  labHip,
  labVolume,
  volumeHash,
  type LabHip,
  type LabSide,
  type LabVolume,
} from '../../contract/lab.ts';
import { databaseError } from '../../database/failure.ts';
import type { Volume } from '../../volume/volume.ts';
import { anatomicalOrder } from './anatomicalFrame.ts';

const triple = z.tuple([z.number(), z.number(), z.number()]);
const hips = z.strictObject({ left: labHip, right: labHip });

/** What stands beside the voxels on disk. */
const storedVolume = z.strictObject({
  form: z.literal(1),
  about: labVolume.omit({ frame: true, hips: true }),
  size: z.tuple([z.number().int(), z.number().int(), z.number().int()]),
  spacing: triple,
  origin: triple,
  direction: z.array(z.number()).length(9),
  /** As the search or the phantom said. */
  hips,
  /** As a person said; null where nobody did. */
  placed: z.strictObject({ left: labHip.nullable(), right: labHip.nullable() }),
  /** Where it came from, as plain JSON: the files, or the phantom's seed and parameters. */
  source: z.unknown(),
});
export type StoredVolume = z.infer<typeof storedVolume>;

/** What is to be kept of a new volume. */
export interface NewVolume {
  readonly volume: Volume;
  readonly about: StoredVolume['about'];
  readonly hips: StoredVolume['hips'];
  readonly source: unknown;
}

const headerName = 'volume.json';
const voxelsName = 'voxels.i16';

/**
 * The lab's volumes: `<folder>/<hash>/` with a header and the voxels as they lie in memory, so that opening
 * one is reading one file. A folder appears whole or not at all.
 */
export class VolumeStore {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Makes the folder and clears away what a killed station left half-written. */
  async prepare(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.folder))
      if (name.endsWith('.part')) await rm(join(this.folder, name), { recursive: true, force: true });
  }

  /** Every volume, newest first; what is not a volume of this form is left out. */
  async list(): Promise<LabVolume[]> {
    const names = await readdir(this.folder).catch(() => []);
    const found = await Promise.all(
      names
        .filter((name) => volumeHash.safeParse(name).success)
        .map((name) => this.header(name).catch(() => null)),
    );
    return found
      .filter((stored) => stored !== null)
      .map(describe)
      .sort((one, other) => other.addedAt.localeCompare(one.addedAt));
  }

  /** @throws CalcarError 'not-found', 'invalid-volume' */
  async header(volume: string): Promise<StoredVolume> {
    let text: string;
    try {
      text = await readFile(join(this.folder, volume, headerName), 'utf8');
    } catch (error) {
      throw new CalcarError(
        'not-found',
        'This volume is not in the station any more. Add the CT again.',
        error,
      );
    }
    const parsed = storedVolume.safeParse(parseJson(text));
    if (!parsed.success) throw damaged(parsed.error);
    return parsed.data;
  }

  /** Keeps a volume; one that is already here keeps what a person said of it. @throws CalcarError 'disk-full', 'read-only' */
  async keep({ volume, about, hips: found, source }: NewVolume): Promise<LabVolume> {
    const { size, spacing, origin, direction } = volume;
    const stored: StoredVolume = {
      form: 1,
      about,
      size: [...size],
      spacing: [...spacing],
      origin: [...origin],
      direction: [...direction],
      hips: found,
      placed: { left: null, right: null },
      source,
    };
    const place = join(this.folder, about.volume);
    const known = await this.header(about.volume).catch(() => null);
    if (known !== null) return describe(known);
    const unfinished = `${place}.${randomUUID()}.part`;
    try {
      await mkdir(unfinished, { recursive: true, mode: 0o700 });
      await writeVoxels(join(unfinished, voxelsName), wholeHounsfield(volume.hounsfield));
      await writeFile(join(unfinished, headerName), JSON.stringify(stored), { mode: 0o600 });
      await rm(place, { recursive: true, force: true });
      await rename(unfinished, place);
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
      throw databaseError(error, place);
    }
    return describe(stored);
  }

  /** Remembers where a person says that a hip is; null forgets it. @throws CalcarError as `header`, 'disk-full' */
  async placeHip(volume: string, side: LabSide, hip: LabHip | null): Promise<LabVolume> {
    const stored = await this.header(volume);
    const changed = { ...stored, placed: { ...stored.placed, [side]: hip } };
    const path = join(this.folder, volume, headerName);
    const unfinished = `${path}.${randomUUID()}.part`;
    try {
      await writeFile(unfinished, JSON.stringify(changed), { mode: 0o600 });
      await rename(unfinished, path);
    } catch (error) {
      await rm(unfinished, { force: true }).catch(() => undefined);
      throw databaseError(error, path);
    }
    return describe(changed);
  }

  /** The whole volume, its voxels in shared memory. @throws CalcarError 'not-found', 'invalid-volume' */
  async load(volume: string): Promise<{ volume: Volume; stored: StoredVolume }> {
    const stored = await this.header(volume);
    const [nx, ny, nz] = stored.size;
    const path = join(this.folder, volume, voxelsName);
    const bytes = nx * ny * nz * 2;
    const found = await stat(path).catch(() => null);
    if (found?.size !== bytes) throw damaged(`${String(found?.size)} of ${String(bytes)} bytes`);
    const shared = new Uint8Array(new SharedArrayBuffer(bytes));
    let at = 0;
    for await (const chunk of createReadStream(path, {
      highWaterMark: 4 * 1024 * 1024,
    }) as AsyncIterable<Buffer>) {
      shared.set(chunk, at);
      at += chunk.length;
    }
    return { volume: volumeOf(stored, new Int16Array(shared.buffer)), stored };
  }
}

/** The stored header with its voxels as a Volume. */
export function volumeOf(stored: StoredVolume, hounsfield: Int16Array): Volume {
  return { ...geometryOf(stored), hounsfield };
}

/** The header as the screen knows it; what a person said stands before what the search said. */
export function describe(stored: StoredVolume): LabVolume {
  const { about, hips: found, placed } = stored;
  return {
    ...about,
    frame: anatomicalOrder(geometryOf(stored)).frame,
    hips: { left: placed.left ?? found.left, right: placed.right ?? found.right },
  };
}

/** Numbers read from disk get back the units that they were written with. */
function geometryOf({ size, spacing, origin, direction }: StoredVolume): Omit<Volume, 'hounsfield'> {
  return {
    size,
    spacing: spacing as unknown as Volume['spacing'],
    origin: origin as unknown as Volume['origin'],
    direction: direction as unknown as Volume['direction'],
  };
}

/** HU as 16-bit integers, as the projector reads them. */
function wholeHounsfield(values: Volume['hounsfield']): Int16Array {
  if (values instanceof Int16Array) return values;
  return Int16Array.from(values, (value) => Math.min(32_767, Math.max(-32_768, Math.round(value))));
}

/** In parts, because a view of shared memory may not be handed to the file system as a whole. */
async function writeVoxels(path: string, voxels: Int16Array): Promise<void> {
  if (endianness() !== 'LE')
    throw new CalcarError('unsupported-image', 'The lab keeps volumes on little-endian machines only.');
  const bytes = new Uint8Array(voxels.buffer, voxels.byteOffset, voxels.byteLength);
  const step = 4 * 1024 * 1024;
  const file = await open(path, 'wx', 0o600);
  try {
    for (let at = 0; at < bytes.length; at += step) await file.writeFile(bytes.slice(at, at + step));
    await file.sync();
  } finally {
    await file.close();
  }
}

const damaged = (cause: unknown): CalcarError =>
  new CalcarError(
    'invalid-volume',
    'This volume is damaged on disk and cannot be opened. Add the CT again; nothing else is affected.',
    cause,
  );

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
