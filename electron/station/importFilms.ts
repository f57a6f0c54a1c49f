import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { ErrorKind } from '../contract/errors.ts';
import { CalcarError, toWireError } from '../contract/errors.ts';
import type { ImportOutcome } from '../contract/reads.ts';
import { addFilm, addUnusable, findFilm, logImport } from '../database/films.ts';
import type { OpenedRadiograph } from '../dicom/opened.ts';
import type { Context } from './context.ts';
import { now } from './context.ts';
import { isZip } from './zipFile.ts';
import { thumbnailPng } from './thumbnail.ts';

/** Failures of the station and not of the file: they end an import, so that no file is blamed for them. */
const notTheFile: ReadonlySet<ErrorKind> = new Set([
  'disk-full',
  'read-only',
  'database-failed',
  'database-damaged',
]);

/**
 * Takes one file in. A file that cannot be used is an outcome and never an exception; what claims to be an
 * image gets a row in the worklist that says why it cannot be used.
 * @throws CalcarError 'disk-full', 'read-only', 'database-failed', 'database-damaged'
 */
export async function importFilm(
  context: Context,
  bytes: Uint8Array,
  givenName: string,
): Promise<ImportOutcome> {
  const fileName = tidyName(givenName);
  const imageHash = createHash('sha256').update(bytes).digest('hex');
  const known = await context.database.read((db) => findFilm(db, imageHash));
  if (known?.description) return record(context, { state: 'already-here', fileName, imageHash });
  let opened: OpenedRadiograph;
  try {
    if (bytes.length === 0)
      throw new CalcarError('not-dicom', 'This file is empty. It was left out; nothing else is affected.');
    if (isZip(bytes))
      throw new CalcarError(
        'not-dicom',
        'This is a zip archive inside a zip archive. Unpack it and import the folder; nothing else is affected.',
      );
    opened = await context.decode(bytes, fileName);
  } catch (error) {
    const { kind, sentence } = toWireError(error);
    if (notTheFile.has(kind)) throw error;
    context.log.failure('file refused', error, { imageHash });
    return record(context, { state: 'refused', fileName, imageHash, kind, sentence });
  }
  await context.films.put(imageHash, bytes);
  await context.thumbnails.put(imageHash, thumbnailPng(opened));
  return record(context, { state: 'imported', fileName, imageHash }, opened);
}

async function record(
  context: Context,
  outcome: ImportOutcome,
  opened?: OpenedRadiograph,
): Promise<ImportOutcome> {
  const at = now();
  const recorded = await context.database.write(async (db): Promise<ImportOutcome> => {
    const { fileName, imageHash } = outcome;
    let final = outcome;
    if (outcome.state === 'imported' && opened && imageHash !== null) {
      // The same file may have come in twice at once.
      if ((await findFilm(db, imageHash))?.description)
        final = { state: 'already-here', fileName, imageHash };
      else await addFilm(db, { ...opened.description, imageHash, fileName }, at);
    }
    if (outcome.state === 'refused' && imageHash !== null && belongsInWorklist(outcome.kind, fileName))
      await addUnusable(db, { imageHash, fileName, reason: outcome.sentence }, at);
    await logImport(db, final, at);
    return final;
  });
  if (recorded.state !== 'already-here') context.emit({ event: 'worklist-changed' });
  return recorded;
}

/**
 * A disc of films is full of readers, indexes and help pages: what is no DICOM and does not call itself an
 * image is answered and logged, and kept out of the worklist.
 */
function belongsInWorklist(kind: string, fileName: string): boolean {
  return kind !== 'not-dicom' || /\.(dcm|dicom|dic|ima|png|jpe?g)$/i.test(fileName);
}

/** The last part of a path, without control characters and at most 255 characters, as file systems allow. */
function tidyName(name: string): string {
  const last = basename(name.replaceAll('\\', '/'));
  const plain = last.replace(/\p{Cc}/gu, '').trim();
  if (plain.length <= 255) return plain || 'unnamed';
  const extension = /\.[^.]{1,10}$/.exec(plain)?.[0] ?? '';
  return `${plain.slice(0, 254 - extension.length)}…${extension}`;
}
