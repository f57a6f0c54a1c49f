import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Grade, Laterality } from '../contract/finding.ts';
import { openDatabase, type Database } from '../database/database.ts';
import { addFilm } from '../database/films.ts';
import { appendPersonRead } from '../database/reads.ts';
import { sampleFilm, sampleRead } from '../database/testing/samples.ts';
import { readerAgreement } from './agreement.ts';

let folder: string;
let database: Database;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'calcar-agreement-'));
  database = await openDatabase(join(folder, 'calcar.sqlite'));
});
afterEach(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Said {
  readonly reader: string;
  readonly grade: Grade;
  readonly side?: Laterality;
  readonly blinded?: boolean;
}

const at = '2026-11-24T02:00:00.000Z';

/** A film of one patient, and what readers said of it, in that order. */
async function readFilms(
  films: readonly { readonly name: string; readonly simulated?: boolean; readonly said: readonly Said[] }[],
): Promise<void> {
  await database.write(async (db) => {
    for (const { name, simulated = false, said } of films) {
      const film = { ...sampleFilm(name), simulated };
      await addFilm(db, film, at);
      for (const { reader, grade, side = 'left', blinded = false } of said) {
        const read = sampleRead(film.imageHash, reader);
        await appendPersonRead(
          db,
          { ...read, blinded, hips: [{ ...read.hips[0]!, grade, laterality: side }] },
          { at, stationVersion: 'test' },
        );
      }
    }
  });
}

const agreement = (blinded = false): ReturnType<typeof readerAgreement> =>
  readerAgreement(database, { study: null, blinded });

/** Fleiss, Psychol Bull 1971; 76: 378, table 1: how many of six psychiatrists gave each of five diagnoses. */
const fleiss1971 = [
  '00060', '03003', '01401', '00006', '03030', '20400', '00402', '20310', '20040', '00006',
  '10050', '11040', '03300', '10050', '02031', '00501', '30012', '51000', '02040', '10203',
  '00006', '01050', '02013', '20040', '10041', '05010', '40002', '02040', '10500', '00006',
].map((row) => Array.from(row, Number)); // prettier-ignore
const grades = ['none', 'I', 'II', 'III', 'IV'] as const;

describe('agreement of readers', () => {
  it("of Fleiss's thirty patients is his .430, and Krippendorff's alpha follows from it", async () => {
    await readFilms(
      fleiss1971.map((counts, i) => ({
        name: `patient ${i}`,
        said: counts
          .flatMap((count, k) => new Array<Grade>(count).fill(grades[k]!))
          .map((grade, k) => ({ reader: `reader ${k}`, grade })),
      })),
    );
    const { hips, patients, readers, pairs, scales } = await agreement();
    expect([hips, patients, readers.length, pairs.length]).toEqual([30, 30, 6, 15]);
    const [all] = scales;
    expect(all?.fleissKappa?.estimate).toBeCloseTo(0.43, 3);
    expect(all?.fleissKappa).toMatchObject({ hips: 30, patients: 30 });
    expect(all!.fleissKappa!.low).toBeLessThan(0.43);
    expect(all!.fleissKappa!.high).toBeGreaterThan(0.43);
    // Without gaps 1 − alpha is (1 − kappa)(1 − 1 / ratings), by their definitions.
    const kappa = all!.fleissKappa!.estimate;
    expect(all?.alphaNominal?.estimate).toBeCloseTo(kappa + (1 - kappa) / 180, 10);
    // Of fractures only the patients whom nobody put into the first category.
    expect(scales[2]?.hips).toBe(fleiss1971.filter(([none]) => none === 0).length);
  });

  it("of Cohen's two psychiatrists is his .492, in three groups", async () => {
    // Psychol Bull 1968; 70: 213, table 1: 200 patients.
    const table = [
      [88, 10, 2],
      [14, 40, 6],
      [18, 10, 12],
    ];
    const spread = { none: ['none'], 'I-II': ['I', 'II'], 'III-IV': ['III', 'IV'] } as const;
    const groups = Object.values(spread);
    await readFilms(
      table.flatMap((row, i) =>
        row.flatMap((count, j) =>
          Array.from({ length: count }, (_, n) => ({
            name: `${i}-${j}-${n}`,
            said: [i, j].map((k, who) => ({
              reader: `reader ${who}`,
              grade: groups[k]![(n + who) % groups[k]!.length]!,
            })),
          })),
        ),
      ),
    );
    const { pairs, scales } = await agreement();
    expect(pairs).toHaveLength(1);
    expect(pairs[0]).toMatchObject({ readers: ['reader 0', 'reader 1'], hips: 200 });
    const { groups: kappa, grades: ofGrades, gradesLinear } = pairs[0]!;
    expect(kappa?.estimate).toBeCloseTo(0.492, 3);
    // The large-sample interval of Fleiss, Cohen and Everitt 1969 is .39 to .59.
    expect(kappa!.low).toBeCloseTo(0.39, 1);
    expect(kappa!.high).toBeCloseTo(0.59, 1);
    // The two differ within every group here, by one grade, which the weights forgive in part.
    expect(ofGrades!.estimate).toBeLessThan(gradesLinear!.estimate);
    expect(scales[3]).toMatchObject({ scale: 'displacement', hips: 40 + 6 + 10 + 12 });
  });

  it('goes by the last read of each reader, or by the last blinded one', async () => {
    const films = ['a', 'b', 'c'].map((name, i) => ({
      name,
      said: [
        { reader: 'one', grade: grades[i]!, blinded: true },
        { reader: 'two', grade: grades[4 - i]!, blinded: true },
        { reader: 'two', grade: grades[i]! },
      ],
    }));
    await readFilms(films);
    const last = await agreement();
    expect(last.pairs[0]?.grades?.estimate).toBe(1);
    expect(last.readers.map(({ blindedFilms }) => blindedFilms)).toEqual([3, 0]);
    const blinded = await agreement(true);
    expect(blinded.pairs[0]?.grades?.estimate).toBeLessThan(0.5);
    expect(blinded.readers.map(({ blindedFilms }) => blindedFilms)).toEqual([3, 3]);
  });

  it('takes gaps: another side, no grade, a film read by one', async () => {
    await readFilms([
      { name: 'a', said: [{ reader: 'one', grade: 'I' }, { reader: 'two', grade: 'I' }, { reader: 'three', grade: 'I' }] },
      { name: 'b', said: [{ reader: 'one', grade: 'III' }, { reader: 'two', grade: 'III' }, { reader: 'three', grade: 'cannot-grade' }] },
      { name: 'c', said: [{ reader: 'one', grade: 'none' }, { reader: 'two', grade: 'none', side: 'right' }] },
      { name: 'd', said: [{ reader: 'one', grade: 'none' }, { reader: 'two', grade: 'none', side: 'unknown' }] },
      { name: 'e', said: [{ reader: 'three', grade: 'IV' }] },
    ]); // prettier-ignore
    const { hips, patients, readers, scales, unclearHips } = await agreement();
    expect([hips, patients, unclearHips]).toEqual([2, 2, 1]);
    expect(readers.find(({ name }) => name === 'three')).toMatchObject({ films: 3, hips: 2, cannotGrade: 1 });
    expect(scales[0]?.fleissKappa).toBeNull();
    expect(scales[0]?.alphaNominal).toMatchObject({ estimate: 1, hips: 2 });
  });

  it('counts patients, not films: twice the same film of each tells nothing more', async () => {
    const said = fleiss1971.map((counts) => {
      const given = counts.flatMap((count, k) => new Array<Grade>(count).fill(grades[k]!));
      return [given[1]!, given[4]!].map((grade, k) => ({ reader: `reader ${k}`, grade }));
    });
    await readFilms(said.map((each, i) => ({ name: `patient ${i}`, said: each })));
    const once = (await agreement()).pairs[0]!.grades!;
    await database.write(async (db) => {
      for (const [i, each] of said.entries()) {
        const film = { ...sampleFilm(`again ${i}`), patient: sampleFilm(`patient ${i}`).patient };
        await addFilm(db, film, at);
        for (const { reader, grade } of each) {
          const read = sampleRead(film.imageHash, reader);
          const hips = [{ ...read.hips[0]!, grade }];
          await appendPersonRead(db, { ...read, hips }, { at, stationVersion: 'test' });
        }
      }
    });
    const { pairs, scales } = await agreement();
    const twice = pairs[0]!.grades!;
    expect(twice).toMatchObject({ hips: 60, patients: 30 });
    expect(twice.estimate).toBeCloseTo(once.estimate, 12);
    expect((twice.high - twice.low) / (once.high - once.low)).toBeCloseTo(1, 1);
    const { alphaNominal } = scales[0]!;
    expect((alphaNominal!.high - alphaNominal!.low) / (once.high - once.low)).toBeGreaterThan(0.8);
  });

  it('says so where there are too few readers, films in common or patients', async () => {
    expect((await agreement()).sentence).toContain('Nobody has committed reads');
    await readFilms([{ name: 'a', said: [{ reader: 'one', grade: 'I' }] }]);
    expect((await agreement()).sentence).toContain('Only one has committed reads here');
    expect((await agreement(true)).sentence).toContain('Nobody has committed blinded reads');
    await readFilms([{ name: 'b', said: [{ reader: 'two', grade: 'I' }] }]);
    expect((await agreement()).sentence).toContain('no hip was graded by two of them');
    await readFilms([{ name: 'c', said: [{ reader: 'one', grade: 'I' }, { reader: 'two', grade: 'I' }] }]); // prettier-ignore
    const one = await agreement();
    expect(one.sentence).toContain('only one patient');
    expect(one.pairs[0]?.grades).toBeNull();
  });

  it('never mixes real and simulated films', async () => {
    const said = [{ reader: 'one', grade: 'I' as const }];
    await readFilms([
      { name: 'a', said },
      { name: 'b', simulated: true, said },
    ]);
    await expect(agreement()).rejects.toMatchObject({ kind: 'invalid-input' });
    const report = await readerAgreement(database, { study: 'simulated study', blinded: false });
    expect(report).toMatchObject({ study: 'simulated study', readers: [{ films: 1 }] });
  });
});
