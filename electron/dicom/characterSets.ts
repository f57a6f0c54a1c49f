/** WHATWG labels of the Defined Terms of Specific Character Set (PS3.3 C.12.1.1.2) without code extensions. */
const singleSets: Readonly<Record<string, string>> = {
  'ISO_IR 6': 'iso-8859-1',
  'ISO_IR 100': 'iso-8859-1',
  'ISO_IR 101': 'iso-8859-2',
  'ISO_IR 109': 'iso-8859-3',
  'ISO_IR 110': 'iso-8859-4',
  'ISO_IR 144': 'iso-8859-5',
  'ISO_IR 127': 'iso-8859-6',
  'ISO_IR 126': 'iso-8859-7',
  'ISO_IR 138': 'iso-8859-8',
  'ISO_IR 148': 'windows-1254',
  'ISO_IR 203': 'iso-8859-15',
  'ISO_IR 13': 'shift_jis',
  'ISO_IR 166': 'windows-874',
  'ISO_IR 192': 'utf-8',
  GB18030: 'gb18030',
  GBK: 'gbk',
};

/** A code extension: its escape sequence (without ESC) and how the bytes after it become a WHATWG encoding. */
interface Extension {
  readonly escape: string;
  readonly label: string;
  readonly prepare: (bytes: Uint8Array) => Uint8Array;
}

const asIs = (bytes: Uint8Array) => bytes;
/** Multi-byte sets in G0 are 7-bit; the EUC encodings carry the same codes with the high bit set. */
const raised = (bytes: Uint8Array) => bytes.map((byte) => (byte > 0x20 && byte < 0x7f ? byte | 0x80 : byte));
/** EUC-JP marks each JIS X 0212 code with a leading 8F. */
const raisedThird = (bytes: Uint8Array) => {
  const out: number[] = [];
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i]! <= 0x20) out.push(bytes[i]!);
    else out.push(0x8f, bytes[i]! | 0x80, (bytes[++i] ?? 0x21) | 0x80);
  }
  return Uint8Array.from(out);
};

const extensions: readonly Extension[] = [
  { escape: '(B', label: 'iso-8859-1', prepare: asIs },
  { escape: '(J', label: 'shift_jis', prepare: asIs },
  { escape: ')I', label: 'shift_jis', prepare: asIs },
  { escape: '-A', label: 'iso-8859-1', prepare: asIs },
  { escape: '-B', label: 'iso-8859-2', prepare: asIs },
  { escape: '-C', label: 'iso-8859-3', prepare: asIs },
  { escape: '-D', label: 'iso-8859-4', prepare: asIs },
  { escape: '-L', label: 'iso-8859-5', prepare: asIs },
  { escape: '-G', label: 'iso-8859-6', prepare: asIs },
  { escape: '-F', label: 'iso-8859-7', prepare: asIs },
  { escape: '-H', label: 'iso-8859-8', prepare: asIs },
  { escape: '-M', label: 'windows-1254', prepare: asIs },
  { escape: '-b', label: 'iso-8859-15', prepare: asIs },
  { escape: '-T', label: 'windows-874', prepare: asIs },
  { escape: '$)C', label: 'euc-kr', prepare: asIs },
  { escape: '$)A', label: 'gbk', prepare: asIs },
  { escape: '$B', label: 'euc-jp', prepare: raised },
  { escape: '$(D', label: 'euc-jp', prepare: raisedThird },
];

const ESC = 0x1b;

/**
 * Bytes → text under the terms of Specific Character Set (0008,0005): PS3.5 6.1 and 6.2. Code extensions
 * of ISO 2022 are followed escape by escape; an unknown term is read as Latin 1, which is never an error.
 */
export function decodeText(bytes: Uint8Array, terms: readonly string[]): string {
  const initial = labelOf(terms[0] ?? '');
  if (initial === 'utf-8' || initial === 'gb18030' || initial === 'gbk') return decode(initial, bytes);
  const parts: string[] = [];
  let start = 0;
  let current: Extension = { escape: '', label: initial, prepare: asIs };
  for (let i = 0; i <= bytes.length; i++) {
    const ends = bytes[i] === ESC || (!isTwoByte(current) && isDelimiter(bytes[i] ?? 0));
    if (i < bytes.length && !ends) continue;
    parts.push(decode(current.label, current.prepare(bytes.subarray(start, i))));
    start = i;
    if (i === bytes.length) break;
    if (bytes[i] !== ESC) {
      // PS3.5 6.1.2.5.3: delimiters of a name switch back to the initial set.
      current = { escape: '', label: initial, prepare: asIs };
      continue;
    }
    const extension = extensions.find(({ escape }) => startsWith(bytes, i + 1, escape));
    if (extension === undefined) continue;
    current = extension;
    i += extension.escape.length;
    start = i + 1;
  }
  return parts.join('');
}

/** In a two-byte set of G0 the codes of delimiters are halves of characters: only an escape leads out. */
const isTwoByte = ({ label }: Extension) => label === 'euc-jp';
const isDelimiter = (byte: number) => byte === 0x5e || byte === 0x3d || byte === 0x5c;

function labelOf(term: string): string {
  return singleSets[term.replace(/^ISO 2022 IR/, 'ISO_IR')] ?? 'iso-8859-1';
}

function startsWith(bytes: Uint8Array, at: number, ascii: string): boolean {
  for (let i = 0; i < ascii.length; i++) if (bytes[at + i] !== ascii.charCodeAt(i)) return false;
  return true;
}

function decode(label: string, bytes: Uint8Array): string {
  return bytes.length === 0 ? '' : new TextDecoder(label).decode(bytes);
}
