import { CalcarError } from '../../contract/errors.ts';
import {
  labPictureHeader,
  labPictureRequest,
  labPlane,
  labWindow,
  type LabPictureHeader,
} from '../../contract/lab.ts';
import type { AssetAnswer } from '../../contract/station.ts';
import type { Lab } from './lab.ts';

const volumeRoute = /^lab\/([0-9a-f]{64})\/(slice|picture)$/;

/** Answers the lab's routes of `assetRoutes`; null for a route that is none of them. */
export async function answerLabAsset(
  lab: Lab,
  method: 'GET' | 'POST',
  route: string,
  query: string,
  body: Uint8Array,
): Promise<AssetAnswer | null> {
  const asked = new URLSearchParams(query);
  if (method === 'POST' && route === 'lab/file') {
    await lab.uploads.put(asked.get('upload') ?? '', asked.get('name') ?? '', Number(asked.get('at')), body);
    return { status: 200, contentType: 'application/json; charset=utf-8', bytes: Buffer.from('{}') };
  }
  const [, volume = '', what] = volumeRoute.exec(route) ?? [];
  if (method === 'GET' && what === 'slice') return slice(lab, volume, asked);
  if (method === 'POST' && what === 'picture') return picture(lab, volume, body);
  return null;
}

async function slice(lab: Lab, volume: string, asked: URLSearchParams): Promise<AssetAnswer> {
  const plane = labPlane.safeParse(asked.get('plane'));
  const window = labWindow.safeParse(asked.get('window'));
  if (!plane.success || !window.success)
    throw new CalcarError(
      'invalid-input',
      'The screen asked for a slice in a way that the station does not know.',
    );
  const memory = await lab.inMemory(volume);
  const { rows, columns, greys } = memory.slice(plane.data, Number(asked.get('index')), window.data);
  return withHeader({ rows, columns }, greys);
}

async function picture(lab: Lab, volume: string, body: Uint8Array): Promise<AssetAnswer> {
  const request = labPictureRequest.safeParse(parseJson(Buffer.from(body).toString('utf8')));
  if (!request.success)
    throw new CalcarError(
      'invalid-input',
      'The tube cannot stand like that, so no picture was made. Go back to the standard AP.',
      request.error,
    );
  const made = await lab.picture(volume, request.data);
  const { film, traced, traceMs, developMs, projector, beyondScan } = made;
  const header: LabPictureHeader = labPictureHeader.parse({
    rows: film.rows,
    columns: film.columns,
    pixelSpacing: film.parameters.pixelSpacing,
    resolution: request.data.resolution,
    setup: request.data.setup,
    beyondScan,
    traced,
    traceMs,
    developMs,
    projector,
  });
  const { pixels } = film;
  return withHeader(header, new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength));
}

const withHeader = (header: unknown, bytes: Uint8Array): AssetAnswer => ({
  status: 200,
  contentType: 'application/octet-stream',
  bytes: Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), bytes]),
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
