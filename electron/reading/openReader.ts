/** A models' folder as a reader of films: the networks, and what was fixed and tested of them since. */
import type * as z from 'zod';
import { modelConfidence, type ModelConfidence } from '../contract/confidence.ts';
import { driftReference, type DriftReference } from '../contract/driftSignals.ts';
import { CalcarError } from '../contract/errors.ts';
import type { GreyImage } from '../contract/image.ts';
import { saliencyVerdict, type SaliencyVerdict } from '../contract/saliencyTests.ts';
import { loadModels, ModelError, sha256, type Models } from '../../models/index.ts';
import { classifierInput, localizerInput } from './prepare.ts';
import { createReader, type Reader } from './reader.ts';

export const confidenceFile = 'confidence.json';
export const saliencyFile = 'saliency.json';
export const referenceFile = 'reference.json';

export interface OpenedReader extends Reader {
  /** Null where it was never fixed. */
  readonly confidence: ModelConfidence | null;
  /** SHA-256 of `confidence.json`, as findings name it. */
  readonly confidenceHash: string | null;
  /** Null where the maps were never tested. */
  readonly saliencyVerdict: SaliencyVerdict | null;
  /** What drift is told by; null where the films that it was tested on were not kept. */
  readonly reference: DriftReference | null;
  /** The model card, Markdown. */
  readonly card: string;
  /** The first run of every kernel prepares it, which should not cost the first film. */
  warmUp(): Promise<void>;
  dispose(): void;
}

/**
 * Loads what a models' folder holds onto the current backend.
 *
 * @param read gives a file of the folder by name, and rejects, with the code 'ENOENT' where there is none
 * @throws CalcarError 'model-missing'; 'model-damaged', also for a confidence or saliency tests of other models
 */
export async function openReader(read: (name: string) => Promise<Uint8Array>): Promise<OpenedReader> {
  const models = await networksOf(read);
  try {
    const [confidence, saliency, reference] = await Promise.all([
      addedFile(read, confidenceFile, modelConfidence, models.hash),
      addedFile(read, saliencyFile, saliencyVerdict, models.hash),
      addedFile(read, referenceFile, driftReference, models.hash),
    ]);
    return {
      ...createReader(models, confidence),
      confidence: confidence?.value ?? null,
      confidenceHash: confidence?.hash ?? null,
      saliencyVerdict: saliency?.value ?? null,
      reference: reference?.value ?? null,
      card: models.card,
      warmUp: () => warmUp(models),
      dispose: () => models.dispose(),
    };
  } catch (error) {
    models.dispose();
    throw error;
  }
}

async function networksOf(read: (name: string) => Promise<Uint8Array>): Promise<Models> {
  try {
    return await loadModels(read);
  } catch (error) {
    throw error instanceof ModelError ? new CalcarError(error.kind, error.message, error) : error;
  }
}

async function warmUp({ localizer, classifier }: Models): Promise<void> {
  const side = 64;
  const image: GreyImage = {
    rows: side,
    columns: side,
    values: Float32Array.from({ length: side ** 2 }, (_, i) => i % side),
  };
  await localizer.locate(localizerInput(image).data);
  await classifier.classify([classifierInput(image, { x: 0, y: 0, width: side, height: side })]);
}

/** A file that a models' folder may lack, and that holds for these networks alone. */
async function addedFile<T extends { readonly model: string }>(
  read: (name: string) => Promise<Uint8Array>,
  name: string,
  shape: z.ZodType<T>,
  modelHash: string,
): Promise<{ readonly value: T; readonly hash: string } | null> {
  let bytes: Uint8Array;
  try {
    bytes = await read(name);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    throw damaged(name, cause);
  }
  const value = parsed(name, bytes, shape);
  if (value.model !== modelHash)
    throw new CalcarError(
      'model-damaged',
      `The file ${name} of the models' folder belongs to other models, so nothing here says how far these can be trusted and no film is read. Delete it, or evaluate the models again with 'calcar evaluate --save'.`,
    );
  return { value, hash: await sha256(bytes) };
}

function parsed<T>(name: string, bytes: Uint8Array, shape: z.ZodType<T>): T {
  try {
    return shape.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw damaged(name, cause);
  }
}

const damaged = (name: string, cause: unknown): CalcarError =>
  new CalcarError(
    'model-damaged',
    `The file ${name} of the models' folder is damaged, so no film is read by the machine. Install Calcar again, or delete it and evaluate the models again.`,
    cause,
  );
