import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sampleDicom, type Sample as Element, type SampleSyntax } from '../dicom/testing/sampleDicom.ts';
import { openVolume } from './open.ts';
import { misplaced, refusalOf, type Sample, sampleValues, temporaryFolder } from './testing/sampleVolume.ts';

const root = temporaryFolder();
const sample: Sample = {
  size: [5, 4, 6],
  steps: [
    [0.7, 0, 0],
    [0, 0.9, 0],
    [0, 0, 2],
  ],
  origin: [-11, 7, -320],
};
const perSlice = 20;
const all = sampleValues(sample);

const secret = 'Doe^Jane';
const tag = {
  imageType: 0x00080008,
  sopClass: 0x00080016,
  modality: 0x00080060,
  description: 0x0008103e,
  tilt: 0x00181120,
  series: 0x0020000e,
  number: 0x00200011,
  position: 0x00200032,
  orientation: 0x00200037,
  frame: 0x00200052,
  samples: 0x00280002,
  photometric: 0x00280004,
  frames: 0x00280008,
  rows: 0x00280010,
  spacing: 0x00280030,
  padding: 0x00280120,
  intercept: 0x00281052,
  slope: 0x00281053,
  pixels: 0x7fe00010,
} as const;

type Change = Partial<Record<keyof typeof tag, Element[1] | readonly [vr: string, value: Element[2]] | null>>;

/** Slice k of the sample as a DICOM file, with elements changed (their value representation first) or left out. */
function slice(k: number, change: Change = {}, syntax: SampleSyntax = 'explicit'): Uint8Array {
  const stored = Uint16Array.from(all.slice(perSlice * k, perSlice * (k + 1)), (value) => value + 1024);
  const elements = new Map<number, Element>();
  const put = (number: number, vr: string, value: Element[2]) => elements.set(number, [number, vr, value]);
  put(tag.imageType, 'CS', String.raw`ORIGINAL\PRIMARY\AXIAL`);
  put(tag.sopClass, 'UI', '1.2.840.10008.5.1.4.1.1.2');
  put(tag.modality, 'CS', 'CT');
  put(tag.description, 'LO', 'Pelvis 2.0');
  put(0x00100010, 'PN', secret);
  put(tag.series, 'UI', '1.2.3');
  put(tag.number, 'IS', '4');
  put(tag.position, 'DS', String.raw`-11\7\ `.trim() + String(-320 + 2 * k));
  put(tag.orientation, 'DS', String.raw`1\0\0\0\1\0`);
  put(tag.frame, 'UI', '1.2.4');
  put(tag.samples, 'US', 1);
  put(tag.photometric, 'CS', 'MONOCHROME2');
  put(tag.rows, 'US', 4);
  put(0x00280011, 'US', 5);
  put(tag.spacing, 'DS', String.raw`0.9\0.7`);
  put(0x00280100, 'US', 16);
  put(0x00280101, 'US', 16);
  put(0x00280102, 'US', 15);
  put(0x00280103, 'US', 0);
  put(tag.intercept, 'DS', '-1024');
  put(tag.slope, 'DS', '1');
  put(tag.pixels, 'OW', stored);
  for (const [name, value] of Object.entries(change) as [
    keyof typeof tag,
    readonly [string, Element[2]] | null,
  ][]) {
    elements.delete(tag[name]);
    if (value !== null) put(tag[name], ...value);
  }
  return sampleDicom([...elements.values()], syntax);
}

/** A folder with the files; names are in no order of position. */
function folderOf(files: readonly (readonly [name: string, bytes: Uint8Array])[]): string {
  const folder = mkdtempSync(join(root, 'series-'));
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
  return folder;
}
const order = [3, 0, 5, 1, 4, 2];
const names = order.map((k, n) => [`f${n}`, k] as const);
/** The whole series, with slice 2 changed. */
const withSlice2 = (change: Change) =>
  folderOf(names.map(([name, k]) => [name, slice(k, k === 2 ? change : {})]));
/** The whole series, every slice changed. */
const withAll = (change: (k: number) => Change, syntax: SampleSyntax = 'explicit') =>
  folderOf(names.map(([name, k]) => [name, slice(k, change(k), syntax)]));

describe('a series', () => {
  it.each(['implicit', 'explicit', 'big', 'deflated'] as const)(
    'in the %s syntax is sorted by position and read in place',
    async (syntax) => {
      const { volume, source } = await openVolume(withAll(() => ({}), syntax));
      expect(misplaced(volume, sample)).toBe('');
      expect(volume.hounsfield).toBeInstanceOf(Int16Array);
      expect(volume.hounsfield.buffer).toBeInstanceOf(SharedArrayBuffer);
      expect(source).toMatchObject({
        format: 'dicom-series',
        files: 6,
        description: 'Pelvis 2.0',
        simulated: false,
        notes: [],
      });
    },
  );

  it('is the same whatever its files are called', async () => {
    const other = folderOf([0, 1, 2, 3, 4, 5].map((k) => [`IM${k}.dcm`, slice(k)]));
    const a = await openVolume(other);
    const b = await openVolume(withAll(() => ({})));
    expect(a.source.sha256).toBe(b.source.sha256);
    expect(a.volume).toEqual(b.volume);
  });

  it('runs to the left, back and head whichever way its slices lie', async () => {
    // Coronal slices from the back: columns to the right, rows to the feet; their normal points to the back.
    const steps: Sample['steps'] = [
      [-0.7, 0, 0],
      [0, 0, -0.9],
      [0, -2, 0],
    ];
    const coronal = withAll((k) => ({
      orientation: ['DS', String.raw`-1\0\0\0\0\-1`],
      position: ['DS', `${String.raw`-11\ `.trim()}${7 - 2 * k}${String.raw`\-320`}`],
    }));
    const { volume } = await openVolume(coronal);
    expect(misplaced(volume, { ...sample, steps })).toBe('');
    expect(volume.direction).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
  });

  it('leaves out localizers and files that are no pictures, and says so', async () => {
    const folder = withAll(() => ({}));
    const localizer: Change = { imageType: ['CS', String.raw`ORIGINAL\PRIMARY\LOCALIZER`], position: null };
    writeFileSync(join(folder, 'scout'), slice(0, localizer));
    writeFileSync(
      join(folder, 'report'),
      slice(0, { sopClass: ['UI', '1.2.840.10008.5.1.4.1.1.88.11'], pixels: null }),
    );
    writeFileSync(
      join(folder, 'DICOMDIR'),
      slice(0, { sopClass: ['UI', '1.2.840.10008.1.3.10'], pixels: null }),
    );
    const page: Change = { sopClass: ['UI', '1.2.840.10008.5.1.4.1.1.7'], series: ['UI', '1.2.99'] };
    writeFileSync(join(folder, 'dose'), slice(0, page));
    writeFileSync(join(folder, 'README.txt'), 'Jane');
    const { volume, source } = await openVolume(folder);
    expect(misplaced(volume, sample)).toBe('');
    expect(source.notes).toHaveLength(5);
    for (const word of ['localizer', 'DICOM report', 'DICOMDIR', 'secondary capture', 'no DICOM']) {
      expect(source.notes.join()).toContain(word);
    }
  });

  it('is chosen by pointing at one of its files where there are several', async () => {
    const folder = withAll(() => ({}));
    mkdirSync(join(folder, 'more'));
    for (const k of [0, 1]) {
      writeFileSync(
        join(folder, 'more', `g${k}`),
        slice(k, { series: ['UI', '1.2.9'], number: ['IS', '5'] }),
      );
    }
    const { kind, sentence } = await refusalOf(folder);
    expect(kind).toBe('invalid-volume');
    expect(sentence).toMatch(
      /holds 2 series: series 4, Pelvis 2\.0 \(6 slices.*series 5, Pelvis 2\.0 \(2 slices/,
    );
    expect(misplaced((await openVolume(join(folder, 'f3'))).volume, sample)).toBe('');
    expect((await openVolume(join(folder, 'more', 'g0'))).volume.size).toEqual([5, 4, 2]);
  });

  it('keeps fractions of Hounsfield units, and takes padding for air', async () => {
    const halved = await openVolume(withAll(() => ({ slope: ['DS', '0.5'], intercept: ['DS', '-512'] })));
    expect(halved.volume.hounsfield).toEqual(Float32Array.from(all, (value) => value / 2));
    // The stored value of the first voxel.
    const padded = await openVolume(withAll(() => ({ padding: ['US', all[0]! + 1024] })));
    expect(padded.volume.hounsfield[0]).toBe(-1000);
    expect(padded.volume.hounsfield[1]).toBe(all[1]);
  });
});

const ds = (...values: number[]): readonly ['DS', string] => ['DS', values.join('\\')];
const cases: readonly (readonly [what: string, folder: () => string, kind: string, words: RegExp])[] = [
  [
    'a missing slice',
    () => folderOf([0, 1, 2, 4, 5].map((k) => [`f${k}`, slice(k)])),
    'invalid-volume',
    /After position -316\.0 mm \(f2\) a slice is missing/,
  ],
  ['a doubled slice', () => withSlice2({ position: ds(-11, 7, -318) }), 'invalid-volume', /same place/],
  ['uneven spacing', () => withSlice2({ position: ds(-11, 7, -316.4) }), 'invalid-volume', /unevenly spaced/],
  ['a single slice', () => folderOf([['f', slice(0)]]), 'invalid-volume', /single slice/],
  [
    'mixed orientation',
    () => withSlice2({ orientation: ds(1, 0, 0, 0, 0.8, 0.6) }),
    'invalid-volume',
    /another orientation/,
  ],
  ['mixed pixel size', () => withSlice2({ spacing: ds(0.9, 0.9) }), 'invalid-volume', /another pixel size/],
  ['mixed picture size', () => withSlice2({ rows: ['US', 3] }), 'invalid-volume', /another picture size/],
  [
    'mixed frames of reference',
    () => withSlice2({ frame: ['UI', '1.2.5'] }),
    'invalid-volume',
    /frame of reference/,
  ],
  [
    'a tilted gantry by its tag',
    () => withAll(() => ({ tilt: ds(-12.5) })),
    'invalid-volume',
    /tilted by 12\.5 degrees/,
  ],
  // atan(0.4 / 2) = 11.3 degrees.
  [
    'a tilted gantry by its shear',
    () => withAll((k) => ({ position: ds(-11, 7 + 0.4 * k, -320 + 2 * k) })),
    'invalid-volume',
    /tilted by 11\.3 degrees/,
  ],
  ['a slice aside', () => withSlice2({ position: ds(-10, 7, -316) }), 'invalid-volume', /1\.0 mm aside/],
  [
    'zero spacing',
    () => withAll(() => ({ spacing: ds(0, 0.7) })),
    'invalid-volume',
    /pixel size as 0 × 0\.7/,
  ],
  ['negative spacing', () => withAll(() => ({ spacing: ds(-0.9, 0.7) })), 'invalid-volume', /cannot be/],
  [
    'spacing that is no number',
    () => withAll(() => ({ spacing: ['DS', String.raw`NaN\0.7`] })),
    'invalid-volume',
    /cannot be/,
  ],
  ['no spacing', () => withAll(() => ({ spacing: null })), 'invalid-volume', /how large its pixels/],
  ['no position', () => withSlice2({ position: null }), 'invalid-volume', /f\d does not say where/],
  ['no orientation', () => withAll(() => ({ orientation: null })), 'invalid-volume', /how it lies/],
  [
    'an orientation of zeros',
    () => withAll(() => ({ orientation: ds(0, 0, 0, 0, 0, 0) })),
    'invalid-volume',
    /how they lie/,
  ],
  ['no rescale', () => withAll(() => ({ intercept: null })), 'invalid-volume', /Hounsfield/],
  [
    'values out of range',
    () => withAll(() => ({ slope: ds(100) })),
    'invalid-volume',
    /outside what a CT measures/,
  ],
  [
    'MR',
    () => withAll(() => ({ modality: ['CS', 'MR'] })),
    'not-found',
    /left out: picture of another kind \(MR\)/,
  ],
  [
    'colour',
    () => withAll(() => ({ photometric: ['CS', 'RGB'], samples: ['US', 3] })),
    'unsupported-image',
    /colour/,
  ],
  ['several frames', () => withSlice2({ frames: ['IS', '6'] }), 'unsupported-image', /6 slices in one file/],
  ['a gigantic picture', () => withAll(() => ({ rows: ['US', 65535] })), 'too-large', /4096/],
  [
    'a truncated file',
    () => folderOf(names.map(([name, k]) => [name, k === 2 ? slice(k).subarray(0, -6) : slice(k)])),
    'truncated',
    /The file f5 of this series cannot be used/,
  ],
  [
    'a file broken off in its header',
    () => folderOf(names.map(([name, k]) => [name, k === 2 ? slice(k).subarray(0, 420) : slice(k)])),
    'truncated',
    /The file f5/,
  ],
  ['no CT', () => folderOf([['a.txt', new Uint8Array(3)]]), 'not-found', /no CT slice/],
  ['nothing', () => folderOf([]), 'not-found', /no CT slice/],
];

describe('is refused with its reason:', () => {
  it.each(cases)('%s', async (_, folder, kind, words) => {
    const path = folder();
    const refusal = await refusalOf(path);
    expect(refusal.sentence).toMatch(words);
    expect(refusal.kind).toBe(kind);
    expect(refusal.sentence).toMatch(/The volume was not opened\. [A-Z].+\.$/);
    for (const hidden of [path, 'Doe', 'Jane']) expect(refusal.sentence).not.toContain(hidden);
    rmSync(path, { recursive: true });
  });

  it('a file that is no slice, when it is the one that is pointed at', async () => {
    const folder = withSlice2({ modality: ['CS', 'MR'] });
    const refusal = await refusalOf(join(folder, names.find(([, k]) => k === 2)![0]));
    expect(refusal.kind).toBe('invalid-volume');
    expect(refusal.sentence).toMatch(/f5 is no slice of a CT: picture of another kind \(MR\)/);
  });

  it('a reading that is stopped half-way', async () => {
    const stop = new AbortController();
    const shares: number[] = [];
    const opening = openVolume(
      withAll(() => ({})),
      {
        signal: stop.signal,
        onProgress: (share) => {
          shares.push(share);
          if (share > 0.5) stop.abort();
        },
      },
    );
    await expect(opening).rejects.toMatchObject({ kind: 'cancelled' });
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  });
});
