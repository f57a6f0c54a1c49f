import { unzipSync } from 'fflate';
import { CalcarError } from '../contract/errors.ts';
import type { ImportOutcome } from '../contract/reads.ts';
import type { Context } from './context.ts';
import { importFilm } from './importFilms.ts';
import { isZip } from './zipFile.ts';

const largestUnpackedFileBytes = 512 * 1024 * 1024;

/**
 * Imports one file as any door hands it in: a film gives one outcome, a zip archive one for each file in it.
 * @throws CalcarError 'disk-full', 'read-only', 'database-failed', 'database-damaged'
 */
export async function importFile(
  context: Context,
  bytes: Uint8Array,
  fileName: string,
): Promise<ImportOutcome[]> {
  if (!isZip(bytes)) return [await importFilm(context, bytes, fileName)];
  const names = namesIn(bytes);
  if (names === null || names.length === 0)
    return [
      refusal(
        fileName,
        'unreadable-file',
        names === null
          ? 'This zip archive is damaged and could not be opened. It was left out; nothing else is affected.'
          : 'This zip archive holds no files. It was left out; nothing else is affected.',
      ),
    ];
  const outcomes: ImportOutcome[] = [];
  for (const name of names) outcomes.push(await importEntry(context, bytes, name));
  return outcomes;
}

/** The files named in the archive's directory, in the order of their names; null when it cannot be read. */
function namesIn(archive: Uint8Array): string[] | null {
  const names: string[] = [];
  try {
    unzipSync(archive, {
      filter: ({ name }) => {
        if (!name.endsWith('/')) names.push(name);
        return false;
      },
    });
  } catch {
    return null;
  }
  return names.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** One entry at a time, so that an archive of four hundred films needs the memory of one. */
async function importEntry(context: Context, archive: Uint8Array, name: string): Promise<ImportOutcome> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = unzipSync(archive, {
      filter: (entry) => {
        if (entry.name !== name) return false;
        // The directory's own word is the size that is set aside, so a bomb cannot unpack to more.
        if (entry.originalSize <= largestUnpackedFileBytes) return true;
        throw new CalcarError(
          'too-large',
          'This file in the zip archive unpacks to more than 512 MB, more than any radiograph. It was left out; nothing else is affected.',
        );
      },
    })[name];
  } catch (error) {
    if (error instanceof CalcarError) return refusal(name, error.kind, error.message);
    context.log.failure('zip entry refused', error);
  }
  if (bytes === undefined)
    return refusal(
      name,
      'unreadable-file',
      'This file in the zip archive is damaged, encrypted or packed in an unusual way. Unpack the archive yourself and import the folder; nothing else is affected.',
    );
  return importFilm(context, bytes, name);
}

const refusal = (fileName: string, kind: string, sentence: string): ImportOutcome => ({
  state: 'refused',
  fileName,
  imageHash: null,
  kind,
  sentence,
});
