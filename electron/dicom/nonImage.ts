import type { DataSet } from 'dicom-parser';
import type { CalcarError } from '../contract/errors.ts';
import { text } from './elements.ts';
import { refusal } from './refusal.ts';
import { tags } from './tags.ts';

/** What a SOP class without pixels is, in words; the longest matching beginning of its UID counts (PS3.4 B.5). */
const names: readonly (readonly [beginning: string, name: string])[] = [
  ['1.2.840.10008.1.3.10', 'the table of contents of a disc (DICOMDIR)'],
  ['1.2.840.10008.5.1.4.1.1.88', 'a DICOM report'],
  ['1.2.840.10008.5.1.4.1.1.88.59', 'a DICOM key object selection'],
  ['1.2.840.10008.5.1.4.1.1.11', 'a DICOM presentation state'],
  ['1.2.840.10008.5.1.4.1.1.9', 'a DICOM waveform'],
  ['1.2.840.10008.5.1.4.1.1.104', 'an encapsulated document'],
  ['1.2.840.10008.5.1.4.1.1.66', 'a DICOM registration or segmentation'],
  ['1.2.840.10008.5.1.4.1.1.481.3', 'a radiotherapy structure set'],
  ['1.2.840.10008.5.1.4.1.1.481.5', 'a radiotherapy plan'],
  ['1.2.840.10008.5.1.4.1.1.481.8', 'a radiotherapy plan'],
  ['1.2.840.10008.5.1.4.1.1.481', 'a radiotherapy record'],
  ['1.2.840.10008.5.1.4.1.1.67', 'a real world value map'],
  ['1.2.840.10008.5.1.4.1.1.4.2', 'a DICOM spectroscopy'],
  ['1.2.840.10008.5.1.4.38', 'a hanging protocol'],
  ['1.2.840.10008.5.1.4.31', 'a worklist entry'],
];

/** What the data set is, where its SOP class never has pixels; null otherwise. */
export function nonImageName(dataSet: DataSet): string | null {
  const sopClass = text(dataSet, tags.sopClass) ?? text(dataSet, tags.mediaStorageSopClass) ?? '';
  const matching = names
    .filter(([beginning]) => sopClass === beginning || sopClass.startsWith(`${beginning}.`))
    .toSorted(([a], [b]) => b.length - a.length);
  return matching[0]?.[1] ?? null;
}

/** The refusal of a data set that holds no picture Calcar can show. */
export function notAnImage(dataSet: DataSet): CalcarError {
  const name = nonImageName(dataSet);
  if (name !== null) return refusal('not-an-image', `This file is not an image: it is ${name}.`);
  if (
    dataSet.elements[tags.floatPixelData] !== undefined ||
    dataSet.elements[tags.doubleFloatPixelData] !== undefined
  ) {
    return refusal(
      'unsupported-image',
      'This file holds a map of computed values (floating point), not a radiograph.',
    );
  }
  return refusal('not-an-image', 'This DICOM file holds no picture.');
}
