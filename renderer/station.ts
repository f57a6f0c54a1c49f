import type { SaliencyMethod } from '../electron/contract/saliencyTests.ts';
import * as z from 'zod';
import type {
  CallInput,
  CallName,
  CallOutput,
  StationBridge,
  StationEvent,
} from '../electron/contract/api.ts';
import { api, assetRoutes, reply, stationEvent } from '../electron/contract/api.ts';
import { CalcarError, fromWireError, wireError } from '../electron/contract/errors.ts';
import { gradeGroup } from '../electron/contract/finding.ts';
import type { SaliencyMap } from '../electron/contract/finding.ts';
import { box } from '../electron/contract/image.ts';
import { importOutcome } from '../electron/contract/reads.ts';
import type { ImportOutcome } from '../electron/contract/reads.ts';

/** `window.calcarBridge`, given by Electron's preload or by the shell before the page runs. */
function bridge(): StationBridge {
  const given = Reflect.get(window, 'calcarBridge') as StationBridge | undefined;
  if (given === undefined) {
    throw new CalcarError(
      'internal',
      'This page has no station behind it. Close it and start Calcar from its own command or icon.',
    );
  }
  return given;
}

/** The error for an answer that window and station understand differently. */
export const strange = (cause: unknown) =>
  new CalcarError(
    'internal',
    'The station answered in a form this window does not understand. Window and station may be of different versions: restart Calcar.',
    cause,
  );

/** What came, if it is as agreed. Throws CalcarError 'internal' when window and station do not agree. */
export function parsed<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (!result.success) throw strange(result.error);
  return result.data;
}

/** One call of the station. Throws CalcarError with the station's own sentence when it refuses. */
export async function call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
  const answer = parsed(reply, await bridge().call(name, input));
  if (!answer.ok) throw fromWireError(answer.error);
  return parsed(api[name].output, answer.value) as CallOutput<N>;
}

/** Listens to the station; an event that does not parse is left out. Returns the way to stop. */
export function listen(listener: (event: StationEvent) => void): () => void {
  return bridge().subscribe((event) => {
    const known = stationEvent.safeParse(event);
    if (known.success) listener(known.data);
  });
}

/** Bytes of the station. Throws CalcarError with its sentence when it refuses. */
export async function asset(route: string, request: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(route, request);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new CalcarError(
      'internal',
      'The station does not answer. What was committed is safe; restart Calcar if this stays.',
      cause,
    );
  }
  if (!response.ok) {
    const refusal = wireError.safeParse(await response.json().catch(() => null));
    if (!refusal.success) throw strange(refusal.error);
    throw fromWireError(refusal.data);
  }
  return response;
}

/** Samples of a film: rows × columns, modality value = sample × slope + intercept. */
export async function fetchSamples(
  film: { readonly imageHash: string; readonly rows: number; readonly columns: number },
  signal: AbortSignal,
): Promise<Uint16Array> {
  const bytes = await (await asset(assetRoutes.pixels(film.imageHash), { signal })).arrayBuffer();
  if (bytes.byteLength !== film.rows * film.columns * 2) throw strange('pixel count');
  // The stream is little endian, and so is every machine that Chromium runs on.
  return new Uint16Array(bytes);
}

const saliencyHeader = z.object({
  rows: z.number().int().positive(),
  columns: z.number().int().positive(),
  of: gradeGroup,
  box,
});

/** Splits bytes into their header line, parsed, and what follows its newline. */
export function withHeader<S extends z.ZodType>(
  schema: S,
  bytes: ArrayBuffer,
): { header: z.output<S>; body: ArrayBuffer } {
  const lineEnd = new Uint8Array(bytes).indexOf(10);
  if (lineEnd < 0) throw strange('no header');
  const text = new TextDecoder().decode(bytes.slice(0, lineEnd));
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw strange(cause);
  }
  return { header: parsed(schema, json), body: bytes.slice(lineEnd + 1) };
}

/** Header line as JSON, newline, rows × columns Float32, little endian. */
export function parseSaliency(bytes: ArrayBuffer): SaliencyMap {
  const { header, body } = withHeader(saliencyHeader, bytes);
  if (body.byteLength !== header.rows * header.columns * 4) throw strange('saliency size');
  return { ...header, values: new Float32Array(body) };
}

/** What the model looked at in one hip, by the hip's place in the finding. */
export async function fetchSaliency(
  imageHash: string,
  hip: number,
  method: SaliencyMethod,
  signal: AbortSignal,
): Promise<SaliencyMap> {
  const answer = await asset(assetRoutes.saliency(imageHash, hip, method), { signal });
  return parseSaliency(await answer.arrayBuffer());
}

/** Hands one file to the station; a zip gives many outcomes. */
export async function importFile(file: File, signal: AbortSignal): Promise<ImportOutcome[]> {
  const response = await asset(assetRoutes.import(file.name), { method: 'POST', body: file, signal });
  return parsed(z.array(importOutcome), await response.json());
}

/** The sentence for a person, whatever was thrown. */
export function sentenceOf(error: unknown): string {
  return error instanceof CalcarError
    ? error.message
    : 'Something in this window failed. What was committed is safe; the film can be opened again.';
}
