import type { DataSet } from 'dicom-parser';
import type { FilmDescription } from '../contract/film.ts';
import type { Laterality } from '../contract/finding.ts';
import { decodeText } from './characterSets.ts';
import { items, text, texts, valueBytes } from './elements.ts';
import { saysSimulated } from './simulatedMark.ts';
import { tags, type Tag } from './tags.ts';

type HeaderPart = Pick<
  FilmDescription,
  | 'patient'
  | 'studyDate'
  | 'modality'
  | 'bodyPart'
  | 'view'
  | 'laterality'
  | 'manufacturer'
  | 'lossy'
  | 'simulated'
>;

/** What the header says of patient, examination and history. */
export function describeHeader(dataSet: DataSet): HeaderPart {
  const studyDate = text(dataSet, tags.studyDate) ?? text(dataSet, tags.acquisitionDate);
  return {
    patient: {
      name: readName(dataSet),
      id: decoded(dataSet, tags.patientId),
      sex: readSex(dataSet),
      ageYears: readAge(dataSet, studyDate),
    },
    studyDate: readDate(studyDate)?.toISOString().slice(0, 10) ?? null,
    modality: text(dataSet, tags.modality),
    bodyPart: text(dataSet, tags.bodyPartExamined) ?? codeMeaning(dataSet, tags.anatomicRegionSequence),
    view: text(dataSet, tags.viewPosition) ?? codeMeaning(dataSet, tags.viewCodeSequence),
    laterality: readLaterality(dataSet),
    manufacturer: decoded(dataSet, tags.manufacturer),
    lossy: text(dataSet, tags.lossyImageCompression) === '01',
    simulated: saysSimulated(text(dataSet, tags.derivationDescription)),
  };
}

/** A text element in the data set's character set, trimmed; null when absent or empty. */
export function decoded(
  dataSet: DataSet,
  tag: Tag,
  terms: readonly string[] = texts(dataSet, tags.specificCharacterSet),
): string | null {
  const element = dataSet.elements[tag];
  if (element === undefined || element.length === 0) return null;
  const value = decodeText(valueBytes(dataSet, element), terms);
  const trimmed = value.replaceAll('\0', '').trim();
  return trimmed === '' ? null : trimmed;
}

/** 'Family, Given Middle' of the first group of a Person Name that holds anything (PS3.5 6.2.1). */
function readName(dataSet: DataSet): string | null {
  const groups = decoded(dataSet, tags.patientName)?.split('=') ?? [];
  const group = groups.find((candidate) => candidate.replaceAll('^', '').trim() !== '');
  if (group === undefined) return null;
  const [family = '', given = '', middle = ''] = group.split('^').map((part) => part.trim());
  const first = [given, middle].filter((part) => part !== '').join(' ');
  const name = [family, first].filter((part) => part !== '').join(', ');
  return name === '' ? null : name;
}

function readSex(dataSet: DataSet): 'F' | 'M' | 'O' | null {
  const sex = text(dataSet, tags.patientSex)?.toUpperCase();
  return sex === 'F' || sex === 'M' || sex === 'O' ? sex : null;
}

const yearsPerUnit: Readonly<Record<string, number>> = { Y: 1, M: 1 / 12, W: 7 / 365.25, D: 1 / 365.25 };

/** Patient's Age (nnnY, nnnM, nnnW, nnnD), else birth date to study date; whole years from one year on. */
function readAge(dataSet: DataSet, studyDate: string | null): number | null {
  const said = /^(\d{1,3})([YMWD])$/.exec(text(dataSet, tags.patientAge) ?? '');
  if (said !== null) return wholeYears(Number(said[1]) * yearsPerUnit[said[2]!]!);
  const born = readDate(text(dataSet, tags.patientBirthDate));
  const examined = readDate(studyDate);
  if (born === null || examined === null || examined < born) return null;
  return wholeYears((examined.getTime() - born.getTime()) / (365.25 * 24 * 3600 * 1000));
}

const wholeYears = (years: number) => (years < 1 ? years : Math.floor(years + 1e-9));

/** YYYYMMDD, or the YYYY.MM.DD of files before DICOM 3; null where it is no date. */
function readDate(said: string | null): Date | null {
  const parts = /^(\d{4})[.-]?(\d{2})[.-]?(\d{2})/.exec(said ?? '');
  if (parts === null) return null;
  const iso = `${parts[1]!}-${parts[2]!}-${parts[3]!}`;
  const date = new Date(`${iso}T00:00:00Z`);
  return Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== iso ? null : date;
}

/** Image Laterality, else Laterality of the series. Both sides, or nothing said, is unknown. */
function readLaterality(dataSet: DataSet): Laterality {
  const said = text(dataSet, tags.imageLaterality) ?? text(dataSet, tags.laterality);
  if (said === 'L') return 'left';
  return said === 'R' ? 'right' : 'unknown';
}

function codeMeaning(dataSet: DataSet, sequence: Tag): string | null {
  const item = items(dataSet, sequence)[0];
  // Items are in the character set of the whole.
  const terms = texts(dataSet, tags.specificCharacterSet);
  return item === undefined ? null : decoded(item, tags.codeMeaning, terms);
}
