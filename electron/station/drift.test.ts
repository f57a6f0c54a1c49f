import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { driftReport as shape } from '../contract/drift.ts';
import type { DriftReference } from '../contract/driftSignals.ts';
import { openDatabase, type Database } from '../database/database.ts';
import { addFilm } from '../database/films.ts';
import { appendMachineRead, appendPersonRead } from '../database/reads.ts';
import { saveSettings } from '../database/settings.ts';
import { sampleFilm, sampleFinding, sampleRead } from '../database/testing/samples.ts';
import { seeded, type Random } from '../random/random.ts';
import { defaultSettings } from './blinding.ts';
import { driftReport } from './drift.ts';
import type { ModelIdentity } from './machine.ts';

let folder: string;
let database: Database;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'calcar-drift-'));
  database = await openDatabase(join(folder, 'calcar.sqlite'));
});
afterEach(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

const modelHash = 'd'.repeat(64);
const reference: DriftReference = {
  format: 1,
  model: modelHash,
  snapshot: { name: 'Test films', hash: 'e'.repeat(64) },
  study: 'simulated study',
  software: 'test',
  films: 3000,
  signals: {
    grey: { mean: 0.5, deviation: 0.05, n: 1500 },
    noise: { mean: 0.02, deviation: 0.004, n: 1500 },
    refused: { mean: 0.02, deviation: 0.1, n: 1500 },
    right: { mean: 0.8, deviation: 0.3, n: 1500 },
  },
};
const model = (known: DriftReference | null): ModelIdentity => ({
  name: 'Model',
  hash: modelHash,
  warning: '',
  confidence: null,
  confidenceHash: null,
  saliency: null,
  reference: known,
});
const report = async (known: DriftReference | null = reference) =>
  shape.parse(await driftReport({ database, machine: { model: () => model(known) } }));
const alarmed = async (known?: DriftReference | null): Promise<string[]> =>
  (await report(known)).signals.flatMap(({ name, alarm }) => (alarm ? [name] : []));

interface Look {
  readonly grey?: number;
  readonly noise?: number;
  readonly refused?: number;
  /** Share of the films that a person grades as the machine does; unread without it. */
  readonly right?: number;
}

let people = 0;
let written = 0;
/** Patients of two films each, whose films have the patient's own look: they are alike, as films of one patient are. */
async function readPatients(
  random: Random,
  patients: number,
  { grey = 0.5, noise = 0.02, refused = 0.02, right }: Look = {},
  at: (n: number) => string = (n) => new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString(),
): Promise<void> {
  await database.write(async (db) => {
    for (let n = 0; n < patients; n++) {
      const id = `patient ${String(++people)}`;
      const own = { grey: random.normal(grey, 0.045), noise: random.normal(noise, 0.0036) };
      const isRefused = random.chance(refused);
      for (const film of [sampleFilm(`${id} pelvis`), sampleFilm(`${id} hip`)]) {
        written++;
        const stamp = { at: at(written), stationVersion: 'test' };
        await addFilm(db, { ...film, patient: { ...film.patient, id } }, stamp.at);
        const found = sampleFinding(film.imageHash, modelHash);
        await appendMachineRead(
          db,
          {
            ...found,
            outcome: isRefused ? 'refused' : 'answered',
            hips: isRefused ? [] : found.hips,
            input: { grey: own.grey + random.normal(0, 0.02), noise: own.noise + random.normal(0, 0.0016) },
          },
          stamp,
        );
        const [hip] = found.hips;
        if (right === undefined || isRefused || hip === undefined) continue;
        const grade = { none: 'none', 'I-II': 'I', 'III-IV': 'III' } as const;
        const other = hip.gradeGroup === 'none' ? 'III' : 'none';
        const read = sampleRead(film.imageHash, 'A. Reader');
        await appendPersonRead(
          db,
          {
            ...read,
            shownModelHash: null,
            hips: [
              {
                ...read.hips[0]!,
                box: hip.box,
                grade: random.chance(right) ? grade[hip.gradeGroup] : other,
              },
            ],
          },
          stamp,
        );
      }
    }
  });
}

describe('driftReport', () => {
  it('is silent on a thousand stable patients, and says what is usual', async () => {
    await readPatients(seeded(11), 1000, { right: 0.8 });
    const stable = await report();
    expect(stable).toMatchObject({ alarm: false, films: 2000, reference: { name: 'Test films' } });
    const grey = stable.signals.find(({ name }) => name === 'Mean grey')!;
    expect(grey.series.reduce((sum, { n }) => sum + n, 0)).toBe(1000);
    const covered = grey.series.filter(({ low, high }) => low <= 0.5 && high >= 0.5).length;
    expect(covered).toBeGreaterThanOrEqual(0.75 * grey.series.length);
  });

  it('alarms within sixty patients of films that are darker and noisier, and says since when', async () => {
    const random = seeded(12);
    await readPatients(random, 300);
    const before = written;
    await readPatients(random, 60, { grey: 0.43, noise: 0.026 });
    expect(await alarmed()).toEqual(['Mean grey', 'Noise']);
    const { since } = (await report()).signals[0]!;
    const onset = Date.UTC(2026, 0, 1, 0, before);
    expect(Date.parse(since!)).toBeGreaterThan(onset);
  });

  it('alarms when films are refused and when answers no longer are those of readers', async () => {
    const random = seeded(13);
    await readPatients(random, 100, { right: 0.8 });
    await readPatients(random, 120, { refused: 0.25, right: 0.45 });
    expect(await alarmed()).toEqual(['Films refused', 'Right where a person read it']);
  });

  it('counts no read of a person who had been shown an answer', async () => {
    await readPatients(seeded(14), 20, { right: 0 });
    const unaided = (await report()).signals.find(({ name }) => name.startsWith('Right'))!;
    expect(unaided.series.length).toBeGreaterThan(0);
    const film = sampleFilm('seen');
    await database.write(async (db) => {
      const stamp = { at: '2026-02-01T00:00:00.000Z', stationVersion: 'test' };
      await addFilm(db, film, stamp.at);
      await appendMachineRead(db, sampleFinding(film.imageHash, modelHash), stamp);
      await appendPersonRead(db, { ...sampleRead(film.imageHash, 'B'), shownModelHash: modelHash }, stamp);
    });
    const after = (await report()).signals.find(({ name }) => name.startsWith('Right'))!;
    expect(after.series).toEqual(unaided.series);
  });

  it('watches for changes among its own films where nothing else is known', async () => {
    const random = seeded(15);
    await readPatients(random, 150);
    expect(await report(null)).toMatchObject({ alarm: false, reference: null });
    await readPatients(random, 250);
    expect(await alarmed(null)).toEqual([]);
    await readPatients(random, 60, { grey: 0.42 });
    expect(await alarmed(null)).toEqual(['Mean grey']);
  });

  it('goes by the order of the reads when the clock goes back', async () => {
    const random = seeded(16);
    await readPatients(random, 200);
    await readPatients(random, 60, { grey: 0.42 }, () => '2020-01-01T00:00:00.000Z');
    expect(await alarmed()).toEqual(['Mean grey']);
    expect((await report()).to).toBe('2020-01-01T00:00:00.000Z');
  });

  it('tells a blinded reader nothing of films that are not yet committed', async () => {
    await readPatients(seeded(17), 30, { refused: 1 });
    await database.write((db) => saveSettings(db, { ...defaultSettings, blinded: true, reader: 'C' }));
    expect(await report()).toMatchObject({ films: 0, alarm: false, from: null });
  });

  it('says that it watches nothing without a model', async () => {
    const none = await driftReport({ database, machine: { model: () => null } });
    expect(shape.parse(none)).toMatchObject({ model: null, alarm: false, signals: [] });
  });
});
