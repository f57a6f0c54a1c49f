import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { evaluationReport } from '../../contract/evaluation.ts';
import type { Reader } from '../../reading/reader.ts';
import { evaluateModel, pageFile, reportFile, type EvaluationOrder } from './evaluateModel.ts';
import { outcomesFile } from './outcomes.ts';
import { quickRecipe } from '../training/recipes.ts';
import { saveRecord } from '../training/records.ts';
import { openSnapshot, wholeFilms } from '../snapshots/snapshot.ts';
import { tinySnapshot } from '../testing/tinySnapshot.ts';

describe('a model on a snapshot', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'calcar-evaluate-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const set = (): string => join(folder, 'set');
  const order = (reader: Reader): EvaluationOrder => ({
    models: folder,
    reader,
    snapshot: openSnapshot(set()),
    out: join(folder, 'out'),
    backend: 'none',
    software: '0',
    prevalence: 0.1,
  });

  function trainedOn(patients: { learn: string[]; tune: string[] }): void {
    for (const network of ['localizer', 'classifier'] as const)
      saveRecord(folder, {
        format: 2,
        name: 'trained',
        network,
        command: 'calcar train start',
        software: '0',
        backend: 'none',
        snapshot: { name: 'tiny', hash: '0'.repeat(64), study: 'simulated study' },
        recipe: quickRecipe(network),
        start: null,
        patients,
        examples: { learn: 1, tune: 1 },
        learned: 1,
        epochs: [],
        bestEpoch: 0,
        minutes: 1,
        finishedAt: '2026-01-01T00:00:00.000Z',
        weights: { bytes: 1, sha256: '0'.repeat(64) },
      });
  }

  test('leaves the outcomes, a report and a page that needs nothing else, and reads once', async () => {
    tinySnapshot(set(), { patients: { test: 6 } });
    trainedOn({ learn: ['learn-0'], tune: ['tune-0', 'tune-1'] });
    const { report, wasRead } = await evaluateModel(order(seesTheTruth(set(), 'A <b>model</b>')));
    expect(wasRead).toBe(true);
    expect(report.classifier.topOne.estimate).toBe(1);
    expect(report.localizer.meanOverlap.estimate).toBeCloseTo(1, 12);
    expect(report.independence).toMatchObject({ known: 'independent', tunedOnToo: 2 });
    const stored: unknown = JSON.parse(readFileSync(join(folder, 'out', reportFile), 'utf8'));
    expect(evaluationReport.parse(stored)).toEqual(report);
    const page = readFileSync(join(folder, 'out', pageFile), 'utf8');
    expect(page).not.toMatch(/<script|https?:|<link|<b>model/);
    const body = page.slice(page.indexOf('<body>') + 6).trim();
    expect(body.startsWith('<p class="warning"')).toBe(true);

    const asleep: Reader = {
      ...seesTheTruth(set(), 'A'),
      read: () => Promise.reject(new Error('read again')),
    };
    const second = await evaluateModel({ ...order(asleep), prevalence: 0.2 });
    expect(second.wasRead).toBe(false);
    expect(second.report.localizer).toEqual(report.localizer);
    await expect(evaluateModel({ ...order(asleep), again: true })).rejects.toThrow('read again');
    writeFileSync(join(folder, 'out', outcomesFile), 'broken');
    await expect(evaluateModel(order(asleep))).rejects.toMatchObject({ kind: 'invalid-input' });
  });

  test('shows a picture of every error', async () => {
    tinySnapshot(set(), { patients: { test: 3 } });
    const reader = seesTheTruth(set(), 'wrong');
    const { report } = await evaluateModel(
      order({
        ...reader,
        read: async (image, tags) => {
          const reading = await reader.read(image, tags);
          const probabilities = { none: 0, 'I-II': 0, 'III-IV': 1 };
          return { ...reading, hips: reading.hips.map((hip) => ({ ...hip, probabilities })) };
        },
      }),
    );
    expect(report.independence.known).toBe('unknown');
    expect(report.errors.map(({ grade }) => grade).sort()).toEqual(['I', 'none']);
    const page = readFileSync(join(folder, 'out', pageFile), 'utf8');
    expect(page.match(/data:image\/png;base64/g)?.length).toBe(2);
    expect(page).toContain('Fracture seen where none is: 1 of 3 hips');
  });

  test('is refused, with the names, when it can have seen the test', async () => {
    tinySnapshot(set(), { patients: { test: 2 } });
    trainedOn({ learn: ['test-1'], tune: [] });
    const refused = evaluateModel(order(seesTheTruth(set(), 'leaky')));
    await expect(refused).rejects.toMatchObject({ kind: 'leak' });
    await expect(refused).rejects.toThrow(/test-1/);
    trainedOn({ learn: [], tune: ['test-0'] });
    await expect(evaluateModel(order(seesTheTruth(set(), 'tuned')))).rejects.toThrow(/test-0/);
  });

  test('needs test films', async () => {
    tinySnapshot(set(), { patients: { test: 0 } });
    await expect(evaluateModel(order(seesTheTruth(set(), 'idle')))).rejects.toMatchObject({
      kind: 'invalid-input',
    });
  });
});

/** Answers what the labels say: the reader of which every statistic must be perfect. */
function seesTheTruth(folder: string, name: string): Reader {
  const snapshot = openSnapshot(folder);
  const films = [...wholeFilms(snapshot, 'tune'), ...wholeFilms(snapshot, 'test')].flatMap(
    (each) => each.films,
  );
  const sure = { none: { none: 1, 'I-II': 0, 'III-IV': 0 }, I: { none: 0, 'I-II': 1, 'III-IV': 0 } };
  return {
    modelName: name,
    modelHash: 'f'.repeat(64),
    read: (image) => {
      const { film } = films.find(
        (each) => Buffer.compare(bytesOf(each.image.values), bytesOf(image.values)) === 0,
      )!;
      const hips = film.hips.map(({ box, laterality, grade }) => {
        const probabilities =
          grade === 'none' || grade === 'I' ? sure[grade] : { none: 0, 'I-II': 0, 'III-IV': 1 };
        return {
          box,
          laterality,
          lateralitySource: 'appearance' as const,
          presence: 1,
          probabilities,
          gradeGroup: 'none' as const,
          certainty: null,
          scope: null,
          needsHuman: [],
        };
      });
      return Promise.resolve({
        outcome: 'answered',
        warnings: [],
        hips,
        confidenceHash: null,
        scope: null,
        input: null,
        timings: { localizeMs: 0, classifyMs: 0 },
      });
    },
    saliency: () => Promise.reject(new Error('not asked')),
  };
}

const bytesOf = (values: Float32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
