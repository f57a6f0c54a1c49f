/** What a compressed stream says of its frame, before anything is decoded. */
export interface CodestreamHeader {
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  readonly precision: number;
  /** JPEG and JPEG-LS: the SOF marker's low byte (ITU-T T.81 table B.1; F7 is JPEG-LS). null for JPEG 2000. */
  readonly process: number | null;
}

/** Frame size and precision of a JPEG, JPEG-LS or JPEG 2000 stream; null where it has none. */
export function readCodestreamHeader(stream: Uint8Array): CodestreamHeader | null {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  if (stream[0] === 0xff && stream[1] === 0x4f) return readSiz(view, 2);
  if (stream[0] === 0 && stream[4] === 0x6a && stream[5] === 0x50) return readJp2(stream, view);
  return stream[0] === 0xff && stream[1] === 0xd8 ? readSof(view) : null;
}

/** ITU-T T.81 B.2.2: marker segments up to the frame header. */
function readSof(view: DataView): CodestreamHeader | null {
  let at = 2;
  while (at + 10 <= view.byteLength) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at++;
      continue;
    }
    const isFrame =
      (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) || marker === 0xf7;
    if (isFrame) {
      return {
        precision: view.getUint8(at + 4),
        rows: view.getUint16(at + 5),
        columns: view.getUint16(at + 7),
        components: view.getUint8(at + 9),
        process: marker,
      };
    }
    at += 2 + view.getUint16(at + 2);
  }
  return null;
}

/** ITU-T T.800 A.5.1: the SIZ segment comes first. */
function readSiz(view: DataView, at: number): CodestreamHeader | null {
  if (at + 42 > view.byteLength || view.getUint16(at) !== 0xff51) return null;
  return {
    columns: view.getUint32(at + 6) - view.getUint32(at + 14),
    rows: view.getUint32(at + 10) - view.getUint32(at + 18),
    components: view.getUint16(at + 38),
    precision: (view.getUint8(at + 40) & 0x7f) + 1,
    process: null,
  };
}

/** Some writers wrap the codestream in a JP2 file, against PS3.5 A.4.4: find the codestream inside. */
function readJp2(stream: Uint8Array, view: DataView): CodestreamHeader | null {
  for (let at = 0; at + 4 <= stream.length; at++) {
    if (view.getUint32(at) === 0xff4fff51) return readSiz(view, at + 2);
  }
  return null;
}
