import type { Settings } from '../contract/api.ts';
import * as stored from '../database/settings.ts';
import { defaultSettings } from './blinding.ts';
import type { Context } from './context.ts';

export const loadSettings = async (context: Context): Promise<Settings> =>
  (await context.database.read(stored.loadSettings)) ?? defaultSettings;

export async function saveSettings(context: Context, settings: Settings): Promise<Settings> {
  const saved = { ...settings, reader: settings.reader.trim() };
  await context.database.write((db) => stored.saveSettings(db, saved));
  context.emit({ event: 'worklist-changed' });
  return saved;
}
