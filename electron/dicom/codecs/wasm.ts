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
/** JPEG-LS says how colours lie: 0 plane by plane, 1 line by line, 2 pixel by pixel. */
export interface InterleavedDecoder extends WasmDecoder {
  getInterleaveMode(): number;
}

type Constructors<Name extends string, Decoder> = Readonly<Record<Name, new () => Decoder>>;
type Factory<Module> = (options: {
  readonly wasmBinary: Uint8Array;
  readonly print: (line: string) => void;
  readonly printErr: (line: string) => void;
}) => Promise<Module>;

const require = createRequire(import.meta.url);

/** A codec whose module is compiled on first use, and anew after a failure that may have left it broken. */
function wasmCodec<Name extends string, Decoder extends WasmDecoder>(
  name: Name,
  script: string,
  binary: string,
): <T>(stream: Uint8Array, use: (decoder: Decoder) => T) => Promise<T> {
  type Module = Constructors<Name, Decoder>;
  let loading: Promise<Module> | null = null;
  const load = () => {
    const factory = require(script) as Factory<Module>;
    const quiet = () => undefined;
    return factory({ wasmBinary: readFileSync(require.resolve(binary)), print: quiet, printErr: quiet });
  };
  return async (stream, use) => {
    loading ??= load();
    const module = await loading;
    try {
      const decoder = new module[name]();
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

export const withJpegLs = wasmCodec<'JpegLSDecoder', InterleavedDecoder>(
  'JpegLSDecoder',
  '@cornerstonejs/codec-charls/decodewasmjs',
  '@cornerstonejs/codec-charls/decodewasm',
);
export const withJpeg2000 = wasmCodec<'J2KDecoder', WasmDecoder>(
  'J2KDecoder',
  '@cornerstonejs/codec-openjpeg/decodewasmjs',
  '@cornerstonejs/codec-openjpeg/decodewasm',
);
export const withHtj2k = wasmCodec<'HTJ2KDecoder', WasmDecoder>(
  'HTJ2KDecoder',
  '@cornerstonejs/codec-openjph/wasmjs',
  '@cornerstonejs/codec-openjph/wasm',
);
export const withJpeg = wasmCodec<'JPEGDecoder', WasmDecoder>(
  'JPEGDecoder',
  '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs',
  '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm',
);
