import { BitReader, readHuffmanTables, type HuffmanTable } from './jpegHuffman.ts';
import { inverseDct } from './inverseDct.ts';
import { walkSegments } from './jpegSegments.ts';

/** Natural order of the zig-zag sequence (ITU-T T.81 figure A.6). */
const zigZag = Uint8Array.from([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46,
  53, 60, 61, 54, 47, 55, 62, 63,
]);

interface Frame {
  readonly rows: number;
  readonly columns: number;
  readonly precision: number;
  readonly progressive: boolean;
  readonly quantization: number;
  readonly blocksAcross: number;
  /** 64 coefficients a block, in natural order. */
  readonly coefficients: Int16Array;
}

interface Tables {
  readonly quantization: Map<number, Uint16Array>;
  readonly dc: Map<number, HuffmanTable>;
  readonly ac: Map<number, HuffmanTable>;
  restartInterval: number;
}

/** One pass over the coefficients (ITU-T T.81 B.2.3, G.1.1.1). */
interface Scan {
  readonly dc: HuffmanTable | undefined;
  readonly ac: HuffmanTable | undefined;
  readonly first: number;
  readonly last: number;
  /** Bit position of an earlier pass over the same band; 0 where this is the first. */
  readonly high: number;
  readonly low: number;
}

/**
 * Decodes a grey JPEG of 8 or 12 bits: baseline, extended sequential or progressive, Huffman coded
 * (ITU-T T.81 annexes F and G). Returns rows × columns samples. Throws where the stream is damaged, cut,
 * arithmetic coded or in colour.
 */
export function decodeDctGrey(stream: Uint8Array): Uint16Array {
  const tables: Tables = { quantization: new Map(), dc: new Map(), ac: new Map(), restartInterval: 0 };
  const frames: Frame[] = [];
  walkSegments(stream, (marker, segment, end) => {
    switch (marker) {
      case 0xffc0:
      case 0xffc1:
      case 0xffc2:
        frames.push(readFrame(segment, marker === 0xffc2));
        break;
      case 0xffc4:
        readHuffmanTables(segment, tables);
        break;
      case 0xffdb:
        readQuantization(segment, tables.quantization);
        break;
      case 0xffdd:
        tables.restartInterval = segment.getUint16(0);
        break;
      case 0xffda:
        return decodeScan(onlyFrame(frames), readScan(segment, tables), tables.restartInterval, stream, end);
      default:
        if (marker <= 0xffcf) throw new Error(`JPEG process ${marker.toString(16)} is not read here`);
    }
    return undefined;
  });
  return reconstruct(onlyFrame(frames), tables.quantization);
}

function onlyFrame(frames: readonly Frame[]): Frame {
  const [frame, ...others] = frames;
  if (frame === undefined || others.length > 0) throw new Error('JPEG without exactly one frame');
  return frame;
}

function readFrame(segment: DataView, progressive: boolean): Frame {
  const rows = segment.getUint16(1);
  const columns = segment.getUint16(3);
  if (segment.getUint8(5) !== 1) throw new Error('JPEG of 12 bits in colour');
  const blocksAcross = Math.ceil(columns / 8);
  return {
    precision: segment.getUint8(0),
    rows,
    columns,
    progressive,
    quantization: segment.getUint8(8),
    blocksAcross,
    coefficients: new Int16Array(blocksAcross * Math.ceil(rows / 8) * 64),
  };
}

function readQuantization(segment: DataView, into: Map<number, Uint16Array>): void {
  let at = 0;
  while (at < segment.byteLength) {
    const head = segment.getUint8(at++);
    const wide = head >> 4 !== 0;
    const table = new Uint16Array(64);
    for (const natural of zigZag) {
      table[natural] = wide ? segment.getUint16(at) : segment.getUint8(at);
      at += wide ? 2 : 1;
    }
    into.set(head & 15, table);
  }
}

function readScan(segment: DataView, tables: Tables): Scan {
  if (segment.getUint8(0) !== 1) throw new Error('JPEG scan of several components');
  const selectors = segment.getUint8(2);
  const scan = {
    dc: tables.dc.get(selectors >> 4),
    ac: tables.ac.get(selectors & 15),
    first: segment.getUint8(3),
    last: segment.getUint8(4),
    high: segment.getUint8(5) >> 4,
    low: segment.getUint8(5) & 15,
  };
  if (scan.last > 63 || scan.first > scan.last || scan.low > 13)
    throw new Error('JPEG scan outside its block');
  return scan;
}

/** Decodes one scan into the coefficients; returns where the next marker stands. */
function decodeScan(
  frame: Frame,
  scan: Scan,
  restartInterval: number,
  stream: Uint8Array,
  start: number,
): number {
  const bits = new BitReader(stream, start);
  const blocks = frame.coefficients.length / 64;
  const state = { predictor: 0, endOfBandRun: 0 };
  const decodeBlock = blockDecoder(frame, scan);
  for (let block = 0; block < blocks; block++) {
    if (restartInterval > 0 && block > 0 && block % restartInterval === 0) {
      bits.restart();
      state.predictor = 0;
      state.endOfBandRun = 0;
    }
    decodeBlock(bits, frame.coefficients.subarray(64 * block, 64 * block + 64), state);
  }
  return bits.finish();
}

interface ScanState {
  predictor: number;
  /** Blocks, this one included, whose rest of the band is zero (ITU-T T.81 G.1.2.2). */
  endOfBandRun: number;
}
type BlockDecoder = (bits: BitReader, block: Int16Array, state: ScanState) => void;

function blockDecoder(frame: Frame, scan: Scan): BlockDecoder {
  if (!frame.progressive) return sequentialBlock(scan);
  if (scan.first === 0) return scan.high === 0 ? firstDc(scan) : refineDc(scan);
  return scan.high === 0 ? firstAc(scan) : refineAc(scan);
}

function table(candidate: HuffmanTable | undefined): HuffmanTable {
  if (candidate === undefined) throw new Error('JPEG scan without its Huffman table');
  return candidate;
}

/** F.2.2: DC difference, then run-length coded AC coefficients. */
function sequentialBlock(scan: Scan): BlockDecoder {
  const dc = table(scan.dc);
  const ac = table(scan.ac);
  return (bits, block, state) => {
    state.predictor += bits.signed(bits.symbol(dc));
    block[0] = state.predictor;
    for (let k = 1; k < 64; k++) {
      const symbol = bits.symbol(ac);
      const size = symbol & 15;
      if (size === 0) {
        if (symbol >> 4 !== 15) break;
        k += 15;
        continue;
      }
      k += symbol >> 4;
      if (k > 63) throw new Error('JPEG run outside its block');
      block[zigZag[k]!] = bits.signed(size);
    }
  };
}

function firstDc(scan: Scan): BlockDecoder {
  const dc = table(scan.dc);
  return (bits, block, state) => {
    state.predictor += bits.signed(bits.symbol(dc));
    block[0] = state.predictor << scan.low;
  };
}

function refineDc(scan: Scan): BlockDecoder {
  return (bits, block) => {
    if (bits.bit() === 1) block[0]! |= 1 << scan.low;
  };
}

/** G.1.2.2 */
function firstAc(scan: Scan): BlockDecoder {
  const ac = table(scan.ac);
  return (bits, block, state) => {
    if (state.endOfBandRun > 0) {
      state.endOfBandRun--;
      return;
    }
    for (let k = scan.first; k <= scan.last; k++) {
      const symbol = bits.symbol(ac);
      const run = symbol >> 4;
      const size = symbol & 15;
      if (size === 0 && run < 15) {
        state.endOfBandRun = (1 << run) + bits.bits(run) - 1;
        return;
      }
      k += run;
      if (size === 0) continue;
      if (k > scan.last) throw new Error('JPEG run outside its band');
      block[zigZag[k]!] = bits.signed(size) << scan.low;
    }
  };
}

/** G.1.2.3: one more bit of what is already not zero, and new coefficients of ±1. */
function refineAc(scan: Scan): BlockDecoder {
  const ac = table(scan.ac);
  const one = 1 << scan.low;
  const refine = (bits: BitReader, block: Int16Array, at: number) => {
    const value = block[at]!;
    if (bits.bit() === 1 && (Math.abs(value) & one) === 0) block[at] = value + (value > 0 ? one : -one);
  };
  return (bits, block, state) => {
    let k = scan.first;
    while (k <= scan.last && state.endOfBandRun === 0) {
      const symbol = bits.symbol(ac);
      let run = symbol >> 4;
      let fresh = 0;
      if ((symbol & 15) !== 0) fresh = bits.bit() === 1 ? one : -one;
      else if (run < 15) {
        state.endOfBandRun = (1 << run) + bits.bits(run);
        break;
      }
      for (; k <= scan.last; k++) {
        const at = zigZag[k]!;
        if (block[at] !== 0) refine(bits, block, at);
        else if (run-- === 0) {
          block[at] = fresh;
          k++;
          break;
        }
      }
    }
    if (state.endOfBandRun === 0) return;
    for (; k <= scan.last; k++) if (block[zigZag[k]!] !== 0) refine(bits, block, zigZag[k]!);
    state.endOfBandRun--;
  };
}

/** Dequantizes, transforms and shifts the levels back (A.3.1, A.3.3, A.3.4). */
function reconstruct(frame: Frame, tables: Map<number, Uint16Array>): Uint16Array {
  const quantization = tables.get(frame.quantization);
  if (quantization === undefined) throw new Error('JPEG without its quantization table');
  const { rows, columns, blocksAcross, coefficients } = frame;
  const middle = 2 ** (frame.precision - 1);
  const top = 2 ** frame.precision - 1;
  const out = new Uint16Array(rows * columns);
  const values = new Float64Array(64);
  for (let block = 0; block < coefficients.length / 64; block++) {
    for (let i = 0; i < 64; i++) values[i] = coefficients[64 * block + i]! * quantization[i]!;
    inverseDct(values);
    const left = 8 * (block % blocksAcross);
    const upper = 8 * Math.floor(block / blocksAcross);
    const width = Math.min(8, columns - left);
    const height = Math.min(8, rows - upper);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const value = Math.round(values[8 * y + x]! + middle);
        out[(upper + y) * columns + left + x] = value < 0 ? 0 : value > top ? top : value;
      }
    }
  }
  return out;
}
