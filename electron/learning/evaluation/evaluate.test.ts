import { describe, expect, test } from 'vitest';
import { evaluationReport, type FilmOutcome, type Outcomes } from '../../contract/evaluation.ts';
import { gradeGroups } from '../../contract/finding.ts';
import type { SnapshotFilm, SnapshotGrade } from '../../contract/snapshot.ts';
import { localizerInput } from '../../reading/prepare.ts';
import { createReader, type Reader } from '../../reading/reader.ts';
import type { Models } from '../../../models/index.ts';
import { evaluateOutcomes, readOutcomes } from './evaluate.ts';
import { cardLines } from './evaluateCard.ts';
import { percent } from './evaluateWords.ts';
import type { PatientFilms } from './evaluateReading.ts';
import { answered, fractureAt, outcomesOf, sureOf } from '../testing/knownOutcomes.ts';

/** Large and rich enough for the quality gate. */
const image = {
  rows: 320,
  columns: 320,
  values: Float32Array.from({ length: 320 * 320 }, (_, i) => Math.sin(i / 50) + (i % 320) / 40),
};
const { fromImage } = localizerInput(image);
const truth = { x: 60, y: 80, width: 100, height: 120 };
const hash = 'a'.repeat(64);

const patient = (number: number, grade: SnapshotGrade | null): PatientFilms => {
  const film: SnapshotFilm = {
    image: hash,
    source: 'film',
    look: 'clinic',
    view: 'right',
    rows: 320,
    columns: 320,
    device: null,
    site: null,
    hips: [
      {
        box: truth,
        laterality: 'right',
        grade,
        implant: null,
        condition: null,
        label: { kind: 'simulated' },
      },
    ],
  };
  return {
    patient: {
      patient: `simulated-${String(number)}`,
      split: 'test',
      sex: number % 2 === 0 ? 'F' : 'M',
      ageYears: 70,
      films: [film],
    },
    films: [{ image, film }],
  };
};

/** Networks whose every answer is known: boxes moved sideways by a known share, one group for all. */
function knownReader(shift: number, answer: number, finds = true): Reader {
  const box = fromImage({ ...truth, x: truth.x + shift * truth.width });
  const probabilities = new Float32Array(3).fill(0.1);
  probabilities[answer] = 0.8;
  return createReader({
    hash: 'known',
    name: 'known answers',
    localizer: {
      locate: () => Promise.resolve(finds ? [{ box, medialSide: 'picture-right', score: 0.9 }] : []),
    } as unknown as Models['localizer'],
    classifier: {
      classify: (crops: readonly Float32Array[]) => Promise.resolve(crops.map(() => probabilities)),
    } as unknown as Models['classifier'],
  });
}

const grades: (SnapshotGrade | null)[] = [
  ...new Array<SnapshotGrade>(6).fill('none'),
  'II',
  'IV',
  'IV',
  null,
];
const about = {
  independence: { known: 'independent', tunedOnToo: 0, sentence: 'Independent.' },
  software: '0',
  backend: 'none',
} as const;

const readAll = (reader: Reader): Promise<Outcomes> =>
  readOutcomes(
    reader,
    {
      manifest: { name: 'known', hash, study: 'simulated study' },
      tune: grades.map((grade, i) => patient(100 + i, grade)),
      test: grades.map((grade, i) => patient(i, grade)),
    },
    about,
  );

const options = { prevalence: 0.1, draws: 200 };

describe('films read end to end', () => {
  test('with boxes moved by a quarter and one answer for all are what they must be', async () => {
    const report = evaluationReport.parse(evaluateOutcomes(await readAll(knownReader(0.25, 0)), options));
    // Two equal boxes that overlap by three quarters: 0.75 / 1.25.
    expect(report.localizer.meanOverlap.estimate).toBeCloseTo(0.6, 6);
    expect(report.localizer.meanOverlap.low).toBeCloseTo(0.6, 6);
    expect(report.localizer.meanOverlap.n).toBe(10);
    expect(report.localizer.found.estimate).toBe(1);
    expect(report.localizer.rightSide?.estimate).toBe(1);
    expect(report.classifier.topOne.estimate).toBeCloseTo(6 / 9, 12);
    expect(report.classifier.balancedAccuracy.estimate).toBeCloseTo(1 / 3, 12);
    expect(report.classifier.confusion).toEqual([
      [6, 0, 0, 0],
      [1, 0, 0, 0],
      [2, 0, 0, 0],
    ]);
    expect(report.classifier.byGrade.map(({ hips }) => hips)).toEqual([6, 0, 1, 0, 2]);
    expect(report.classifier.byGrade[1]!.right).toBeNull();
    // Scores that say nothing rank nothing.
    expect(report.fracture.area.foundByDeLong?.estimate).toBe(0.5);
    expect(report.consistency.holds).toBe(true);
  });

  test('without a hip found are refused films, wrong answers and no overlap', async () => {
    const report = evaluationReport.parse(evaluateOutcomes(await readAll(knownReader(0, 0, false)), options));
    expect(report.localizer.meanOverlap.estimate).toBe(0);
    expect(report.classifier.topOne.estimate).toBe(0);
    expect(report.classifier.topOneOfFound).toBeNull();
    expect(report.classifier.confusion.map((row) => row[3])).toEqual([6, 1, 2]);
    expect(report.refusals).toEqual([
      { kind: 'no-hip-found', films: expect.objectContaining({ estimate: 1, n: 10 }) as unknown },
    ]);
    expect(report.fracture.area.foundByPatient).toBeNull();
    expect(report.fracture.operatingPoints).toEqual([]);
    expect(report.errors.every(({ answer }) => answer === null)).toBe(true);
    expect(report.consistency.holds).toBe(true);
  });

  test('with boxes far off count those as false', async () => {
    const report = evaluateOutcomes(await readAll(knownReader(1.2, 2)), options);
    expect(report.localizer.falseBoxesPerFilm.estimate).toBe(1);
    expect(report.localizer.filmsWithFalseBox.estimate).toBe(1);
    expect(report.localizer.found.estimate).toBe(0);
  });
});

describe('statistics of what was read', () => {
  const tune = [
    ...[0.1, 0.2, 0.3, 0.6].map((p, i) => answered(i, 'none', fractureAt(p))),
    ...[0.5, 0.7, 0.8, 0.9].map((p, i) => answered(10 + i, i % 2 === 0 ? 'I' : 'III', fractureAt(p))),
  ];
  const testFilms = [
    ...[0.1, 0.2, 0.55, 0.4].map((p, i) => answered(20 + i, 'none', fractureAt(p))),
    ...[0.3, 0.7, 0.8].map((p, i) => answered(30 + i, i % 2 === 0 ? 'II' : 'IV', fractureAt(p))),
    answered(40, 'IV', null),
  ];

  test('fix their thresholds on the tuning patients and judge them on the others', () => {
    const { fracture } = evaluateOutcomes(outcomesOf(tune, testFilms), options);
    const [youden, sensitive, specific] = fracture.operatingPoints;
    // Tuning: 0.5 catches four of four and one of four whole; 0.7 three of four and none; equal, the higher is kept.
    expect(youden?.threshold).toBeCloseTo(0.7, 12);
    expect(sensitive?.threshold).toBeCloseTo(0.5, 12);
    expect(specific?.threshold).toBeCloseTo(0.7, 12);
    // Of four broken hips two reach 0.7; one was not found and is wrong.
    expect(youden?.counts).toEqual({
      truePositive: 2,
      falseNegative: 2,
      trueNegative: 4,
      falsePositive: 0,
    });
    expect(sensitive?.specificity?.estimate).toBe(3 / 4);
    expect(sensitive?.atPrevalence.ppv?.estimate).toBeCloseTo((0.1 * 0.5) / (0.1 * 0.5 + 0.9 * 0.25), 12);
  });

  test('rank the found hips, and all with a missed hip below every found one', () => {
    const { fracture } = evaluateOutcomes(outcomesOf(tune, testFilms), options);
    // Of 3 x 4 pairs of found hips 0.3 stands below 0.55 and 0.4; the missed hip loses its four pairs.
    expect(fracture.area.foundByPatient?.estimate).toBeCloseTo(10 / 12, 12);
    expect(fracture.area.foundByDeLong?.estimate).toBeCloseTo(10 / 12, 12);
    expect(fracture.area.allByPatient?.estimate).toBeCloseTo(10 / 16, 12);
  });

  test('give conformal sets that hold what they promise on the cases they were fixed on', () => {
    const { conformal } = evaluateOutcomes(outcomesOf(tune, tune), options);
    expect(conformal?.coverage?.estimate).toBeGreaterThanOrEqual(0.9);
  });

  test('tell a part of the hips that fares worse', () => {
    const many = (site: string, first: number, wrong: boolean): FilmOutcome[] =>
      Array.from({ length: 60 }, (_, i) => {
        const grade = (['none', 'II', 'IV'] as const)[i % 3]!;
        const truthAt = { none: 0, II: 1, IV: 2 }[grade];
        const said = gradeGroups[wrong ? (truthAt + 1) % 3 : truthAt]!;
        return answered(first + i, grade, sureOf(said), site);
      });
    const report = evaluateOutcomes(
      outcomesOf(tune, [...many('a', 0, false), ...many('b', 100, true)]),
      options,
    );
    const [site] = report.subgroups;
    expect(site?.by).toBe('site');
    expect(site?.groups.map(({ name, gap, differs }) => [name, gap?.estimate, differs])).toEqual([
      ['a', 1, true],
      ['b', -1, true],
    ]);
  });

  test('show the most confident mistakes first, after the hips that were not found', () => {
    const { errors } = evaluateOutcomes(outcomesOf(tune, testFilms), options);
    expect(errors[0]?.answer).toBeNull();
    expect(errors[1]?.grade).toBe('II');
    expect(errors[1]?.answer).toBe('none');
  });

  test('need a graded hip', () => {
    expect(() => evaluateOutcomes(outcomesOf(tune, []), options)).toThrow(/no hip of the test/i);
  });

  test('stand on the model card with interval and count, after what they are not', () => {
    const report = evaluateOutcomes({ ...outcomesOf(tune, testFilms), study: 'simulated study' }, options);
    const card = cardLines(report);
    expect(card[2]).toMatch(/simulated radiographs only/i);
    expect(card.join('\n')).toContain(percent(report.classifier.topOneByPatient));
    expect(percent(report.classifier.topOneByPatient)).toMatch(/^\d+ % \(\d+ to \d+; n = 8 hips\)$/);
  });
});
