/** What the other rooms use of DICOM. */
export { applyVoi, renderDisplay, thumbnail, toGreyImage, type Thumbnail } from './display.ts';
export { openCtSlice, readCtHeader, type CtHeader, type CtSlice } from './ctSlice.ts';
export { createDecoder, type Decoder, type DecoderOptions } from './decoder.ts';
export { openRadiograph } from './open.ts';
export type { OpenedRadiograph } from './opened.ts';
export { looksLikeDicom } from './parse.ts';
export type { PaddingRange } from './voi.ts';
export { writeRadiograph, type WritableRadiograph } from './write.ts';
export { writeCt, type CtFile, type WritableCt } from './writeCt.ts';
