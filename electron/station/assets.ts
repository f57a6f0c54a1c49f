import { endianness } from 'node:os';
import { assetRoutes } from '../contract/api.ts';
import type { ErrorKind, WireError } from '../contract/errors.ts';
import { CalcarError, toWireError } from '../contract/errors.ts';
import { saliencyMethod, type SaliencyMethod } from '../contract/saliencyTests.ts';
import type { AssetAnswer } from '../contract/station.ts';
import type { Context } from './context.ts';
import { usableFilm } from './context.ts';
import { importFile } from './importZip.ts';
import type { Lab } from './lab/lab.ts';
import { answerLabAsset } from './lab/labAssets.ts';
import { saliencyOf } from './saliency.ts';
import { thumbnailPng } from './thumbnail.ts';
import type { EvaluatedModels } from './training/evaluatedModels.ts';

const evaluationRoute = /^evaluation\/([0-9a-z-]{1,80})\/(?:page|error\/(\d{1,3}))$/;
const filmRoute = /^film\/([0-9a-f]{64})\/(?:(pixels|thumbnail)|saliency\/(\d{1,2}))$/;

/** Answers one of `assetRoutes`; an error is a status with a WireError. */
export async function answerAsset(
  context: Context,
  readLater: (imageHash: string) => void,
  lab: Lab,
  evaluated: EvaluatedModels,
  method: 'GET' | 'POST',
  path: string,
  body: Uint8Array,
): Promise<AssetAnswer> {
  try {
    const [route, query = ''] = path.split('?', 2) as [string, string?];
    if (method === 'POST' && route === assetRoutes.import('').split('?')[0])
      return json(200, await importBody(context, readLater, body, query));
    const film = filmRoute.exec(route);
    if (method === 'GET' && film) {
      const [, imageHash = '', kind, hip] = film;
      if (kind === 'pixels') return await pixels(context, imageHash);
      if (kind === 'thumbnail') return await thumbnail(context, imageHash);
      return await saliency(context, imageHash, Number(hip), methodIn(query));
    }
    const evaluation = evaluationRoute.exec(route);
    if (method === 'GET' && evaluation) {
      const [, id = '', error] = evaluation;
      return await (error === undefined ? evaluated.page(id) : evaluated.error(id, Number(error)));
    }
    const ofLab = await answerLabAsset(lab, method, route, query, body);
    if (ofLab !== null) return ofLab;
    throw new CalcarError('not-found', 'The screen asked for a picture that this station does not have.');
  } catch (error) {
    // A picture that a newer wish overtook is no failure.
    if (error instanceof CalcarError && error.kind === 'cancelled') return wireAsset(error);
    context.log.failure('asset failed', error, { method, route: path.split(/[/?]/, 1)[0] ?? '' });
    return wireAsset(error);
  }
}

/** An error as an answer: a status and a WireError. */
export function wireAsset(error: unknown): AssetAnswer {
  const wire = toWireError(error);
  return json(statusOf(wire), wire);
}

async function importBody(
  context: Context,
  readLater: (imageHash: string) => void,
  body: Uint8Array,
  query: string,
): Promise<unknown> {
  const outcomes = await importFile(context, body, new URLSearchParams(query).get('name') ?? 'unnamed');
  for (const outcome of outcomes) if (outcome.state === 'imported') readLater(outcome.imageHash);
  return outcomes;
}

async function pixels(context: Context, imageHash: string): Promise<AssetAnswer> {
  await usableFilm(context, imageHash);
  const { samples } = (await context.opened(imageHash)).opened;
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  return { status: 200, contentType: 'application/octet-stream', bytes: littleEndian(bytes, 2) };
}

async function thumbnail(context: Context, imageHash: string): Promise<AssetAnswer> {
  await usableFilm(context, imageHash);
  const bytes = await context.thumbnails.get(imageHash).catch(async () => {
    const made = thumbnailPng((await context.opened(imageHash)).opened);
    await context.thumbnails.put(imageHash, made);
    return made;
  });
  return { status: 200, contentType: 'image/png', bytes };
}

/** @throws CalcarError 'invalid-input' for a method that there is not */
function methodIn(query: string): SaliencyMethod {
  const asked = saliencyMethod.safeParse(new URLSearchParams(query).get('method') ?? 'grad-cam');
  if (asked.success) return asked.data;
  throw new CalcarError(
    'invalid-input',
    'The screen asked for an evidence map that this station does not make. Close the film and open it again.',
    asked.error,
  );
}

async function saliency(
  context: Context,
  imageHash: string,
  hip: number,
  method: SaliencyMethod,
): Promise<AssetAnswer> {
  const { rows, columns, of, box, values } = await saliencyOf(context, imageHash, hip, method);
  const header = Buffer.from(`${JSON.stringify({ rows, columns, of, box })}\n`);
  const floats = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return {
    status: 200,
    contentType: 'application/octet-stream',
    bytes: Buffer.concat([header, littleEndian(floats, 4)]),
  };
}

function littleEndian(bytes: Uint8Array, width: 2 | 4): Uint8Array {
  if (endianness() === 'LE') return bytes;
  const copy = Buffer.from(bytes);
  return width === 2 ? copy.swap16() : copy.swap32();
}

const json = (status: number, value: unknown): AssetAnswer => ({
  status,
  contentType: 'application/json; charset=utf-8',
  bytes: Buffer.from(JSON.stringify(value)),
});

function statusOf({ kind }: WireError): number {
  const statuses: Partial<Record<ErrorKind, number>> = {
    'not-found': 404,
    'invalid-input': 400,
    cancelled: 409,
    'disk-full': 507,
    internal: 500,
    'database-failed': 500,
    'database-damaged': 500,
    'compute-crashed': 503,
    'compute-failed': 503,
    'backend-unavailable': 503,
  };
  return statuses[kind] ?? 422;
}
