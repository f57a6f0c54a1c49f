import { cpSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { api, reply, type CallInput, type CallName, type CallOutput } from '../../contract/api.ts';
import { CalcarError, fromWireError } from '../../contract/errors.ts';
import type { Grade, Laterality } from '../../contract/finding.ts';
import { importOutcome } from '../../contract/reads.ts';
import { splits, type Split } from '../../contract/snapshot.ts';
import {
  freezeSnapshot,
  learnExamples,
  openSnapshot,
  patientsOf,
  verifySnapshot,
} from '../../learning/snapshots/snapshot.ts';
import { writeTinyPatients } from '../../learning/testing/tinySnapshot.ts';
import { openStation, type OpenStation } from '../openStation.ts';
import { smallFilm } from '../testing/films.ts';

let dataDir: string;
let station: OpenStation;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'calcar-datasets-'));
  station = await openStation({ dataDir, compute: false });
});
afterEach(async () => {
  await station.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
  const answer = reply.parse(await station.call(name, input));
  if (!answer.ok) throw fromWireError(answer.error);
  return api[name].output.parse(answer.value) as CallOutput<N>;
}

/** Another text of the same length, as bytes of the file. */
function withText(bytes: Uint8Array, text: string, other: string): Uint8Array {
  const changed = Buffer.from(bytes);
  const at = changed.indexOf(text);
  if (at < 0) throw new Error(`the file has no ${text}`);
  changed.write(other.padEnd(text.length), at);
  return changed;
}
const real = (bytes: Uint8Array): Uint8Array =>
  withText(bytes, 'Simulated radiograph, not a patient', 'Test file for the station');

async function take(bytes: Uint8Array, name: string): Promise<string> {
  const answer = await station.asset('POST', `import?name=${encodeURIComponent(name)}`, bytes);
  const [outcome] = importOutcome.array().parse(JSON.parse(Buffer.from(answer.bytes).toString()));
  return outcome!.imageHash!;
}

interface Said {
  readonly grade: Grade;
  readonly side?: Laterality;
  readonly reader?: string;
}

async function commit(imageHash: string, { grade, side = 'left', reader = 'one' }: Said): Promise<void> {
  const box = { x: 10, y: 12, width: 36, height: 40 };
  await call('reads.commit', {
    imageHash,
    reader,
    hips: [{ box, laterality: side, grade, confidence: 4 }],
    comment: '',
    blinded: true,
    shownModelHash: null,
    durationMs: 1,
  });
}

const classes = ['none', 'I', 'III'] as const;

/** Patients with a film and a read each, the three classes in turn; the films' hashes. */
async function label(total: number, from = 1, change = (bytes: Uint8Array) => bytes): Promise<string[]> {
  const hashes: string[] = [];
  for (let seed = from; seed < from + total; seed++) {
    const imageHash = await take(change(smallFilm(seed)), `film ${String(seed)}.dcm`);
    await commit(imageHash, { grade: classes[seed % 3]! });
    hashes.push(imageHash);
  }
  return hashes;
}

const freeze = (name = 'mine', study: 'simulated study' | 'real films' = 'simulated study') =>
  call('datasets.freeze', { name, study });
const kept = (): string[] => readdirSync(join(dataDir, 'datasets'));

/** The split of each film. */
function splitOfFilms(folder: string): Map<string, Split> {
  const patients = patientsOf(openSnapshot(folder));
  return new Map(patients.flatMap(({ split, films }) => films.map(({ image }) => [image, split] as const)));
}

describe('reads', () => {
  it('become a data set that the trainer can open, and the same reads the same one', async () => {
    const hashes = await label(9);
    const preview = await call('datasets.preview', { study: null });
    expect(preview).toMatchObject({ study: 'simulated study', leftOut: [], warnings: [] });

    const { dataset, leftOut } = await freeze();
    expect(leftOut).toEqual([]);
    expect(dataset.counts).toEqual(preview.counts);
    for (const split of splits)
      expect(dataset.counts[split]).toEqual({
        patients: 3,
        films: 3,
        hips: { none: 1, I: 1, II: 0, III: 1, IV: 0, ungraded: 0 },
      });
    expect(await call('datasets.list', {})).toEqual([dataset]);

    const snapshot = openSnapshot(dataset.folder);
    expect(verifySnapshot(snapshot)).toEqual([]);
    expect(learnExamples(snapshot).crops).toHaveLength(3);
    expect([...splitOfFilms(dataset.folder).keys()].sort()).toEqual([...hashes].sort());
    const [patient] = patientsOf(snapshot);
    expect(patient).toMatchObject({ sex: 'F', ageYears: 80 });
    expect(patient!.patient).not.toContain('ID-');
    expect(patient!.films[0]!.hips[0]!.label).toMatchObject({
      agreement: 'single',
      reads: [{ reader: 'one' }],
    });

    expect((await freeze('again')).dataset).toEqual(dataset);
    expect(kept()).toHaveLength(1);
    await commit(hashes[0]!, { grade: 'II' });
    expect((await freeze('changed')).dataset.hash).not.toBe(dataset.hash);
  });

  it('put all films of a person into one split, and keep known persons in theirs when more come', async () => {
    await label(9);
    for (const seed of [1, 2, 3])
      await commit(await take(smallFilm(seed, 'Doe^Jane', 80), 'second.dcm'), {
        grade: 'none',
        side: 'right',
      });
    const first = (await freeze('first')).dataset;
    for (const { films, patient } of patientsOf(openSnapshot(first.folder)))
      expect(films.length, patient).toBeLessThanOrEqual(2);
    expect(splits.map((split) => first.counts[split].patients)).toEqual([3, 3, 3]);

    await label(12, 100);
    const second = (await freeze('second')).dataset;
    const [before, after] = [splitOfFilms(first.folder), splitOfFilms(second.folder)];
    expect(after.size).toBe(24);
    for (const [image, split] of before) expect(after.get(image)).toBe(split);
    expect((await call('datasets.list', {})).map(({ name }) => name)).toEqual(['second', 'first']);
  });

  it('that do not agree, cannot grade, name no side or no hip are said, and only what holds is frozen', async () => {
    const [a, b] = await label(10);
    await commit(a!, { grade: 'IV', reader: 'two' });
    await commit(b!, { grade: 'cannot-grade' });
    const unknown = await take(smallFilm(50), 'unknown side.dcm');
    await commit(unknown, { grade: 'I', side: 'unknown' });
    await take(smallFilm(51), 'never read.dcm');
    const { dataset, leftOut } = await freeze();
    expect(leftOut.map(({ fileName }) => fileName).sort()).toEqual(['film 1.dcm', 'unknown side.dcm']);
    const films = splitOfFilms(dataset.folder);
    expect(films.size).toBe(10);
    expect(films.has(unknown)).toBe(false);
    const hips = patientsOf(openSnapshot(dataset.folder)).flatMap((patient) =>
      patient.films.flatMap(({ image, hips: its }) => its.map(({ grade }) => [image, grade] as const)),
    );
    expect(new Map(hips).get(a!)).toBeNull();
    expect(new Map(hips).get(b!)).toBeNull();
  });

  it('of simulated and of real films never go into one data set', async () => {
    const simulated = await label(9);
    const films = await label(9, 100, real);
    expect(await call('datasets.preview', { study: null })).toMatchObject({
      studies: ['real films', 'simulated study'],
    });
    const [a, b] = [(await freeze('a')).dataset, (await freeze('b', 'real films')).dataset];
    expect([...splitOfFilms(a.folder).keys()].sort()).toEqual([...simulated].sort());
    expect([...splitOfFilms(b.folder).keys()].sort()).toEqual([...films].sort());
    expect(patientsOf(openSnapshot(b.folder))[0]!.films[0]).toMatchObject({ source: 'film', look: null });
  });
});

describe('is left out, with the reason:', () => {
  it('a film whose file can no longer be read', async () => {
    const hashes = await label(10);
    truncateSync(join(dataDir, 'films', hashes[9]!.slice(0, 2), `${hashes[9]!}.dcm`), 900);
    const { dataset, leftOut } = await freeze();
    expect(leftOut).toEqual([{ fileName: 'film 10.dcm', reason: expect.stringMatching(/.{20}/) as string }]);
    expect(splitOfFilms(dataset.folder).size).toBe(9);
  });

  it('a picture that stands under another name too, now or in a later freeze', async () => {
    await label(9);
    // The ramp begins again after 4096: another patient and file, the same greys.
    await commit(await take(smallFilm(4096 + 4), 'same.dcm'), { grade: 'none' });
    const { leftOut } = await freeze();
    expect(leftOut).toEqual([
      { fileName: expect.any(String) as string, reason: expect.stringContaining('same picture') as string },
    ]);
    const copies = [5, 6, 7, 8, 9].map((seed) => 4096 + seed);
    for (const seed of copies) await commit(await take(smallFilm(seed), 'copy.dcm'), { grade: 'none' });
    const later = await freeze('later');
    expect(later.leftOut).toHaveLength(1 + copies.length);
    expect(splitOfFilms(later.dataset.folder).size).toBe(9);
  });

  it('nobody whose film does not say who it is, but a warning is given', async () => {
    await label(9);
    const nameless = withText(smallFilm(77), 'ID-77', '');
    await commit(await take(nameless, 'nameless.dcm'), { grade: 'none' });
    const { warnings } = await call('datasets.preview', { study: null });
    expect(warnings).toEqual([expect.stringContaining('1 films do not say whose they are')]);
    const { dataset } = await freeze();
    expect(patientsOf(openSnapshot(dataset.folder)).map(({ patient }) => patient)).toContainEqual(
      expect.stringMatching(/^film-[0-9a-f]{32}$/),
    );
  });
});

describe('nothing is kept of a freeze', () => {
  it('with too few patients', async () => {
    await expect(freeze()).rejects.toMatchObject({ kind: 'invalid-input' });
    await label(2);
    await expect(freeze()).rejects.toThrow('Labelled films of 2 patients are too few');
    // One of each class: nobody would be left to tune on and to test with.
    await label(1, 3);
    await expect(freeze()).rejects.toMatchObject({ kind: 'invalid-input' });
    expect(kept()).toEqual([]);
    await label(6, 4);
    await expect(freeze()).resolves.toMatchObject({ leftOut: [] });
  });

  it('that was stopped, and what a killed station left is cleared away', async () => {
    await label(9);
    mkdirSync(join(dataDir, 'datasets', 'left-over.part'));
    const stop = station.subscribe((event) => {
      if (event.event === 'progress' && event.job === 'freeze' && event.done === 1)
        void call('datasets.cancel', {});
    });
    await expect(freeze()).rejects.toMatchObject({ kind: 'cancelled' });
    stop();
    expect(kept()).toEqual([]);
    expect(await call('datasets.list', {})).toEqual([]);
    await freeze();
    expect(kept()).toHaveLength(1);
  });

  it('that is asked for while another is under way', async () => {
    await label(9);
    const both = await Promise.allSettled([freeze('a'), freeze('b')]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(await call('datasets.list', {})).toMatchObject([{ name: 'a' }]);
  });
});

describe('a folder that was frozen elsewhere', () => {
  const options = { name: 'elsewhere', study: 'simulated study', software: '0', command: null } as const;

  it('is added once, and is found again where it was moved to', async () => {
    const folder = join(dataDir, 'elsewhere');
    writeTinyPatients(folder);
    freezeSnapshot(folder, options);
    const row = await station.addDataset(folder);
    expect(row).toMatchObject({ name: 'elsewhere', folder, counts: { learn: { patients: 6 } } });
    const copy = join(dataDir, 'copy');
    cpSync(folder, copy, { recursive: true });
    expect(await station.addDataset(copy)).toEqual(row);
    rmSync(folder, { recursive: true });
    expect(await station.addDataset(copy)).toEqual({ ...row, folder: copy });
    expect(await call('datasets.list', {})).toEqual([{ ...row, folder: copy }]);
  });

  it('is refused, with names, when it tests with whom the station learns from', async () => {
    const [ours, theirs] = [join(dataDir, 'ours'), join(dataDir, 'theirs')];
    writeTinyPatients(ours);
    freezeSnapshot(ours, options);
    await station.addDataset(ours);
    writeTinyPatients(theirs, {
      keyOf: (split, number) => (split === 'test' ? 'learn-2' : `other-${split}-${String(number)}`),
    });
    freezeSnapshot(theirs, options);
    const refusal = station.addDataset(theirs);
    await expect(refusal).rejects.toMatchObject({ kind: 'leak' });
    await expect(refusal).rejects.toThrow('learn-2');
    expect(await call('datasets.list', {})).toHaveLength(1);
  });

  it('is refused when it is not there, not frozen or was changed', async () => {
    await expect(station.addDataset(join(dataDir, 'nowhere'))).rejects.toMatchObject({ kind: 'not-found' });
    const folder = join(dataDir, 'elsewhere');
    writeTinyPatients(folder);
    await expect(station.addDataset(folder)).rejects.toMatchObject({ kind: 'not-found' });
    freezeSnapshot(folder, options);
    renameSync(join(folder, 'learn-000000.json'), join(folder, 'learn-000000.away'));
    await expect(station.addDataset(folder)).rejects.toBeInstanceOf(CalcarError);
    expect(await call('datasets.list', {})).toEqual([]);
  });
});
