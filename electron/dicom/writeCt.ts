import { createHash } from 'node:crypto';
import { CalcarError } from '../contract/errors.ts';
import type { Millimetres } from '../contract/units.ts';
import { bytes, decimals, encodeFile, shorts, string, type DicomElement } from './encode.ts';
import { simulatedCtMark } from './simulatedMark.ts';
import { transferSyntaxes } from './transferSyntax.ts';

/** A simulated CT, as it is to be written. Coordinates are the patient's (LPS). */
export interface WritableCt {
  /** Columns, rows, slices. */
  readonly size: readonly [columns: number, rows: number, slices: number];
  /** Between columns, rows, slices. */
  readonly spacing: readonly [Millimetres, Millimetres, Millimetres];
  /** Centre of the first voxel. */
  readonly origin: readonly [Millimetres, Millimetres, Millimetres];
  /** Unit vectors to the next column, row and slice, one after the other; the third stands on the first two. */
  readonly direction: readonly number[];
  /** Hounsfield units, columns fastest, then rows. */
  readonly hounsfield: Int16Array;
  readonly patient: {
    /** A pseudonym; 'Simulated^' goes before it in the name. */
    readonly id: string;
    readonly sex: 'F' | 'M' | 'O' | null;
    readonly ageYears: number | null;
  };
  readonly bodyPart: string;
  readonly seriesDescription: string;
  /** What was simulated, from which model and seed; follows the mark in Derivation Description. */
  readonly derivation: string;
  /** Version of the program that simulated it. */
  readonly software: string;
  /** YYYYMMDD; the date that the simulation gives the examination. */
  readonly studyDate: string;
  /** Study Instance UID that it shares with films; made from the content where absent. */
  readonly study?: string;
}

export interface CtFile {
  /** 'CT-0001.dcm', counted in slice order. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

const ctImageStorage = '1.2.840.10008.5.1.4.1.1.2';

/**
 * A CT series (CT Image Storage, PS3.3 A.3), one file a slice, Explicit VR Little Endian, marked as simulated in
 * Derivation Description and Manufacturer. What the simulation does not know of a scanner is left empty. The same
 * CT gives the same bytes.
 *
 * Throws CalcarError 'invalid-input' where size and voxels do not agree.
 */
export function* writeCt(ct: WritableCt): Generator<CtFile> {
  const [columns, rows, slices] = ct.size;
  const isSized = [columns, rows, slices].every((n) => Number.isInteger(n) && n >= 1 && n <= 65535);
  if (!isSized || ct.hounsfield.length !== columns * rows * slices || ct.direction.length !== 9) {
    throw new CalcarError(
      'invalid-input',
      'This CT cannot be written: its size and its voxels do not agree.',
    );
  }
  const uid = uidsOf(ct);
  const shared = sharedElements(ct, uid);
  for (let k = 0; k < slices; k++) {
    const instance = uid(`slice ${k}`);
    const elements = [...shared, ...sliceElements(ct, k, instance)];
    yield {
      name: `CT-${String(k + 1).padStart(4, '0')}.dcm`,
      bytes: encodeFile(
        {
          sopClass: ctImageStorage,
          sopInstance: instance,
          transferSyntax: transferSyntaxes.explicitLittleEndian,
        },
        elements,
      ),
    };
  }
}

/** What all slices share. */
function sharedElements(ct: WritableCt, uid: (role: string) => string): DicomElement[] {
  const { patient } = ct;
  const [columns, rows] = ct.size;
  const [betweenColumns, betweenRows, betweenSlices] = ct.spacing;
  const age = patient.ageYears === null ? '' : `${String(Math.floor(patient.ageYears)).padStart(3, '0')}Y`;
  return [
    string(0x00080005, 'CS', 'ISO_IR 192'),
    string(0x00080008, 'CS', 'DERIVED', 'SECONDARY', 'AXIAL'),
    string(0x00080016, 'UI', ctImageStorage),
    string(0x00080020, 'DA', ct.studyDate),
    string(0x00080023, 'DA', ct.studyDate),
    string(0x00080030, 'TM', '120000'),
    string(0x00080033, 'TM', '120000'),
    string(0x00080050, 'SH', ''),
    string(0x00080060, 'CS', 'CT'),
    string(0x00080070, 'LO', 'Calcar simulation'),
    string(0x00080090, 'PN', ''),
    string(0x0008103e, 'LO', ct.seriesDescription),
    string(0x00081090, 'LO', 'Parametric phantom'),
    string(0x00082111, 'ST', `${simulatedCtMark}. ${ct.derivation}`),
    string(0x00100010, 'PN', `Simulated^${patient.id}`),
    string(0x00100020, 'LO', patient.id),
    string(0x00100030, 'DA', ''),
    string(0x00100040, 'CS', patient.sex ?? ''),
    string(0x00101010, 'AS', age),
    string(0x00180015, 'CS', ct.bodyPart),
    decimals(0x00180050, betweenSlices),
    string(0x00180060, 'DS', ''),
    string(0x00181020, 'LO', ct.software),
    string(0x00185100, 'CS', 'HFS'),
    string(0x0020000d, 'UI', ct.study ?? uid('study')),
    string(0x0020000e, 'UI', uid('series')),
    string(0x00200010, 'SH', '1'),
    string(0x00200011, 'IS', '2'),
    string(0x00200012, 'IS', ''),
    decimals(0x00200037, ...ct.direction.slice(0, 6)),
    string(0x00200052, 'UI', uid('frame of reference')),
    string(0x00201040, 'LO', ''),
    shorts(0x00280002, 1),
    string(0x00280004, 'CS', 'MONOCHROME2'),
    shorts(0x00280010, rows),
    shorts(0x00280011, columns),
    decimals(0x00280030, betweenRows, betweenColumns),
    shorts(0x00280100, 16),
    shorts(0x00280101, 16),
    shorts(0x00280102, 15),
    shorts(0x00280103, 1),
    // Bone and the soft tissue around it.
    decimals(0x00281050, 300),
    decimals(0x00281051, 1500),
    decimals(0x00281052, 0),
    decimals(0x00281053, 1),
    string(0x00281054, 'LO', 'HU'),
  ];
}

function sliceElements(ct: WritableCt, k: number, instance: string): DicomElement[] {
  const [columns, rows] = ct.size;
  const along = k * ct.spacing[2];
  const position = ct.origin.map((value, axis) => value + along * ct.direction[6 + axis]!);
  const pixels = new Uint8Array(2 * columns * rows);
  const view = new DataView(pixels.buffer);
  const first = k * columns * rows;
  for (let i = 0; i < columns * rows; i++) view.setInt16(2 * i, ct.hounsfield[first + i]!, true);
  return [
    string(0x00080018, 'UI', instance),
    string(0x00200013, 'IS', String(k + 1)),
    decimals(0x00200032, ...position),
    bytes(0x7fe00010, 'OW', pixels),
  ];
}

/** UIDs of PS3.5 B.2 (2.25 and a 128-bit number) from what the CT is, by their role. */
function uidsOf(ct: WritableCt): (role: string) => string {
  const { buffer, byteOffset, byteLength } = ct.hounsfield;
  const content = createHash('sha256')
    .update(JSON.stringify({ ...ct, hounsfield: null }))
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex');
  return (role) => {
    const hash = createHash('sha256').update(`${role} ${content}`).digest('hex');
    return `2.25.${BigInt(`0x${hash.slice(0, 32)}`).toString()}`;
  };
}
