import { createHash } from 'node:crypto';
import { CalcarError } from '../contract/errors.ts';
import type { Laterality } from '../contract/finding.ts';
import type { Degrees, ImagePx, KilovoltPeak, Millimetres, MilliampereSeconds } from '../contract/units.ts';
import { bytes, decimals, encodeFile, sequence, shorts, string, text, type DicomElement } from './encode.ts';
import { maximumPixels } from './refusal.ts';
import { simulatedMark } from './simulatedMark.ts';
import { transferSyntaxes } from './transferSyntax.ts';

/** A simulated film, as it is to be written. */
export interface WritableRadiograph {
  readonly rows: number;
  readonly columns: number;
  /** rows × columns display-ready values, row-major, that rise with attenuation (MONOCHROME2), below 2^bitsStored. */
  readonly samples: Uint16Array;
  /** 8 … 16. */
  readonly bitsStored: number;
  readonly patient: {
    /** 'Family^Given'; fictitious. */
    readonly name: string;
    readonly id: string;
    readonly sex: 'F' | 'M' | 'O' | null;
    readonly ageYears: number | null;
  };
  readonly bodyPart: 'HIP' | 'PELVIS';
  /** 'unknown' is written as both sides: an AP pelvis shows both hips. */
  readonly laterality: Laterality;
  readonly viewPosition: 'AP';
  readonly kilovoltPeak: KilovoltPeak;
  readonly exposure: MilliampereSeconds;
  readonly sourceToDetector: Millimetres;
  readonly sourceToPatient: Millimetres;
  /** At the detector. */
  readonly imagerPixelSpacing: { readonly rowMm: Millimetres; readonly columnMm: Millimetres };
  readonly window: { readonly center: number; readonly width: number };
  /** YYYYMMDD; the date that the simulation gives the examination. */
  readonly studyDate: string;
  readonly seriesDescription: string;
  /** What was simulated, from which model and seed; follows the mark in Derivation Description. */
  readonly derivation: string;
  /** How tube, patient and detector stood; head up, patient's left on the picture's right where absent. */
  readonly positioning?: RadiographPositioning;
  /** What stood in the beam and what measured it; not written where absent. */
  readonly beam?: RadiographBeam;
  /** Version of the program that simulated the film. */
  readonly software?: string;
  /** Everything else that made the film, as JSON; in a private element of the creator 'CALCAR'. */
  readonly record?: string;
  /** 1 where absent. */
  readonly instanceNumber?: number;
  /** Made from the content where absent: the same film has the same UIDs. */
  readonly uids?: { readonly study: string; readonly series: string; readonly instance: string };
}

/** Attributes of the DX Positioning Module (PS3.3 C.8.11.5). */
export interface RadiographPositioning {
  /** Where the detector stands about the patient: 0 before the chest, +90 at the left hand, 180 behind (C.8.7.5.1.2). */
  readonly primaryAngle: Degrees;
  /** Where the detector stands toward the head (positive) or the feet. */
  readonly secondaryAngle: Degrees;
  /** The patient's direction in which columns, and rows, follow each other: one letter of L R A P H F each. */
  readonly patientOrientation: readonly [columns: string, rows: string];
}

/** Attributes of the X-Ray Filtration, Grid, Collimator and DX Detector Modules (PS3.3 C.8.7, C.8.11). */
export interface RadiographBeam {
  /** Added aluminium. */
  readonly filtration: Millimetres;
  /** A 12:1 anti-scatter grid stood before the detector. */
  readonly grid: boolean;
  readonly detectorType: 'SCINTILLATOR' | 'STORAGE' | 'FILM';
  /** The open field's edges on the picture: first and last column, first and last row, from 1. Null where all is open. */
  readonly collimator: {
    readonly left: ImagePx;
    readonly right: ImagePx;
    readonly upper: ImagePx;
    readonly lower: ImagePx;
  } | null;
}

const digitalXrayForPresentation = '1.2.840.10008.5.1.4.1.1.1.1';

/**
 * A DICOM Digital X-Ray Image for Presentation (PS3.3 A.26), Explicit VR Little Endian, UTF-8, marked as
 * simulated in Image Type, Derivation Description and Manufacturer. Throws 'invalid-input'.
 */
export function writeRadiograph(film: WritableRadiograph): Uint8Array {
  check(film);
  const pixels = new Uint8Array(film.samples.length * 2);
  const view = new DataView(pixels.buffer);
  film.samples.forEach((sample, i) => view.setUint16(2 * i, sample, true));
  const uids = film.uids ?? contentUids(film, pixels);
  return encodeFile(
    {
      sopClass: digitalXrayForPresentation,
      sopInstance: uids.instance,
      transferSyntax: transferSyntaxes.explicitLittleEndian,
    },
    [
      ...identityElements(film, uids),
      ...acquisitionElements(film),
      ...(film.beam ? beamElements(film.beam) : []),
      ...imageElements(film),
      ...recordElements(film),
      bytes(0x7fe00010, 'OW', pixels),
    ],
  );
}

function check(film: WritableRadiograph): void {
  const count = film.rows * film.columns;
  const sized = film.rows > 0 && film.columns > 0 && film.rows <= 65535 && film.columns <= 65535;
  if (!sized || count > maximumPixels || film.samples.length !== count) {
    throw new CalcarError(
      'invalid-input',
      'This film cannot be written: its size and its pixels do not agree.',
    );
  }
  const top = 2 ** film.bitsStored - 1;
  if (film.bitsStored < 8 || film.bitsStored > 16 || film.samples.some((sample) => sample > top)) {
    throw new CalcarError('invalid-input', 'This film cannot be written: its values do not fit its bits.');
  }
}

function identityElements(
  film: WritableRadiograph,
  uids: NonNullable<WritableRadiograph['uids']>,
): DicomElement[] {
  const { patient } = film;
  const age = patient.ageYears === null ? '' : `${String(Math.floor(patient.ageYears)).padStart(3, '0')}Y`;
  return [
    string(0x00080005, 'CS', 'ISO_IR 192'),
    string(0x00080008, 'CS', 'DERIVED', 'PRIMARY', '', 'SIMULATED'),
    string(0x00080016, 'UI', digitalXrayForPresentation),
    string(0x00080018, 'UI', uids.instance),
    string(0x00080020, 'DA', film.studyDate),
    string(0x00080022, 'DA', film.studyDate),
    string(0x00080023, 'DA', film.studyDate),
    string(0x00080030, 'TM', '120000'),
    string(0x00080032, 'TM', '120000'),
    string(0x00080033, 'TM', '120000'),
    string(0x00080050, 'SH', ''),
    string(0x00080060, 'CS', 'DX'),
    string(0x00080068, 'CS', 'FOR PRESENTATION'),
    string(0x00080070, 'LO', 'Calcar simulation'),
    string(0x00080090, 'PN', ''),
    string(0x0008103e, 'LO', film.seriesDescription),
    string(0x00081090, 'LO', 'Cone-beam projector'),
    string(0x00082111, 'ST', `${simulatedMark}. ${film.derivation}`),
    sequence(0x00089215, code('SIMULATED', '99CALCAR', 'Simulated radiograph')),
    string(0x00100010, 'PN', patient.name),
    string(0x00100020, 'LO', patient.id),
    string(0x00100030, 'DA', ''),
    string(0x00100040, 'CS', patient.sex ?? ''),
    string(0x00101010, 'AS', age),
    string(0x0020000d, 'UI', uids.study),
    string(0x0020000e, 'UI', uids.series),
    string(0x00200010, 'SH', '1'),
    string(0x00200011, 'IS', '1'),
    string(0x00200013, 'IS', String(film.instanceNumber ?? 1)),
  ];
}

const lateralityCode = { left: 'L', right: 'R', unknown: 'B' } as const;
/** SNOMED CT codes of PS3.16 CID 4031 and CID 4010. */
const regionCode = { HIP: ['24136001', 'Hip joint'], PELVIS: ['12921003', 'Pelvis'] } as const;

function code(value: string, scheme: string, meaning: string): DicomElement[] {
  return [
    string(0x00080100, 'SH', value),
    string(0x00080102, 'SH', scheme),
    string(0x00080104, 'LO', meaning),
  ];
}

function acquisitionElements(film: WritableRadiograph): DicomElement[] {
  const [region, regionMeaning] = regionCode[film.bodyPart];
  const { rowMm, columnMm } = film.imagerPixelSpacing;
  return [
    sequence(0x00082218, code(region, 'SCT', regionMeaning)),
    string(0x00180015, 'CS', film.bodyPart),
    decimals(0x00180060, film.kilovoltPeak),
    decimals(0x00181110, film.sourceToDetector),
    decimals(0x00181111, film.sourceToPatient),
    decimals(0x00181114, film.sourceToDetector / film.sourceToPatient),
    string(0x00181152, 'IS', String(Math.round(film.exposure))),
    string(0x00181153, 'IS', String(Math.round(film.exposure * 1000))),
    decimals(0x00181164, rowMm, columnMm),
    ...positioningElements(film.positioning),
    string(0x00185101, 'CS', film.viewPosition),
    string(0x00187004, 'CS', film.beam?.detectorType ?? 'SCINTILLATOR'),
    string(0x00200062, 'CS', lateralityCode[film.laterality]),
    sequence(0x00400555),
    sequence(0x00540220, [...code('399348003', 'SCT', 'Antero-posterior'), sequence(0x00540222)]),
  ];
}

/** Tube and detector turn together about the patient, which is what the standard calls a C-arm. */
function positioningElements(positioning: RadiographPositioning | undefined): DicomElement[] {
  if (positioning === undefined) {
    // Patient's left on the picture's right, his feet at its foot: the reader faces the patient.
    return [string(0x00181508, 'CS', 'NONE'), string(0x00200020, 'CS', 'L', 'F')];
  }
  return [
    string(0x00181508, 'CS', 'CARM'),
    decimals(0x00181510, positioning.primaryAngle),
    decimals(0x00181511, positioning.secondaryAngle),
    string(0x00200020, 'CS', ...positioning.patientOrientation),
  ];
}

function beamElements({ filtration, grid, collimator }: RadiographBeam): DicomElement[] {
  const edge = (tag: number, at: ImagePx) => string(tag, 'IS', String(Math.round(at)));
  return [
    string(0x00181191, 'CS', 'TUNGSTEN'),
    string(0x00187050, 'CS', 'ALUMINUM'),
    decimals(0x00187052, filtration),
    decimals(0x00187054, filtration),
    string(0x00181166, 'CS', grid ? 'PARALLEL' : 'NONE'),
    ...(grid ? [string(0x00187046, 'IS', '12', '1')] : []),
    ...(collimator === null
      ? []
      : [
          string(0x00181700, 'CS', 'RECTANGULAR'),
          edge(0x00181702, collimator.left),
          edge(0x00181704, collimator.right),
          edge(0x00181706, collimator.upper),
          edge(0x00181708, collimator.lower),
        ]),
  ];
}

/** Program version, and the record in a private block (PS3.5 7.8.1). */
function recordElements({ software, record }: WritableRadiograph): DicomElement[] {
  return [
    ...(software === undefined ? [] : [string(0x00181020, 'LO', software)]),
    ...(record === undefined ? [] : [string(0x00190010, 'LO', 'CALCAR'), text(0x00191001, record)]),
  ];
}

function imageElements(film: WritableRadiograph): DicomElement[] {
  return [
    shorts(0x00280002, 1),
    string(0x00280004, 'CS', 'MONOCHROME2'),
    shorts(0x00280010, film.rows),
    shorts(0x00280011, film.columns),
    shorts(0x00280100, 16),
    shorts(0x00280101, film.bitsStored),
    shorts(0x00280102, film.bitsStored - 1),
    shorts(0x00280103, 0),
    string(0x00280301, 'CS', 'NO'),
    string(0x00281040, 'CS', 'LOG'),
    // -1: higher values are less X-ray intensity, so that bone is bright.
    { tag: 0x00281041, vr: 'SS', value: Uint8Array.of(0xff, 0xff) },
    decimals(0x00281050, film.window.center),
    decimals(0x00281051, film.window.width),
    decimals(0x00281052, 0),
    decimals(0x00281053, 1),
    string(0x00281054, 'LO', 'US'),
    string(0x00282110, 'CS', '00'),
    string(0x20500020, 'CS', 'IDENTITY'),
  ];
}

/** UIDs of PS3.5 B.2 (2.25 and a 128-bit number) from what the film is, so that writing it again changes nothing. */
function contentUids(film: WritableRadiograph, pixels: Uint8Array): NonNullable<WritableRadiograph['uids']> {
  const header = JSON.stringify({ ...film, samples: null });
  const content = createHash('sha256').update(header).update(pixels).digest('hex');
  const uid = (role: string) => {
    const hash = createHash('sha256').update(`${role} ${content}`).digest('hex');
    return `2.25.${BigInt(`0x${hash.slice(0, 32)}`).toString()}`;
  };
  return { study: uid('study'), series: uid('series'), instance: uid('instance') };
}
