import type { DataSet, Element } from 'dicom-parser';
import { tags, type Tag } from './tags.ts';

/** First value of a string element, trimmed; null when absent or empty. */
export function text(dataSet: DataSet, tag: Tag, index = 0): string | null {
  const value = dataSet.string(tag, index)?.trim();
  return value === undefined || value === '' ? null : value;
}

/** Every value of a string element, trimmed; empty strings stay so that values keep their places. */
export function texts(dataSet: DataSet, tag: Tag): string[] {
  const value = dataSet.string(tag);
  return value === undefined ? [] : value.split('\\').map((part) => part.trim());
}

/** Every value of a decimal or integer string; NaN where a value is not a number. */
export function decimals(dataSet: DataSet, tag: Tag): number[] {
  return texts(dataSet, tag).map((part) => (part === '' ? Number.NaN : Number(part)));
}

/** First value of a decimal or integer string; null when absent or not a finite number. */
export function decimal(dataSet: DataSet, tag: Tag): number | null {
  const value = decimals(dataSet, tag)[0];
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/** Unsigned short; null when absent or too short. */
export function unsignedShort(dataSet: DataSet, tag: Tag, index = 0): number | null {
  const element = dataSet.elements[tag];
  if (element === undefined || element.length < 2 * (index + 1)) return null;
  return dataSet.uint16(tag, index) ?? null;
}

/** The items of a sequence as data sets; none when absent. */
export function items(dataSet: DataSet, tag: Tag): DataSet[] {
  return (dataSet.elements[tag]?.items ?? []).flatMap((item) =>
    item.dataSet === undefined ? [] : [item.dataSet],
  );
}

/** The value bytes of an element, cut to what the file holds. */
export function valueBytes(dataSet: DataSet, element: Element): Uint8Array {
  const bytes = dataSet.byteArray;
  const end = Math.min(bytes.length, element.dataOffset + element.length);
  return bytes.subarray(Math.min(element.dataOffset, end), end);
}

/**
 * Where an attribute of the image is to be looked up: in an enhanced image inside the functional group
 * macro named by `sequence` (shared, else that of the first frame), else at the top.
 */
export function functionalGroup(dataSet: DataSet, sequence: Tag): DataSet {
  for (const groups of [tags.sharedFunctionalGroups, tags.perFrameFunctionalGroups] as const) {
    const first = items(dataSet, groups)[0];
    const macro = first === undefined ? undefined : items(first, sequence)[0];
    if (macro !== undefined) return macro;
  }
  return dataSet;
}
