import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from './database.ts';
import { openDatabase } from './database.ts';
import { addFilm } from './films.ts';
import { appendMachineRead, lastFinding } from './reads.ts';
import { hashOf, sampleFilm, sampleFinding } from './testing/samples.ts';

let folder: string;
let db: Database;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'calcar-reads-'));
  db = await openDatabase(join(folder, 'calcar.sqlite'));
});
afterEach(async () => {
  await db.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the last answer of a model', () => {
  it('is the one that was as sure as the model is now', async () => {
    const imageHash = hashOf('a');
    const stamp = { at: '2026-11-24T05:00:00.000Z', stationVersion: '0' };
    const before = sampleFinding(imageHash);
    const after = { ...before, confidenceHash: hashOf('confidence') };
    const hash = before.modelHash;
    const last = (confidenceHash: string | null) =>
      db.read((reader) => lastFinding(reader, imageHash, { hash, confidenceHash }));
    await db.write(async (writer) => {
      await addFilm(writer, sampleFilm('a'), stamp.at);
      await appendMachineRead(writer, before, stamp);
    });
    expect(await last(null)).toEqual(before);
    expect(await last(after.confidenceHash)).toBeUndefined();
    await db.write((writer) => appendMachineRead(writer, after, stamp));
    expect(await last(after.confidenceHash)).toEqual(after);
    expect(await last(null)).toEqual(before);
    expect(await db.read((reader) => lastFinding(reader, imageHash, null))).toEqual(after);
  });
});
