/** Symbol and code length for every 16 bits that can stand next: length << 8 | symbol; 0 where no code fits. */
export type HuffmanTable = Uint16Array;

/** DHT segments (ITU-T T.81 B.2.4.2, annex C). */
export function readHuffmanTables(
  segment: DataView,
  into: { readonly dc: Map<number, HuffmanTable>; readonly ac: Map<number, HuffmanTable> },
): void {
  let at = 0;
  while (at < segment.byteLength) {
    const head = segment.getUint8(at);
    const symbols = at + 17;
    const table = new Uint16Array(65536);
    let code = 0;
    let next = 0;
    for (let length = 1; length <= 16; length++) {
      for (let i = segment.getUint8(at + length); i > 0; i--) {
        const from = code << (16 - length);
        if (from >= 65536) throw new Error('JPEG Huffman table is overfull');
        table.fill((length << 8) | segment.getUint8(symbols + next), from, from + (1 << (16 - length)));
        code++;
        next++;
      }
      code <<= 1;
    }
    (head >> 4 === 0 ? into.dc : into.ac).set(head & 15, table);
    at = symbols + next;
  }
}

/** Reads entropy-coded bits (ITU-T T.81 F.2.2.5): FF 00 is a byte FF, any other FF is a marker. */
export class BitReader {
  readonly #stream: Uint8Array;
  #at: number;
  #buffer = 0;
  #available = 0;
  /** Zero bits given out beyond the data so that a symbol can be looked up; using one is an error. */
  #beyond = 0;

  constructor(stream: Uint8Array, start: number) {
    this.#stream = stream;
    this.#at = start;
  }

  #fill(): void {
    while (this.#available <= 16) {
      const byte = this.#stream[this.#at];
      const isData = byte !== undefined && (byte !== 0xff || this.#stream[this.#at + 1] === 0);
      if (isData) this.#at += byte === 0xff ? 2 : 1;
      else this.#beyond += 8;
      this.#buffer = ((this.#buffer << 8) | (isData ? byte : 0)) & 0xffffffff;
      this.#available += 8;
    }
  }

  #drop(count: number): void {
    this.#available -= count;
    if (this.#available < this.#beyond) throw new Error('JPEG data ends inside a scan');
  }

  bits(count: number): number {
    if (count === 0) return 0;
    if (this.#available < count) this.#fill();
    const value = (this.#buffer >>> (this.#available - count)) & ((1 << count) - 1);
    this.#drop(count);
    return value;
  }

  bit(): number {
    return this.bits(1);
  }

  symbol(table: HuffmanTable): number {
    if (this.#available < 16) this.#fill();
    const entry = table[(this.#buffer >>> (this.#available - 16)) & 0xffff]!;
    if (entry === 0) throw new Error('JPEG data holds a code that its table does not');
    this.#drop(entry >> 8);
    return entry & 0xff;
  }

  /** RECEIVE and EXTEND (F.2.2.1): `size` bits as a signed difference. */
  signed(size: number): number {
    if (size > 16) throw new Error('JPEG difference is too large');
    const value = this.bits(size);
    return size > 0 && value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
  }

  /** Passes the restart marker that must stand here. */
  restart(): void {
    const at = this.#markerAt();
    const marker = this.#stream[at + 1];
    if (marker === undefined || marker < 0xd0 || marker > 0xd7)
      throw new Error('JPEG restart marker is missing');
    this.#at = at + 2;
    this.#buffer = 0;
    this.#available = 0;
    this.#beyond = 0;
  }

  /** Position of the marker that ends the scan. */
  finish(): number {
    return this.#markerAt();
  }

  /** The next marker; whole bytes that were read ahead cannot hide one, since reading stops at markers. */
  #markerAt(): number {
    let at = this.#at;
    while (at + 1 < this.#stream.length) {
      if (this.#stream[at] === 0xff && this.#stream[at + 1] !== 0 && this.#stream[at + 1] !== 0xff) return at;
      at++;
    }
    throw new Error('JPEG ends without a marker');
  }
}
