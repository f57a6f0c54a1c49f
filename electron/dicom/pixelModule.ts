import type { DataSet } from 'dicom-parser';
import { decimal, text, unsignedShort } from './elements.ts';
import { checkFrameSize, refusal } from './refusal.ts';
import { tags } from './tags.ts';

export const photometrics = [
  'MONOCHROME1',
  'MONOCHROME2',
  'PALETTE COLOR',
  'RGB',
  'YBR_FULL',
  'YBR_FULL_422',
  'YBR_PARTIAL_420',
  'YBR_ICT',
  'YBR_RCT',
] as const;
export type Photometric = (typeof photometrics)[number];

/** The Image Pixel module (PS3.3 C.7.6.3), checked. */
export interface PixelModule {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly samplesPerPixel: 1 | 3;
  readonly photometric: Photometric;
  /** Colour planes one after the other instead of colour by pixel. */
  readonly planar: boolean;
  readonly bitsAllocated: 1 | 8 | 16 | 32;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
}

/** Throws 'bad-header' where elements are missing or contradict each other, 'unsupported-image', 'too-large'. */
export function readPixelModule(dataSet: DataSet): PixelModule {
  const rows = unsignedShort(dataSet, tags.rows) ?? 0;
  const columns = unsignedShort(dataSet, tags.columns) ?? 0;
  checkFrameSize(rows, columns);
  const samplesPerPixel = unsignedShort(dataSet, tags.samplesPerPixel) ?? 1;
  if (samplesPerPixel !== 1 && samplesPerPixel !== 3) {
    throw refusal(
      'unsupported-image',
      `This picture has ${samplesPerPixel} values a pixel; a radiograph has one.`,
    );
  }
  const bitsAllocated = unsignedShort(dataSet, tags.bitsAllocated);
  if (bitsAllocated !== 1 && bitsAllocated !== 8 && bitsAllocated !== 16 && bitsAllocated !== 32) {
    throw bitsAllocated === null
      ? refusal('bad-header', 'This file does not say how many bits its pixels have.')
      : refusal(
          'unsupported-image',
          `This picture stores its pixels in ${bitsAllocated} bits, which Calcar does not read.`,
        );
  }
  const bitsStored = unsignedShort(dataSet, tags.bitsStored) ?? bitsAllocated;
  if (bitsStored < 1 || bitsStored > bitsAllocated) {
    throw refusal(
      'bad-header',
      `This file claims ${bitsStored} of ${bitsAllocated} bits a pixel, which cannot be.`,
    );
  }
  const highBit = unsignedShort(dataSet, tags.highBit) ?? bitsStored - 1;
  return {
    rows,
    columns,
    frames: Math.max(1, Math.trunc(decimal(dataSet, tags.numberOfFrames) ?? 1)),
    samplesPerPixel,
    photometric: readPhotometric(dataSet, samplesPerPixel),
    planar: unsignedShort(dataSet, tags.planarConfiguration) === 1,
    bitsAllocated,
    bitsStored,
    // A high bit that leaves no room for the stored bits is a writer's slip: the bits then start at 0.
    highBit: highBit >= bitsStored - 1 && highBit < bitsAllocated ? highBit : bitsStored - 1,
    signed: unsignedShort(dataSet, tags.pixelRepresentation) === 1,
  };
}

function readPhotometric(dataSet: DataSet, samplesPerPixel: 1 | 3): Photometric {
  const said = text(dataSet, tags.photometricInterpretation);
  if (said === null) return samplesPerPixel === 1 ? 'MONOCHROME2' : 'RGB';
  const known = photometrics.find((photometric) => photometric === said.toUpperCase());
  if (known === undefined) {
    throw refusal('unsupported-image', 'This picture uses a colour model that Calcar does not read.');
  }
  const isSingle = known === 'MONOCHROME1' || known === 'MONOCHROME2' || known === 'PALETTE COLOR';
  if (isSingle !== (samplesPerPixel === 1)) {
    throw refusal('bad-header', 'This file contradicts itself about grey and colour.');
  }
  return known;
}
