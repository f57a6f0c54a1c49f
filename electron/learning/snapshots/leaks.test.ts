import { describe, expect, test } from 'vitest';
import { CalcarError } from '../../contract/errors.ts';
import type { SnapshotEntry, Study } from '../../contract/snapshot.ts';
import { leakSentence, leaksOf, refuseLeaks } from './leaks.ts';

const hash = (text: string): string => text.padEnd(64, '0');

/** A patient with one simulated film. */
function entry(stem: string, change: Partial<SnapshotEntry> = {}): SnapshotEntry {
  return {
    patient: `patient-of-${stem}`,
    split: stem.split('-')[0] as SnapshotEntry['split'],
    stem,
    truth: hash('a'),
    pixels: hash('b'),
    images: [Buffer.from(stem).toString('hex').padEnd(64, '0')],
    films: 1,
    hips: 1,
    drrs: 0,
    generated: 0,
    simulated: 1,
    cts: [],
    generators: [],
    ...change,
  };
}

const learn = 'learn-000001';
const tune = 'tune-000002';
const test1 = 'test-000003';
const clean = [entry(learn), entry(tune), entry(test1)];
const sentences = (entries: readonly SnapshotEntry[], study?: Study): string[] =>
  leaksOf(entries, study === undefined ? {} : { study }).map(leakSentence);

function refused(act: () => void): CalcarError {
  try {
    act();
  } catch (error) {
    if (error instanceof CalcarError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('nothing is said', () => {
  test('of patients, films, CTs and generators that stay in one split', () => {
    const entries = [
      entry(learn, {
        cts: ['patient-of-learn-000001/series-1', 'ct-of-nobody-here'],
        generators: [{ model: hash('9'), learnedFrom: ['patient-of-learn-000001', 'somebody-elsewhere'] }],
        drrs: 1,
        generated: 1,
        films: 3,
      }),
      entry('learn-000009', {
        patient: 'patient-of-learn-000001',
        cts: ['ct-of-nobody-here'],
        drrs: 1,
        films: 2,
      }),
      entry(tune),
      entry(test1),
    ];
    expect(sentences(entries, 'simulated study')).toEqual([]);
    expect(() => refuseLeaks({ name: 'clean', study: 'simulated study', entries })).not.toThrow();
  });

  test('of no entries', () => expect(leaksOf([])).toEqual([]));
});

describe('is found and named:', () => {
  test('a patient in two splits', () => {
    const [sentence, ...more] = sentences([
      ...clean,
      entry('test-000007', { patient: 'patient-of-learn-000001' }),
    ]);
    expect(more).toEqual([]);
    for (const name of ['patient-of-learn-000001', learn, 'test-000007', "'learn'", "'test'"])
      expect(sentence).toContain(name);
  });

  test('one film under two patients', () => {
    const images = [hash('feed')];
    const [sentence, ...more] = sentences([entry(learn, { images }), entry(tune, { images }), entry(test1)]);
    expect(more).toEqual([]);
    for (const name of ['patient-of-learn-000001', 'patient-of-tune-000002', 'feed'])
      expect(sentence).toContain(name);
  });

  test.each(['patient-of-test-000003', 'patient-of-test-000003/series-4'])(
    'a DRR to learn from of the CT %s, whose patient tests',
    (ct) => {
      const [sentence, ...more] = sentences([
        entry(learn, { cts: [ct], drrs: 1, films: 2 }),
        entry(tune),
        entry(test1),
      ]);
      expect(more).toEqual([]);
      for (const name of [ct, 'patient-of-learn-000001', 'patient-of-test-000003'])
        expect(sentence).toContain(name);
    },
  );

  test('DRRs of one CT in two splits, whoever it is of', () => {
    const found = leaksOf([
      entry(learn, { cts: ['ct-7'], drrs: 1, films: 2 }),
      entry(tune, { cts: ['ct-7'], drrs: 1, films: 2 }),
    ]);
    expect(found.map(({ kind }) => kind)).toEqual(['ct', 'augmentation']);
  });

  test.each([tune, test1])('pictures of a generator that saw the patient of %s', (seen) => {
    const patient = `patient-of-${seen}`;
    const generators = [{ model: hash('9abc'), learnedFrom: ['somebody-elsewhere', patient] }];
    const [sentence, ...more] = sentences([
      entry(learn, { generators, generated: 1, films: 2 }),
      ...clean.slice(1),
    ]);
    expect(more).toEqual([]);
    for (const name of ['9abc', learn, patient]) expect(sentence).toContain(name);
    expect(sentence).not.toContain('somebody-elsewhere');
  });

  test.each([
    [tune, { drrs: 1 }],
    [tune, { generated: 1 }],
    [test1, { drrs: 1 }],
    [test1, { generated: 1 }],
  ])('a picture made for augmentation in %s (%o)', (stem, made) => {
    const entries = clean.map((each) => (each.stem === stem ? entry(stem, { ...made, films: 2 }) : each));
    const [sentence, ...more] = sentences(entries);
    expect(more).toEqual([]);
    expect(sentence).toContain(`patient-of-${stem}`);
    expect(sentence).toContain('augmentation');
  });

  test('simulated films among real ones, and real ones among simulated', () => {
    const real = (stem: string): SnapshotEntry => entry(stem, { simulated: 0 });
    const entries = [real(learn), entry(tune), real(test1)];
    const [simulated, ...more] = sentences(entries, 'real films');
    expect(more).toEqual([]);
    expect(simulated).toContain('patient-of-tune-000002');
    expect(
      sentences(entries, 'simulated study').map((sentence) => /patient-of-[\w-]+/.exec(sentence)?.[0]),
    ).toEqual(['patient-of-learn-000001', 'patient-of-test-000003']);
  });
});

describe('a refusal', () => {
  test('is typed, names the snapshot and everybody, and says that nothing was trained', () => {
    const entries = [...clean, entry('test-000007', { patient: 'patient-of-learn-000001' })];
    const error = refused(() => refuseLeaks({ name: 'mine', study: 'simulated study', entries }));
    expect(error.kind).toBe('leak');
    for (const word of ["'mine'", 'patient-of-learn-000001', 'nothing was trained'])
      expect(error.message).toContain(word);
  });

  test('of very many leaks stays readable and says how many more there are', () => {
    const entries = Array.from({ length: 50 }, (_, i) => String(i).padStart(6, '0')).flatMap((number) => [
      entry(`learn-${number}`, { patient: `twice-${number}` }),
      entry(`test-${number}`, { patient: `twice-${number}` }),
    ]);
    const { message } = refused(() => refuseLeaks({ name: 'mine', study: 'simulated study', entries }));
    expect(message).toContain('and 42 more');
    expect(message.length).toBeLessThan(2000);
  });
});
