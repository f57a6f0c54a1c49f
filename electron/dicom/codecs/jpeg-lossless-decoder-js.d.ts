/** The package ships its types outside its exports; these are the ones that Calcar uses. */
declare module 'jpeg-lossless-decoder-js' {
  export class Decoder {
    decode(
      buffer: ArrayBufferLike,
      offset: number,
      length: number,
      numBytes: 1 | 2,
    ): Uint8Array | Uint16Array;
  }
}
