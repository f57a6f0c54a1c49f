import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import jpeg from 'jpeg-js';
import { afterAll, describe, expect, it } from 'vitest';
import { CalcarError } from '../contract/errors.ts';
import { filmDescription } from '../contract/film.ts';
import { createDecoder } from './decoder.ts';
import { openRadiograph } from './open.ts';
import { encapsulated, sampleDicom, sampleImage } from './testing/sampleDicom.ts';
import { sharedData } from './testing/shared.ts';

/** null where the file is refused with a typed reason; anything else than a refusal fails the test. */
async function openOrRefusal(bytes: Uint8Array) {
  try {
    const opened = await openRadiograph(bytes, 'hostile.dcm');
    filmDescription.parse(opened.description);
    return opened;
  } catch (error) {
    expect(error).toBeInstanceOf(CalcarError);
    expect((error as CalcarError).message).toMatch(/\. It was left out; nothing else is affected\.$/);
    return null;
  }
}

const rows = 24;
const columns = 40;
const pixels = Uint16Array.from({ length: rows * columns }, (_, i) => (i * 2654435761) % 4096);
const image = sampleImage({ rows, columns, bitsStored: 12, pixels }, [
  [0x00100010, 'PN', 'Doe^Jane'],
  [0x00281050, 'DS', '2048'],
  [0x00281051, 'DS', '4096'],
  [
    0x00283010,
    'SQ',
    [
      [
        [0x00283002, 'US', [2, 0, 8]],
        [0x00283006, 'OW', Uint16Array.of(0, 255)],
      ],
    ],
  ],
]);

/** Two noise planes that do not compress: every run is literal. */
function rleStream(): Uint8Array {
  const plane = (shift: number) => {
    const packed: number[] = [];
    for (let i = 0; i < pixels.length; i += 128) {
      const run = pixels.subarray(i, i + 128);
      packed.push(run.length - 1, ...run.map((value) => (value >> shift) & 0xff));
    }
    return packed.length % 2 === 0 ? packed : [...packed, 0x80];
  };
  const planes = [plane(8), plane(0)] as const;
  const header = new DataView(new ArrayBuffer(64));
  [2, 64, 64 + planes[0].length].forEach((value, i) => header.setUint32(4 * i, value, true));
  return Uint8Array.of(...new Uint8Array(header.buffer), ...planes[0], ...planes[1]);
}

function baselineStream(): Uint8Array {
  const data = Uint8Array.from({ length: rows * columns * 4 }, (_, i) =>
    i % 4 === 3 ? 255 : (i * 37) & 0xff,
  );
  return new Uint8Array(jpeg.encode({ width: columns, height: rows, data }, 90).data);
}

const colour = sampleImage({
  rows,
  columns,
  samplesPerPixel: 3,
  photometric: 'YBR_FULL',
  pixels: new Uint8Array(3 * rows * columns),
});
const nema = sharedData('dicom-conformance');
const small = (file: string): [string, Uint8Array][] =>
  nema === null ? [] : [[file, readFileSync(join(nema, 'pydicom/test_files', file))]];

const files: [string, Uint8Array][] = [
  ['explicit', sampleDicom(image)],
  ['implicit', sampleDicom(image, 'implicit')],
  ['big endian', sampleDicom(image, 'big')],
  ['deflated', sampleDicom(image, 'deflated')],
  ['RLE', encapsulated(image, '1.2.840.10008.1.2.5', [rleStream()])],
  ['JPEG in fragments', fragmented()],
  ...small('MR_small_jpeg_ls_lossless.dcm'),
  ...small('MR_small_jp2klossless.dcm'),
];

function fragmented(): Uint8Array {
  const stream = baselineStream();
  const size = 2 * Math.ceil(stream.length / 8);
  const pieces = [0, 1, 2, 3].map((i) => stream.slice(i * size, (i + 1) * size));
  return encapsulated(colour, '1.2.840.10008.1.2.4.50', pieces);
}

describe('a file cut anywhere opens with the right picture or is refused', () => {
  it.each(files)('%s', async (_, whole) => {
    const right = await openOrRefusal(whole);
    expect(right).not.toBeNull();
    let refused = 0;
    const cuts = Array.from({ length: 300 }, (_cut, i) => Math.floor((i * whole.length) / 300));
    for (const cut of [...cuts, whole.length - 1, whole.length - 8, whole.length - 9, whole.length - 16]) {
      const opened = await openOrRefusal(whole.slice(0, cut));
      if (opened === null) refused++;
      else expect(opened.samples, `cut at ${cut} of ${whole.length}`).toEqual(right!.samples);
    }
    expect(refused).toBeGreaterThan(250);
  });
});

describe('a file with flipped bytes opens or is refused', () => {
  it.each(files)('%s', async (_, whole) => {
    const flips = fc.array(
      fc.tuple(fc.integer({ min: 0, max: whole.length - 1 }), fc.integer({ min: 0, max: 255 })),
      {
        minLength: 1,
        maxLength: 8,
      },
    );
    await fc.assert(
      fc.asyncProperty(flips, async (changes) => {
        const bytes = whole.slice();
        for (const [at, value] of changes) bytes[at] = value;
        await openOrRefusal(bytes);
      }),
      { numRuns: 100, seed: 3 },
    );
  });
});

describe('encapsulated pixel data', () => {
  const stream = rleStream();
  const syntax = '1.2.840.10008.1.2.5';
  it('opens without its closing delimiter, and with an offset table', async () => {
    const open = await openOrRefusal(encapsulated(image, syntax, [stream], { closed: false }));
    expect(open?.samples).toEqual(pixels);
    const table = await openOrRefusal(encapsulated(image, syntax, [stream], { offsets: [0] }));
    expect(table?.samples).toEqual(pixels);
  });
  it('gives the first of several frames, by offset table or by the look of the fragments', async () => {
    const frames = [...image, [0x00280008, 'IS', '2'] as const];
    const coded = baselineStream();
    const halves = [coded.slice(0, 200), coded.slice(200)];
    const two = (offsets: number[]) =>
      openOrRefusal(
        encapsulated([...colour, [0x00280008, 'IS', '2']], '1.2.840.10008.1.2.4.50', [...halves, ...halves], {
          offsets,
        }),
      );
    const one = await openOrRefusal(fragmented());
    const second = 200 + 8 + Math.ceil((coded.length - 200) / 2) * 2 + 8;
    expect((await two([0, second]))?.samples).toEqual(one!.samples);
    expect((await two([]))?.samples).toEqual(one!.samples);
    expect((await openOrRefusal(encapsulated(frames, syntax, [stream, stream])))?.samples).toEqual(pixels);
  });
});

describe.skipIf(nema === null)('the conformance collection', () => {
  const paths = readdirSync(nema ?? '.', { recursive: true, encoding: 'utf8' })
    .map((file) => join(nema ?? '.', file))
    .filter((path) => statSync(path).isFile());

  it('opens or refuses every file', { timeout: 120_000 }, async () => {
    expect(paths.length).toBeGreaterThan(250);
    const refused: string[] = [];
    for (const path of paths) {
      const opened = await openOrRefusal(readFileSync(path));
      if (opened === null) refused.push(basename(path));
      else expect(opened.samples.length).toBe(opened.description.rows * opened.description.columns);
    }
    // What the collections themselves call a picture must be among the opened.
    const pictures = /^(CT|MR|SC_|TestPattern|US|image_dfl|JPEG|JPG|J2K|IM00001\.|\d{4,5}$).*(?<!\.ts)$/;
    expect(refused.filter((name) => pictures.test(name)).toSorted()).toEqual([
      'JPEG2000-embedded-sequence-delimiter.dcm', // its stream is overwritten with the delimiter
      'MR_truncated.dcm',
      'SC_rgb_jpeg.dcm', // implicit data under an explicit transfer syntax
      'SC_rgb_rle_32bit.dcm', // 32 bits a colour
      'SC_rgb_rle_32bit_2frame.dcm',
    ]);
  });
});

describe('the decode worker', () => {
  const decoder = createDecoder();
  afterAll(() => decoder.close());
  const good = sampleDicom(image);

  it('opens files one after the other and leaves their bytes alone', async () => {
    const before = good.slice();
    const opened = await Promise.all([decoder.open(good, 'a.dcm'), decoder.open(good, 'b.dcm')]);
    expect(opened.map(({ samples }) => samples)).toEqual([pixels, pixels]);
    expect(opened.map(({ description }) => description.fileName)).toEqual(['a.dcm', 'b.dcm']);
    expect(good).toEqual(before);
  });

  it('hands refusals over as they are', async () => {
    await expect(decoder.open(new Uint8Array(3), 'no.dcm')).rejects.toMatchObject({ kind: 'not-dicom' });
  });

  it('gives a file up after its time, and opens the next', async () => {
    const hasty = createDecoder({ timeLimitMs: 1 });
    await expect(hasty.open(good, 'slow.dcm')).rejects.toMatchObject({ kind: 'timeout' });
    await hasty.close();
    await expect(decoder.open(good, 'next.dcm')).resolves.toMatchObject({ samples: pixels });
  });

  it.each([
    ['exits', 'process.exit(3)', 'unreadable-file', 60_000],
    ['throws', 'throw new Error("broken")', 'unreadable-file', 60_000],
    ['runs out of memory', 'const all = []; for (;;) all.push(new Array(1e6).fill({}))', 'too-large', 60_000],
    ['hangs', 'for (;;);', 'timeout', 500],
  ])('survives a worker that %s', async (_, behaviour, kind, timeLimitMs) => {
    const script = `import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => { ${behaviour} });`;
    const workerUrl = new URL(`data:text/javascript,${encodeURIComponent(script)}`);
    const doomed = createDecoder({ workerUrl, timeLimitMs, heapMegabytes: 32 });
    await expect(doomed.open(good, 'first.dcm')).rejects.toMatchObject({ kind });
    await expect(doomed.open(good, 'second.dcm')).rejects.toMatchObject({ kind });
    await doomed.close();
  });

  it('cancels what is open when it is closed', async () => {
    const closing = createDecoder();
    const opening = closing.open(good, 'late.dcm');
    const refusal = expect(opening).rejects.toMatchObject({ kind: 'cancelled' });
    await wait(1);
    await closing.close();
    await refusal;
    await expect(closing.open(good, 'later.dcm')).rejects.toMatchObject({ kind: 'cancelled' });
  });
});
