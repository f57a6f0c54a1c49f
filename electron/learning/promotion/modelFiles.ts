/** A models' folder as the shelf holds it: named by what is in it, copied whole or not at all. */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type * as z from 'zod';
import { modelConfidence, type ModelConfidence } from '../../contract/confidence.ts';
import { CalcarError } from '../../contract/errors.ts';
import type { ShelvedNetwork } from '../../contract/models.ts';
import { networkNames } from '../../contract/recipe.ts';
import { saliencyVerdict, type SaliencyVerdict } from '../../contract/saliencyTests.ts';
import type { Study } from '../../contract/snapshot.ts';
import { confidenceFile, saliencyFile } from '../../reading/openReader.ts';
import { modelFiles } from '../../../models/index.ts';
import { readRecord } from '../training/records.ts';
import { writeFailure } from '../writeFailure.ts';

export interface ModelFiles {
  /** As `loadModels` names it: over both weights files, the localizer's first. */
  readonly hash: string;
  readonly name: string;
  /** Null where no record says what it learned from. */
  readonly study: Study | null;
  readonly networks: ShelvedNetwork[];
}

/**
 * What is in a models' folder, without loading it.
 *
 * @throws CalcarError 'model-missing' where a file is gone; 'invalid-input' for a damaged record
 */
export function describeModel(folder: string): ModelFiles {
  const weights = networkNames.map((network) => ({ network, bytes: bytesOf(folder, modelFiles[network]) }));
  const all = createHash('sha256');
  for (const { bytes } of weights) all.update(bytes);
  const networks = weights.map(({ network, bytes }): ShelvedNetwork => {
    const record = readRecord(folder, network);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    // A record beside other weights says nothing of these.
    if (record?.weights.sha256 !== sha256) return { network, sha256, training: null };
    const { name, snapshot, recipe, software, finishedAt } = record;
    return { network, sha256, training: { name, snapshot, recipe, software, finishedAt } };
  });
  const card = bytesOf(folder, modelFiles.card).toString('utf8');
  const studies = networks.flatMap(({ training }) => training?.snapshot.study ?? []);
  return {
    hash: all.digest('hex'),
    name: /^# (.+)$/m.exec(card)?.[1] ?? 'unnamed',
    study: studies.includes('real films') ? 'real films' : (studies[0] ?? null),
    networks,
  };
}

/** What a model's files are now: 'there', 'gone', or 'damaged' where they hash to something else. */
export function stateOfFiles(folder: string, hash: string): 'there' | 'gone' | 'damaged' {
  if (networkNames.some((network) => !existsSync(join(folder, modelFiles[network])))) return 'gone';
  try {
    return describeModel(folder).hash === hash ? 'there' : 'damaged';
  } catch {
    return 'damaged';
  }
}

/**
 * Copies every file of a models' folder into a new one; a copy that was cut off is no copy.
 *
 * @throws CalcarError 'model-damaged' when the copy does not hash to `hash`; 'disk-full', 'read-only'
 */
export function copyModel(from: string, to: string, hash: string): void {
  const part = `${to}.part`;
  try {
    rmSync(part, { recursive: true, force: true });
    mkdirSync(part, { recursive: true, mode: 0o700 });
    for (const entry of readdirSync(from, { withFileTypes: true }))
      if (entry.isFile()) copyFileSync(join(from, entry.name), join(part, entry.name));
    if (stateOfFiles(part, hash) !== 'there')
      throw new CalcarError(
        'model-damaged',
        'The model changed while it was copied, so it was not put on the shelf. Try again once nothing writes to its folder.',
      );
    rmSync(to, { recursive: true, force: true });
    renameSync(part, to);
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    throw writeFailure(error);
  }
}

/** How sure a model is; null where that was never fixed, or for other weights. */
export const confidenceOf = (folder: string, hash: string): ModelConfidence | null =>
  addition(join(folder, confidenceFile), modelConfidence, hash);

/** How its maps did in their tests; null where they were never tested. */
export const saliencyVerdictOf = (folder: string, hash: string): SaliencyVerdict | null =>
  addition(join(folder, saliencyFile), saliencyVerdict, hash);

function addition<T extends { readonly model: string }>(
  path: string,
  shape: z.ZodType<T>,
  hash: string,
): T | null {
  if (!existsSync(path)) return null;
  try {
    const value = shape.parse(JSON.parse(readFileSync(path, 'utf8')));
    return value.model === hash ? value : null;
  } catch {
    return null;
  }
}

function bytesOf(folder: string, name: string): Buffer {
  try {
    return readFileSync(join(folder, name));
  } catch (cause) {
    throw new CalcarError('model-missing', `There is no ${name} in ${folder}, so it holds no model.`, cause);
  }
}
