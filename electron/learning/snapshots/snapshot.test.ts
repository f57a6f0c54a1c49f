import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CalcarError, type ErrorKind } from '../../contract/errors.ts';
import { snapshotManifest, type SnapshotManifest, type SnapshotPatient } from '../../contract/snapshot.ts';
import {
  canonicalJson,
  freezeSnapshot,
  learnExamples,
  manifestHash,
  openSnapshot,
  patientsOf,
  verifySnapshot,
  wholeFilms,
} from './snapshot.ts';
import { writeTinyPatients } from '../testing/tinySnapshot.ts';

const options = { name: 'tiny', study: 'simulated study', software: '0', command: null } as const;
let root: string;
let patients: string;
/** Hash of the patients as they were written. */
let asWritten: string;
/** A fresh copy of the patients, not frozen. */
let folder: string;
let copies = 0;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'calcar-snapshot-'));
  patients = join(root, 'patients');
  writeTinyPatients(patients);
  const copy = join(root, 'as-written');
  cpSync(patients, copy, { recursive: true });
  asWritten = freezeSnapshot(copy, options).hash;
});
beforeEach(() => {
  folder = join(root, String(++copies));
  cpSync(patients, folder, { recursive: true });
});
afterAll(() => rmSync(root, { recursive: true }));

const path = (name: string): string => join(folder, name);
const freeze = (): SnapshotManifest => freezeSnapshot(folder, options);

function editPatient(stem: string, edit: (patient: SnapshotPatient) => void): void {
  const patient = JSON.parse(readFileSync(path(`${stem}.json`), 'utf8')) as SnapshotPatient;
  edit(patient);
  writeFileSync(path(`${stem}.json`), JSON.stringify(patient));
}

function flipBit(name: string): void {
  const bytes = readFileSync(path(name));
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(path(name), bytes);
}

function editManifest(edit: (manifest: Record<string, unknown>) => void): void {
  const manifest = JSON.parse(readFileSync(path('snapshot.json'), 'utf8')) as Record<string, unknown>;
  edit(manifest);
  writeFileSync(path('snapshot.json'), JSON.stringify(manifest));
}

function refusal(act: () => unknown): { kind: ErrorKind; message: string } {
  try {
    act();
  } catch (error) {
    if (error instanceof CalcarError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('the hash of a snapshot', () => {
  test('is the same when the same patients are frozen again, elsewhere and under another name', () => {
    const first = freeze();
    expect(snapshotManifest.parse(JSON.parse(readFileSync(path('snapshot.json'), 'utf8')))).toEqual(first);
    expect(freeze()).toEqual(first);
    const elsewhere = join(root, 'elsewhere');
    cpSync(patients, elsewhere, { recursive: true });
    expect(freezeSnapshot(elsewhere, { ...options, name: 'another', software: '9' }).hash).toBe(first.hash);
  });

  test.each<[string, () => void]>([
    ['a label', () => editPatient('learn-000001', ({ films }) => (films[0]!.hips[0]!.grade = 'II'))],
    ['a box', () => editPatient('tune-000000', ({ films }) => (films[0]!.hips[0]!.box.x += 1))],
    [
      'where a label comes from',
      () =>
        editPatient('tune-000000', ({ films }) => {
          const at = '2026-11-24T01:00:00.000Z';
          const reads = [{ id: 1, hash: 'a'.repeat(64), reader: 'one', at, blinded: true }];
          films[0]!.hips[0]!.label = { kind: 'reads', agreement: 'single', reads };
        }),
    ],
    ['a grey of a film to learn from', () => flipBit('learn-000002.u16')],
    ['a grey of a film to test with', () => flipBit('test-000000.u16')],
    ['who a patient is', () => editPatient('test-000000', (patient) => (patient.patient = 'somebody-else'))],
    [
      'a split',
      () => {
        for (const part of ['json', 'u16']) cpSync(path(`tune-000002.${part}`), path(`test-000001.${part}`));
        for (const part of ['json', 'u16']) rmSync(path(`tune-000002.${part}`));
        editPatient('test-000001', (patient) => (patient.split = 'test'));
      },
    ],
    [
      'one patient more or fewer',
      () => {
        for (const part of ['json', 'u16']) rmSync(path(`learn-000005.${part}`));
      },
    ],
  ])('changes with %s', (_, change) => {
    change();
    expect(freeze().hash).not.toBe(asWritten);
  });

  test('does not depend on the order of keys', () => {
    expect(canonicalJson({ b: [{ d: 1, c: null }], a: 'x' })).toBe('{"a":"x","b":[{"c":null,"d":1}]}');
  });
});

describe('freezing is refused', () => {
  test('without a folder, and without patients', () => {
    expect(refusal(() => freezeSnapshot(join(root, 'nowhere'), options)).kind).toBe('not-found');
    mkdirSync(path('empty'));
    expect(refusal(() => freezeSnapshot(path('empty'), options))).toMatchObject({
      kind: 'invalid-input',
      message: expect.stringContaining('no patients') as string,
    });
  });

  test.each<[string, () => void]>([
    [
      'cut off greys',
      () => writeFileSync(path('tune-000001.u16'), readFileSync(path('tune-000001.u16')).subarray(2)),
    ],
    ['greys that are missing', () => rmSync(path('tune-000001.u16'))],
    ['labels that are no JSON', () => writeFileSync(path('tune-000001.json'), '{"patient":')],
    ['labels of something else', () => writeFileSync(path('tune-000001.json'), '[]')],
    [
      'a patient whose file says another split',
      () => editPatient('tune-000001', (patient) => (patient.split = 'test')),
    ],
  ])('for %s, naming the file and leaving no manifest', (_, damage) => {
    damage();
    const { kind, message } = refusal(freeze);
    expect(kind).toBe('invalid-input');
    expect(message).toContain('tune-000001.json');
    expect(refusal(() => openSnapshot(folder)).kind).toBe('not-found');
  });

  test('when a patient sits in two splits, with the name', () => {
    editPatient('test-000000', (patient) => (patient.patient = 'learn-3'));
    const { kind, message } = refusal(freeze);
    expect(kind).toBe('leak');
    for (const name of ['learn-3', 'learn-000003.json', 'test-000000.json']) expect(message).toContain(name);
    expect(refusal(() => openSnapshot(folder)).kind).toBe('not-found');
  });

  test('in a folder that was frozen with other files, which stays as it was', () => {
    const before = freeze();
    flipBit('learn-000000.u16');
    expect(refusal(freeze)).toMatchObject({
      kind: 'invalid-input',
      message: expect.stringContaining("'tiny'") as string,
    });
    expect(openSnapshot(folder).manifest).toEqual(before);
  });
});

describe('opening is refused', () => {
  test('without a manifest', () => {
    expect(refusal(() => openSnapshot(folder))).toMatchObject({ kind: 'not-found' });
  });

  test.each<[string, (manifest: Record<string, unknown>) => void, string]>([
    [
      'was changed',
      (manifest) => ((manifest['entries'] as { split: string }[])[0]!.split = 'test'),
      'was changed',
    ],
    ['says another study', (manifest) => (manifest['study'] = 'real films'), 'was changed'],
    ['lacks a field', (manifest) => delete manifest['frozenAt'], 'damaged'],
    ['is of a newer Calcar', (manifest) => (manifest['format'] = 2), 'newer Calcar'],
    [
      'has no patients',
      (manifest) => {
        manifest['entries'] = [];
        manifest['hash'] = manifestHash({ study: 'simulated study', entries: [] });
      },
      'no patients',
    ],
  ])('for a manifest that %s', (_, edit, words) => {
    freeze();
    editManifest(edit);
    const { kind, message } = refusal(() => openSnapshot(folder));
    expect(kind).toBe('invalid-input');
    expect(message).toContain(words);
  });

  test('for a manifest cut off in the middle', () => {
    freeze();
    const text = readFileSync(path('snapshot.json'));
    writeFileSync(path('snapshot.json'), text.subarray(0, text.length >> 1));
    expect(refusal(() => openSnapshot(folder)).kind).toBe('invalid-input');
  });
});

describe('a frozen snapshot', () => {
  test('gives what was put in, split by split', () => {
    freeze();
    const snapshot = openSnapshot(folder);
    const { films, crops } = learnExamples(snapshot);
    expect(crops.map(({ grade }) => grade)).toEqual(['none', 'I', 'III', 'none', 'I', 'III']);
    expect(films).toHaveLength(6);
    expect([...wholeFilms(snapshot, 'tune')].map(({ patient }) => patient.patient)).toEqual([
      'tune-0',
      'tune-1',
      'tune-2',
    ]);
    const [held] = [...wholeFilms(snapshot, 'test')];
    expect(held!.films[0]!.image).toMatchObject({ rows: 96, columns: 96 });
    expect([...wholeFilms(snapshot, 'tune', ({ patient }) => patient === 'tune-1')]).toHaveLength(1);
    expect(patientsOf(snapshot)).toHaveLength(10);
    expect(verifySnapshot(snapshot)).toEqual([]);
  });

  test.each<[string, string]>([
    ['a grey', 'learn-000004.u16'],
    ['a label', 'learn-000004.json'],
  ])('whose file changed in %s is refused when it is read, by name', (_, name) => {
    freeze();
    if (name.endsWith('.u16')) flipBit(name);
    else editPatient('learn-000004', ({ films }) => (films[0]!.hips[0]!.grade = 'IV'));
    const snapshot = openSnapshot(folder);
    const { kind, message } = refusal(() => learnExamples(snapshot));
    expect(kind).toBe('invalid-input');
    expect(message).toContain('learn-000004');
    expect(verifySnapshot(snapshot)).toEqual([expect.stringContaining('learn-000004')]);
  });

  test('whose test film changed is refused when it is read, and a file that is gone is said', () => {
    freeze();
    const snapshot = openSnapshot(folder);
    flipBit('test-000000.u16');
    expect(refusal(() => [...wholeFilms(snapshot, 'test')])).toMatchObject({ kind: 'invalid-input' });
    rmSync(path('tune-000001.u16'));
    expect(refusal(() => [...wholeFilms(snapshot, 'tune')])).toMatchObject({ kind: 'not-found' });
    const seen: number[] = [];
    const problems = verifySnapshot(snapshot, (done) => seen.push(done));
    expect(problems).toEqual([
      expect.stringContaining('test-000000'),
      expect.stringContaining('tune-000001'),
    ]);
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('keeps out what lies beside it', () => {
    freeze();
    cpSync(path('learn-000000.json'), path('learn-000099.json'));
    cpSync(path('learn-000000.u16'), path('learn-000099.u16'));
    expect(learnExamples(openSnapshot(folder)).films).toHaveLength(6);
  });
});
