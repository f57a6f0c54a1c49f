import type { FrameWords } from '../words.ts';
import { requireEndOfImage, wordCount, type CodedFrame } from './frame.ts';
import { BitReader, readHuffmanTables, type HuffmanTable } from './jpegHuffman.ts';
import { walkSegments } from './jpegSegments.ts';

interface Scan {
  /** Places of the scan's components in a pixel, with their tables. */
  readonly components: readonly { readonly place: number; readonly table: HuffmanTable }[];
  readonly predictor: number;
  readonly pointTransform: number;
}

/**
 * JPEG lossless, processes 14 and 14 SV1, Huffman coded (ITU-T T.81 annex H): predictors 1 … 7, up to 16
 * bits, colours in one scan or several. Own code because the library for it (jpeg-lossless-decoder-js)
 * changes the last pixel of some pictures.
 */
export function decodeJpegLossless(frame: CodedFrame): FrameWords {
  requireEndOfImage(frame.stream);
  const precision = frame.header?.precision ?? 16;
  const words = precision > 8 ? new Uint16Array(wordCount(frame)) : new Uint8Array(wordCount(frame));
  const tables = { dc: new Map<number, HuffmanTable>(), ac: new Map<number, HuffmanTable>() };
  const places = new Map<number, number>();
  const decoded = new Set<number>();
  let restartInterval = 0;
  walkSegments(frame.stream, (marker, segment, end) => {
    switch (marker) {
      case 0xffc3:
        readComponents(segment, places);
        break;
      case 0xffc4:
        readHuffmanTables(segment, tables);
        break;
      case 0xffdd:
        restartInterval = segment.getUint16(0);
        break;
      case 0xffda: {
        const scan = readScan(segment, places, tables.dc);
        const bits = new BitReader(frame.stream, end);
        for (const { place } of scan.components) decoded.add(place);
        decodeScan({ frame, scan, bits, words, precision, restartInterval });
        return bits.finish();
      }
      default:
        if (marker <= 0xffcf) throw new Error(`JPEG process ${marker.toString(16)} is not lossless`);
    }
    return undefined;
  });
  if (decoded.size !== frame.samplesPerPixel) throw new Error('JPEG misses a scan');
  return { words, samplesPerPixel: frame.samplesPerPixel, colour: 'as-header', lossy: false };
}

function readComponents(segment: DataView, places: Map<number, number>): void {
  for (let i = 0; i < segment.getUint8(5); i++) {
    if (segment.getUint8(7 + 3 * i) !== segment.getUint8(7))
      throw new Error('JPEG lossless with halved colours');
    places.set(segment.getUint8(6 + 3 * i), i);
  }
}

function readScan(segment: DataView, places: Map<number, number>, tables: Map<number, HuffmanTable>): Scan {
  const count = segment.getUint8(0);
  const components = Array.from({ length: count }, (_, i) => {
    const place = places.get(segment.getUint8(1 + 2 * i));
    const table = tables.get(segment.getUint8(2 + 2 * i) >> 4);
    if (place === undefined || table === undefined) throw new Error('JPEG scan of an unknown component');
    return { place, table };
  });
  const predictor = segment.getUint8(1 + 2 * count);
  if (predictor < 1 || predictor > 7) throw new Error('JPEG lossless predictor is not known');
  return { components, predictor, pointTransform: segment.getUint8(3 + 2 * count) & 15 };
}

interface ScanWork {
  readonly frame: CodedFrame;
  readonly scan: Scan;
  readonly bits: BitReader;
  readonly words: Uint8Array | Uint16Array;
  readonly precision: number;
  readonly restartInterval: number;
}

function decodeScan({ frame, scan, bits, words, precision, restartInterval }: ScanWork): void {
  const { columns, rows, samplesPerPixel } = frame;
  const { predictor, pointTransform } = scan;
  const initial = 2 ** (precision - pointTransform - 1);
  const lineRestart = restartInterval > 0 ? Math.max(1, Math.floor(restartInterval / columns)) : rows;
  const line = columns * samplesPerPixel;
  for (let y = 0; y < rows; y++) {
    const firstLine = y % lineRestart === 0;
    if (firstLine && y > 0) bits.restart();
    for (let x = 0; x < columns; x++) {
      for (const { place, table } of scan.components) {
        const at = y * line + x * samplesPerPixel + place;
        // H.1.2.1: the first line knows only the left, the first column only above.
        const left = words[at - samplesPerPixel]! >> pointTransform;
        const above = words[at - line]! >> pointTransform;
        let prediction: number;
        if (firstLine) prediction = x === 0 ? initial : left;
        else if (x === 0) prediction = above;
        else
          prediction = predict(predictor, left, above, words[at - line - samplesPerPixel]! >> pointTransform);
        const size = bits.symbol(table);
        const difference = size === 16 ? 32768 : bits.signed(size);
        words[at] = ((prediction + difference) & 0xffff) << pointTransform;
      }
    }
  }
}

/** Table H.1. */
function predict(predictor: number, left: number, above: number, aboveLeft: number): number {
  switch (predictor) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return aboveLeft;
    case 4:
      return left + above - aboveLeft;
    case 5:
      return left + ((above - aboveLeft) >> 1);
    case 6:
      return above + ((left - aboveLeft) >> 1);
    default:
      return (left + above) >> 1;
  }
}
