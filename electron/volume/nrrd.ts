import type { FileGrid } from './grid.ts';
import { badHeader, fileBeside, numbers, shown, triple } from './headerText.ts';
import type { ElementType, RawVolume } from './rawVolume.ts';
import { refuseVolume } from './refuse.ts';

/** The format's names for each kind of number (http://teem.sourceforge.net/nrrd/format.html). */
const typeNames: Readonly<Record<ElementType, readonly string[]>> = {
  int8: ['signed char', 'int8', 'int8_t'],
  uint8: ['uchar', 'unsigned char', 'uint8', 'uint8_t'],
  int16: ['short', 'short int', 'signed short', 'signed short int', 'int16', 'int16_t'],
  uint16: ['ushort', 'unsigned short', 'unsigned short int', 'uint16', 'uint16_t'],
  int32: ['int', 'signed int', 'int32', 'int32_t'],
  uint32: ['uint', 'unsigned int', 'uint32', 'uint32_t'],
  int64: [
    'longlong',
    'long long',
    'long long int',
    'signed long long',
    'signed long long int',
    'int64',
    'int64_t',
  ],
  uint64: ['ulonglong', 'unsigned long long', 'unsigned long long int', 'uint64', 'uint64_t'],
  float32: ['float'],
  float64: ['double'],
};
const elementTypes: ReadonlyMap<string, ElementType> = new Map(
  Object.entries(typeNames).flatMap(([type, names]) => names.map((name) => [name, type as ElementType])),
);

/** What each axis of the space is multiplied with to run to the patient's left, back and head. */
const spaces: ReadonlyMap<string, readonly [number, number, number]> = new Map([
  ['left-posterior-superior', [1, 1, 1]],
  ['lps', [1, 1, 1]],
  ['right-anterior-superior', [-1, -1, 1]],
  ['ras', [-1, -1, 1]],
  ['left-anterior-superior', [1, -1, 1]],
  ['las', [1, -1, 1]],
]);

/**
 * The header of an NRRD (.nrrd, or .nhdr with its data file; raw or gzip); null where the bytes are of another
 * kind. Spaces: left-posterior-superior, right-anterior-superior, left-anterior-superior.
 *
 * @throws CalcarError 'invalid-volume'
 */
export function nrrdHeader(path: string, beginning: Uint8Array): RawVolume | null {
  const header = readFields(beginning);
  if (header === null) return null;
  const { fields, end } = header;
  const get = (...names: string[]) =>
    names.map((name) => fields.get(name)).find((value) => value !== undefined);
  const dimension = get('dimension');
  if (dimension !== '3') {
    throw refuseVolume(
      `It has ${shown(dimension) ?? 'no'} dimensions; a CT has three.`,
      'Give one volume, without time or channels.',
    );
  }
  const type = elementTypes.get(get('type')?.toLowerCase() ?? '');
  if (type === undefined) throw badHeader(`its voxels are of the kind '${shown(get('type')) ?? ''}'`);
  const encoding = get('encoding')?.toLowerCase() ?? '';
  const compressed = encoding === 'gzip' || encoding === 'gz';
  if (!compressed && encoding !== 'raw') {
    throw badHeader(
      `its voxels are written in the encoding '${shown(encoding) ?? ''}'; Calcar reads raw and gzip`,
    );
  }
  const notes: string[] = [];
  const dataFile = get('data file', 'datafile');
  if (dataFile !== undefined && (/^LIST\b/i.test(dataFile) || dataFile.includes('%'))) {
    throw badHeader('its voxels are in several files');
  }
  const byteSkip = Number(get('byte skip', 'byteskip') ?? 0);
  const isFromEnd = byteSkip === -1 && !compressed;
  if ((get('line skip', 'lineskip') ?? '0') !== '0') throw badHeader('it wants lines of its data skipped');
  if (!Number.isInteger(byteSkip) || (byteSkip < 0 && !isFromEnd)) throw badHeader('byte skip is no size');
  return {
    grid: gridOf(get, notes),
    path: dataFile === undefined ? path : fileBeside(path, dataFile),
    start: isFromEnd ? 'end' : dataFile === undefined ? end : 0,
    compressed,
    skip: isFromEnd ? 0 : byteSkip,
    type,
    bigEndian: get('endian')?.toLowerCase() === 'big',
    slope: 1,
    intercept: 0,
    description: shown(get('content')),
    notes,
  };
}

type Get = (...names: string[]) => string | undefined;

function gridOf(get: Get, notes: string[]): FileGrid {
  const size = triple(numbers(get('sizes'), 3, 'sizes'));
  checkUnits(get);
  const space = get('space');
  const directions = get('space directions');
  if (space === undefined || directions === undefined) {
    notes.push(
      'The file does not say how the patient lies in it; its axes are taken as running to his left, back and head.',
    );
    return {
      size,
      spacing: triple(numbers(get('spacings'), 3, 'spacings')),
      origin: [0, 0, 0],
      axes: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
    };
  }
  const signs = spaces.get(space.toLowerCase());
  if (signs === undefined) throw badHeader(`its space '${shown(space) ?? ''}' is none of a patient`);
  const inPatient = (values: readonly number[]) => triple(values.map((value, i) => value * signs[i]!));
  const steps = vectors(directions, 3, 'space directions').map(inPatient);
  const [origin = []] = vectors(get('space origin') ?? '(0,0,0)', 1, 'space origin');
  const spacing = triple(steps.map((step) => Math.hypot(...step)));
  const axis = (n: 0 | 1 | 2) => triple(steps[n]!.map((value) => value / spacing[n]));
  return { size, spacing, origin: inPatient(origin), axes: [axis(0), axis(1), axis(2)] };
}

function checkUnits(get: Get): void {
  const units = [...(get('space units') ?? '').matchAll(/"([^"]*)"/g)].map((match) =>
    match[1]!.toLowerCase(),
  );
  const odd = units.find((unit) => !/^(mm|millimet(er|re)s?|)$/.test(unit));
  if (odd !== undefined) throw badHeader(`its unit of length is '${shown(odd) ?? ''}', not millimetres`);
}

/** `(a,b,c)` vectors. */
function vectors(text: string, count: number, name: string): number[][] {
  const found = [...text.matchAll(/\(([^()]*)\)/g)].map((match) => match[1]!.replaceAll(',', ' '));
  if (found.length !== count) throw badHeader(`${name} is not ${count} vectors`);
  return found.map((vector) => numbers(vector, 3, name));
}

interface Fields {
  readonly fields: ReadonlyMap<string, string>;
  /** Bytes that the header takes, the empty line included. */
  readonly end: number;
}

/** `field: value` and `key:=value` lines up to an empty line, after which the voxels begin. */
function readFields(bytes: Uint8Array): Fields | null {
  const text = new TextDecoder('latin1').decode(bytes);
  if (!/^NRRD000[1-9]\r?\n/.test(text)) return null;
  const fields = new Map<string, string>();
  let at = text.indexOf('\n') + 1;
  while (at < text.length) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(at, end).replace(/\r$/, '');
    at = end + 1;
    if (line === '') break;
    if (line.startsWith('#') || /^[^:]*:=/.test(line)) continue;
    const colon = line.indexOf(': ');
    if (colon < 0) throw badHeader('a line of it is no field');
    fields.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 2).trim());
  }
  return { fields, end: Math.min(at, bytes.length) };
}
