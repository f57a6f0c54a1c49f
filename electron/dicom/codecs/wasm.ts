import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** What Emscripten's decoders of @cornerstonejs have in common. */
export interface FrameInfo {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
  readonly isSigned?: boolean;
}
export interface WasmDecoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
  getFrameInfo(): FrameInfo;
  delete(): void;
}
export interface JpegLsDecoder extends WasmDecoder {
  /** How colours lie: 0 plane by plane, 1 line by line, 2 pixel by pixel. */
  getInterleaveMode(): number;
  /** Largest difference to the original. */
  getNearLossless(): number;
}
export interface Jpeg2000Decoder extends WasmDecoder {
  /** The 5-3 transform, which can be lossless; the 9-7 cannot. */
  getIsReversible(): boolean;
}

type Factory<Module> = (options: {
  readonly wasmBinary: Uint8Array;
  readonly print: (line: string) => void;
  readonly printErr: (line: string) => void;
}) => Promise<Module>;

const require = createRequire(import.meta.url);

/** A codec of `@cornerstonejs`: the class it exports and where its script and its WebAssembly are. */
interface Codec {
  readonly name: string;
  readonly script: string;
  readonly binary: string;
}
type UseDecoder<Decoder> = <T>(stream: Uint8Array, use: (decoder: Decoder) => T) => Promise<T>;

/** Compiles the module on first use, and anew after a failure that may have left it broken. */
function wasmCodec<Decoder extends WasmDecoder>(codec: Codec): UseDecoder<Decoder> {
  let loading: Promise<new () => Decoder> | null = null;
  const load = async () => {
    const factory = require(codec.script) as Factory<Partial<Record<string, new () => Decoder>>>;
    const quiet = () => undefined;
    const wasmBinary = readFileSync(require.resolve(codec.binary));
    const constructor = (await factory({ wasmBinary, print: quiet, printErr: quiet }))[codec.name];
    if (constructor === undefined) throw new Error(`${codec.script} has no decoder`);
    return constructor;
  };
  return async (stream, use) => {
    loading ??= load();
    const Decoder = await loading;
    try {
      const decoder = new Decoder();
      decoder.getEncodedBuffer(stream.length).set(stream);
      decoder.decode();
      const result = use(decoder);
      decoder.delete();
      return result;
    } catch (error) {
      loading = null;
      throw error;
    }
  };
}

export const withJpegLs = wasmCodec<JpegLsDecoder>({
  name: 'JpegLSDecoder',
  script: '@cornerstonejs/codec-charls/decodewasmjs',
  binary: '@cornerstonejs/codec-charls/decodewasm',
});
export const withJpeg2000 = wasmCodec<Jpeg2000Decoder>({
  name: 'J2KDecoder',
  script: '@cornerstonejs/codec-openjpeg/decodewasmjs',
  binary: '@cornerstonejs/codec-openjpeg/decodewasm',
});
export const withHtj2k = wasmCodec<Jpeg2000Decoder>({
  name: 'HTJ2KDecoder',
  script: '@cornerstonejs/codec-openjph/wasmjs',
  binary: '@cornerstonejs/codec-openjph/wasm',
});
export const withJpeg = wasmCodec<WasmDecoder>({
  name: 'JPEGDecoder',
  script: '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs',
  binary: '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm',
});
