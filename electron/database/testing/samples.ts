import { createHash } from 'node:crypto';
import type { FilmDescription } from '../../contract/film.ts';
import type { Finding } from '../../contract/finding.ts';
import type { ReadDraft } from '../../contract/reads.ts';

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

export function sampleFilm(name: string): FilmDescription {
  return {
    imageHash: hashOf(name),
    fileName: `${name}.dcm`,
    rows: 800,
    columns: 600,
    patient: { name: `Doe^${name}`, id: `ID-${name}`, sex: 'F', ageYears: 81 },
    studyDate: '2026-11-23',
    modality: 'DX',
    bodyPart: 'HIP',
    view: 'AP',
    laterality: 'left',
    manufacturer: null,
    transferSyntax: '1.2.840.10008.1.2.1',
    lossy: false,
    simulated: false,
    spacing: { source: 'detector', rowMm: 0.2, columnMm: 0.2 },
    invertedPhotometric: false,
    vois: [{ kind: 'window', function: 'LINEAR', center: 2048, width: 4096, explanation: null }],
    slope: 1,
    intercept: 0,
    notes: [],
  };
}

export function sampleFinding(imageHash: string, modelHash = hashOf('model')): Finding {
  return {
    imageHash,
    modelHash,
    modelName: 'sample model',
    backend: 'cpu',
    outcome: 'answered',
    warnings: [],
    hips: [
      {
        box: { x: 100, y: 120, width: 300, height: 310 },
        laterality: 'left',
        lateralitySource: 'tag',
        presence: 0.97,
        probabilities: { none: 0.1, 'I-II': 0.2, 'III-IV': 0.7 },
        gradeGroup: 'III-IV',
        certainty: null,
        scope: null,
        needsHuman: [],
      },
    ],
    confidenceHash: null,
    scope: null,
    input: null,
    timings: { decodeMs: 1, localizeMs: 2, classifyMs: 3 },
  };
}

export function sampleRead(imageHash: string, reader = 'reader one'): ReadDraft {
  return {
    imageHash,
    reader,
    hips: [
      {
        box: { x: 101, y: 119, width: 298, height: 312 },
        laterality: 'left',
        grade: 'III',
        confidence: 4,
      },
    ],
    comment: '',
    blinded: false,
    shownModelHash: null,
    durationMs: 12_345,
  };
}
