import * as z from 'zod';
import type { Settings } from '../contract/api.ts';
import { settings } from '../contract/api.ts';
import type { Reader, Writer } from './database.ts';
import { stored } from './stored.ts';

export async function loadSettings(db: Reader): Promise<Settings | undefined> {
  const row = await db.first(
    z.object({ content: stored(settings) }),
    'SELECT content FROM settings WHERE id = 1',
  );
  return row?.content;
}

export async function saveSettings(db: Writer, value: Settings): Promise<void> {
  await db.run('INSERT OR REPLACE INTO settings (id, content) VALUES (1, ?)', JSON.stringify(value));
}
