import type { DataSet } from 'dicom-parser';
import { decimal, functionalGroup, items } from './elements.ts';
import type { StoredGrey } from './grey.ts';
import { readLut } from './lut.ts';
import { tags } from './tags.ts';

/** Modality values: value = sample × slope + intercept. */
export interface ModalityGrey {
  readonly samples: Uint16Array;
  readonly slope: number;
  readonly intercept: number;
}

/** Stored values → modality values (PS3.3 C.11.1): Modality LUT Sequence, else Rescale Slope and Intercept. */
export function toModality(dataSet: DataSet, stored: StoredGrey): ModalityGrey {
  const sequence = items(dataSet, tags.modalityLutSequence)[0];
  const lut = sequence === undefined ? null : readLut(sequence, stored.offset < 0);
  if (lut !== null) {
    const last = lut.values.length - 1;
    const samples = stored.samples.map((sample) => {
      const index = sample + stored.offset - lut.first;
      return lut.values[index < 0 ? 0 : index > last ? last : index]!;
    });
    return { samples, slope: 1, intercept: 0 };
  }
  const transformation = functionalGroup(dataSet, tags.pixelValueTransformationSequence);
  const said = decimal(transformation, tags.rescaleSlope) ?? 1;
  // A slope of zero would make every pixel the same; writers who put it there mean 'none'.
  const slope = said === 0 ? 1 : said;
  const intercept = decimal(transformation, tags.rescaleIntercept) ?? 0;
  return { samples: stored.samples, slope, intercept: stored.offset * slope + intercept };
}
