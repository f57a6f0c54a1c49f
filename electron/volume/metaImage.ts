import { badHeader, fileBeside, numbers, shown, triple } from './headerText.ts';
import type { ElementType, RawVolume } from './rawVolume.ts';
import { refuseVolume } from './refuse.ts';

const elementTypes: ReadonlyMap<string, ElementType> = new Map<string, ElementType>([
  ['MET_CHAR', 'int8'],
  ['MET_UCHAR', 'uint8'],
  ['MET_SHORT', 'int16'],
  ['MET_USHORT', 'uint16'],
  ['MET_INT', 'int32'],
  ['MET_UINT', 'uint32'],
  ['MET_LONG', 'int32'],
  ['MET_ULONG', 'uint32'],
  ['MET_LONG_LONG', 'int64'],
  ['MET_ULONG_LONG', 'uint64'],
  ['MET_FLOAT', 'float32'],
  ['MET_DOUBLE', 'float64'],
]);

/**
 * The header of a MetaImage (.mha, .mhd with its data file; plain or zlib-compressed); null where the bytes are of
 * another kind. Coordinates are LPS, as ITK writes and reads them, and each three numbers of TransformMatrix are
 * the direction of one axis.
 *
 * @throws CalcarError 'invalid-volume'
 */
export function metaImageHeader(path: string, beginning: Uint8Array): RawVolume | null {
  const header = readFields(beginning);
  if (header === null) return null;
  const { fields, end } = header;
  const get = (...names: string[]) =>
    names.map((name) => fields.get(name)).find((value) => value !== undefined);
  const isTrue = (...names: string[]) => /^(true|1)$/i.test(get(...names) ?? '');
  const dimensions = get('NDims');
  if (dimensions !== '3') {
    throw refuseVolume(`It has ${shown(dimensions) ?? 'no'} dimensions; a CT has three.`, 'Give one volume.');
  }
  if ((get('ElementNumberOfChannels') ?? '1') !== '1') throw badHeader('it has more than one value a voxel');
  if (
    Number(get('ElementToIntensityFunctionSlope') ?? 1) !== 1 ||
    Number(get('ElementToIntensityFunctionOffset') ?? 0) !== 0
  ) {
    throw badHeader('its values need a conversion that readers disagree about');
  }
  if (/^false$/i.test(get('BinaryData') ?? 'true')) throw badHeader('its voxels are written as text');
  const type = elementTypes.get(get('ElementType') ?? '');
  if (type === undefined) throw badHeader(`its voxels are of the kind '${shown(get('ElementType')) ?? ''}'`);
  const matrix = get('TransformMatrix', 'Rotation', 'Orientation');
  const axes = numbers(matrix ?? '1 0 0 0 1 0 0 0 1', 9, 'TransformMatrix');
  const dataFile = get('ElementDataFile') ?? '';
  const isLocal = dataFile.toUpperCase() === 'LOCAL';
  if (/^LIST\b/i.test(dataFile) || dataFile.includes('%')) throw badHeader('its voxels are in several files');
  const headerSize = Number(get('HeaderSize') ?? 0);
  if (!Number.isInteger(headerSize) || headerSize < -1) throw badHeader('HeaderSize is no size');
  return {
    grid: {
      size: triple(numbers(get('DimSize'), 3, 'DimSize')),
      spacing: triple(numbers(get('ElementSpacing', 'ElementSize'), 3, 'ElementSpacing')),
      origin: triple(numbers(get('Offset', 'Position', 'Origin') ?? '0 0 0', 3, 'Offset')),
      axes: [triple(axes.slice(0, 3)), triple(axes.slice(3, 6)), triple(axes.slice(6, 9))],
    },
    path: isLocal ? path : fileBeside(path, dataFile),
    start: headerSize === -1 ? 'end' : isLocal ? end + headerSize : headerSize,
    compressed: isTrue('CompressedData'),
    skip: 0,
    type,
    bigEndian: isTrue('BinaryDataByteOrderMSB', 'ElementByteOrderMSB'),
    slope: 1,
    intercept: 0,
    description: shown(get('Comment')),
    notes:
      matrix === undefined
        ? [
            'The file does not say how the patient lies in it; its axes are taken as running to his left, back and head.',
          ]
        : [],
  };
}

interface Fields {
  readonly fields: ReadonlyMap<string, string>;
  /** Bytes that the header takes. */
  readonly end: number;
}

/** `Key = value` lines up to ElementDataFile, after which the voxels begin. */
function readFields(bytes: Uint8Array): Fields | null {
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, 65536));
  if (!/^(ObjectType|NDims|Comment)\s*=/.test(text)) return null;
  const fields = new Map<string, string>();
  let at = 0;
  while (at < text.length) {
    const newline = text.indexOf('\n', at);
    const line = text.slice(at, newline < 0 ? text.length : newline);
    at += line.length + 1;
    const equals = line.indexOf('=');
    if (equals < 0) throw badHeader('a line of it is no field');
    const key = line.slice(0, equals).trim();
    fields.set(key, line.slice(equals + 1).trim());
    if (key === 'ElementDataFile') return { fields, end: at };
  }
  throw badHeader('it does not say where the voxels are');
}
