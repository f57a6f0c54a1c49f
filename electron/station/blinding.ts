import type { Settings } from '../contract/api.ts';
import type { Finding } from '../contract/finding.ts';
import type { Reader } from '../database/database.ts';
import { disclosedModel, hasRead, recordDisclosure, wasDisclosed } from '../database/reads.ts';
import { loadSettings } from '../database/settings.ts';
import type { Context } from './context.ts';
import { now } from './context.ts';

export const defaultSettings: Settings = { reader: '', blinded: false, theme: 'dark', keys: {} };

/**
 * Blinding is the station's rule, not the screen's: while it is on, a reader who has not committed a read of
 * a film gets nothing of the machine's about it, by any door.
 */
export async function isWithheld(db: Reader, imageHash: string): Promise<boolean> {
  const { blinded, reader } = (await loadSettings(db)) ?? defaultSettings;
  return blinded && !(await hasRead(db, imageHash, reader));
}

/** Hands out a finding, or null where it is withheld, and remembers to whom it was given. */
export async function disclose(context: Context, found: Finding): Promise<Finding | null> {
  const { withheld, known, reader } = await context.database.read(async (db) => {
    const { reader } = (await loadSettings(db)) ?? defaultSettings;
    return {
      reader,
      withheld: await isWithheld(db, found.imageHash),
      known: await wasDisclosed(db, found, reader),
    };
  });
  if (withheld) return null;
  if (!known) await context.database.write((db) => recordDisclosure(db, found, reader, now()));
  return found;
}

/** What is true of a read about to be committed, whatever the screen says of it. */
export async function blindingOf(
  db: Reader,
  imageHash: string,
  reader: string,
): Promise<{ blinded: boolean; shownModelHash: string | null }> {
  const settings = (await loadSettings(db)) ?? defaultSettings;
  // The reader's name in the settings, or none, may be the one under which the same person looked.
  const shown = await disclosedModel(db, imageHash, [reader, settings.reader, '']);
  return { blinded: settings.blinded && shown === undefined, shownModelHash: shown ?? null };
}
