/**
 * Walks the marker segments of a JPEG stream (ITU-T T.81 B.1.1) up to EOI. `visit` gets each marker, the
 * segment's parameters and where they end; for a scan it returns where the next marker stands.
 * Throws RangeError where the stream is cut.
 */
export function walkSegments(
  stream: Uint8Array,
  visit: (marker: number, segment: DataView, end: number) => number | undefined,
): void {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  let at = 2;
  for (;;) {
    const marker = view.getUint16(at);
    if (marker === 0xffd9) return;
    if (marker === 0xffff) {
      at++;
      continue;
    }
    if (marker < 0xffc0) throw new Error('JPEG marker expected');
    const end = at + 2 + view.getUint16(at + 2);
    const segment = new DataView(stream.buffer, stream.byteOffset + at + 4, end - at - 4);
    at = visit(marker, segment, end) ?? end;
  }
}
