import { describe, expect, it } from 'vitest';
import { decodeText } from './characterSets.ts';
import { openRadiograph } from './open.ts';
import { sampleDicom, sampleImage, type Sample } from './testing/sampleDicom.ts';

const frame = { rows: 1, columns: 2, pixels: Uint16Array.of(1, 2) };
const describeSample = async (...more: Sample[]) =>
  (await openRadiograph(sampleDicom(sampleImage(frame, more)), 'film.dcm')).description;
const bytesOf = (hex: string) => Uint8Array.from(hex.split(' '), (pair) => parseInt(pair, 16));

describe('text', () => {
  // The worked examples of PS3.5 annexes H, I, J and K.
  it.each([
    [
      'Japanese, H.3.1',
      ['', 'ISO 2022 IR 87'],
      '59 61 6d 61 64 61 5e 54 61 72 6f 75 3d 1b 24 42 3b 33 45 44 1b 28 42 5e 1b 24 42 42 40 4f 3a 1b 28 42 3d 1b 24 42 24 64 24 5e 24 40 1b 28 42 5e 1b 24 42 24 3f 24 6d 24 26 1b 28 42',
      'Yamada^Tarou=山田^太郎=やまだ^たろう',
    ],
    [
      'Japanese with half-width katakana, H.3.2',
      ['ISO 2022 IR 13', 'ISO 2022 IR 87'],
      'd4 cf c0 de 5e c0 db b3 3d 1b 24 42 3b 33 45 44 1b 28 4a 5e 1b 24 42 42 40 4f 3a 1b 28 4a 3d 1b 24 42 24 64 24 5e 24 40 1b 28 4a 5e 1b 24 42 24 3f 24 6d 24 26 1b 28 4a',
      'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう',
    ],
    [
      'Korean, I.2',
      ['', 'ISO 2022 IR 149'],
      '48 6f 6e 67 5e 47 69 6c 64 6f 6e 67 3d 1b 24 29 43 fb f3 5e 1b 24 29 43 d1 ce d4 d7 3d 1b 24 29 43 c8 ab 5e 1b 24 29 43 b1 e6 b5 bf',
      'Hong^Gildong=洪^吉洞=홍^길동',
    ],
    [
      'Chinese in UTF-8, J.1',
      ['ISO_IR 192'],
      '57 61 6e 67 5e 58 69 61 6f 44 6f 6e 67 3d e7 8e 8b 5e e5 b0 8f e6 9d b1',
      'Wang^XiaoDong=王^小東',
    ],
    [
      'Chinese in GB18030, J.2',
      ['GB18030'],
      '57 61 6e 67 5e 58 69 61 6f 44 6f 6e 67 3d cd f5 5e d0 a1 b6 ab',
      'Wang^XiaoDong=王^小东',
    ],
    [
      'Chinese in GB2312, K.2',
      ['', 'ISO 2022 IR 58'],
      '5a 68 61 6e 67 5e 58 69 61 6f 44 6f 6e 67 3d 1b 24 29 41 d5 c5 5e 1b 24 29 41 d0 a1 b6 ab',
      'Zhang^XiaoDong=张^小东',
    ],
    ['German in Latin 1', ['ISO_IR 100'], 'c4 6e 65 61 73 5e 52 fc 64 69 67 65 72', 'Äneas^Rüdiger'],
    ['Greek', ['ISO_IR 126'], 'c4 e9 ef ed f5 f3 e9 ef f2', 'Διονυσιος'],
    ['Russian', ['ISO_IR 144'], 'bb ee da 63 65 dc d1 79 70 d3', 'Люкceмбypг'],
    ['Arabic', ['ISO_IR 127'], 'e2 c8 c7 e6 ea 5e e4 e6 d2 c7 d1', 'قباني^لنزار'],
    ['Hebrew', ['ISO_IR 138'], 'f9 f8 e5 ef 5e e3 e1 e5 f8 e4', 'שרון^דבורה'],
  ])('%s', (_, terms, hex, expected) => {
    expect(decodeText(bytesOf(hex), terms)).toBe(expected);
  });

  it('of an unknown set is still text', () => {
    expect(decodeText(Uint8Array.of(0x41, 0xe9), ['MARTIAN'])).toBe('Aé');
  });
});

describe('patient', () => {
  it('is named family first', async () => {
    const { patient } = await describeSample(
      [0x00100010, 'PN', 'Doe^Jane^Q^Dr^'],
      [0x00100020, 'LO', ' 77 '],
    );
    expect(patient).toMatchObject({ name: 'Doe, Jane Q', id: '77' });
  });
  it('takes the first group of a name that holds anything', async () => {
    const { patient } = await describeSample(
      [0x00080005, 'CS', 'ISO_IR 100'],
      [0x00100010, 'PN', '^^=Wang^Xiao'],
    );
    expect(patient.name).toBe('Wang, Xiao');
  });
  it.each([
    ['081Y', 81],
    ['018M', 1],
    ['006M', 0.5],
    ['nonsense', null],
  ])('is aged %s', async (age, years) => {
    expect((await describeSample([0x00101010, 'AS', age])).patient.ageYears).toBe(years);
  });
  it('is aged by birth date and study date where no age is given', async () => {
    const birthday = (study: string) =>
      describeSample([0x00100030, 'DA', '19400315'], [0x00080020, 'DA', study]).then(
        (film) => film.patient.ageYears,
      );
    expect(await birthday('20200314')).toBe(79);
    expect(await birthday('20200315')).toBe(80);
    expect(await birthday('19300315')).toBeNull();
    expect(await birthday('20201399')).toBeNull();
  });
  it.each([
    ['L', 'left'],
    ['R', 'right'],
    ['B', 'unknown'],
  ])('side %s is %s', async (code, side) => {
    expect((await describeSample([0x00200062, 'CS', code])).laterality).toBe(side);
    expect((await describeSample([0x00200060, 'CS', code])).laterality).toBe(side);
  });
});

describe('pixel spacing keeps its source', () => {
  const imager: Sample = [0x00181164, 'DS', '0.143\\0.143'];
  it.each<[string, Sample[], object]>([
    ['nothing', [], { source: 'uncalibrated' }],
    ['zero, as in RG1', [[0x00280030, 'DS', '0\\0']], { source: 'uncalibrated' }],
    ['nonsense', [[0x00280030, 'DS', 'a\\b']], { source: 'uncalibrated' }],
    ['one value only', [[0x00280030, 'DS', '0.2']], { source: 'uncalibrated' }],
    ['Imager Pixel Spacing', [imager], { source: 'detector', rowMm: 0.143, columnMm: 0.143 }],
    [
      'Pixel Spacing alone',
      [[0x00280030, 'DS', '0.2\\0.3']],
      { source: 'unspecified', rowMm: 0.2, columnMm: 0.3 },
    ],
    [
      'both the same',
      [imager, [0x00280030, 'DS', '.1430\\.1430']],
      { source: 'detector', rowMm: 0.143, columnMm: 0.143 },
    ],
    [
      'both, different',
      [imager, [0x00280030, 'DS', '0.12\\0.12']],
      { source: 'calibrated', rowMm: 0.12, columnMm: 0.12 },
    ],
    [
      'a calibration type',
      [
        [0x00280030, 'DS', '0.12\\0.12'],
        [0x00280a02, 'CS', 'FIDUCIAL'],
      ],
      { source: 'calibrated', rowMm: 0.12, columnMm: 0.12 },
    ],
    ['a scanned film', [[0x00182010, 'DS', '0.1\\0.1']], { source: 'detector', rowMm: 0.1, columnMm: 0.1 }],
    [
      'zero Pixel Spacing beside the detector',
      [imager, [0x00280030, 'DS', '0\\0']],
      { source: 'detector', rowMm: 0.143, columnMm: 0.143 },
    ],
  ])('%s', async (_, elements, expected) => {
    expect((await describeSample(...elements)).spacing).toEqual(expected);
  });
});

describe('history', () => {
  it('knows loss from the header', async () => {
    expect((await describeSample([0x00282110, 'CS', '01'])).lossy).toBe(true);
    expect((await describeSample([0x00282110, 'CS', '00'])).lossy).toBe(false);
  });
  it('takes only Calcar’s own word for a simulation', async () => {
    expect((await describeSample([0x00082111, 'ST', 'Edge enhanced'])).simulated).toBe(false);
  });
});
