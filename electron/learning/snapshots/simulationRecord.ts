/** What a simulated film's file says it was made from: the other side of `filmToDicom`. */
import * as z from 'zod';
import { CalcarError } from '../../contract/errors.ts';
import { valueBytes } from '../../dicom/elements.ts';
import { parseDicomFile } from '../../dicom/parse.ts';

const recordTag = 'x00191001';
const record = z.looseObject({
  source: z.looseObject({ kind: z.enum(['phantom', 'volume']) }),
  exposure: z.looseObject({ scatterToPrimary: z.number() }),
});

/**
 * Films of a phantom in the look of a clinic may stand in for films. A radiograph computed from a CT shows a person
 * who may be in another split, and one without scatter, which no department takes, is in the plain look of a DRR:
 * both only augment. A file without a record of Calcar's passes.
 *
 * @param bytes of a simulated film's DICOM file
 * @throws CalcarError 'leak' for a picture that may not stand in for a film
 */
export function refuseAugmentation(bytes: Uint8Array): void {
  const { dataSet } = parseDicomFile(bytes);
  const element = dataSet.elements[recordTag];
  if (element === undefined) return;
  const { source, exposure } = record.parse(
    JSON.parse(Buffer.from(valueBytes(dataSet, element)).toString('utf8')),
  );
  if (source.kind === 'volume')
    throw new CalcarError(
      'leak',
      'This picture was computed from a CT. It shows the person of that CT, who may be among the other films, so it may only augment what is learned from.',
    );
  if (exposure.scatterToPrimary === 0)
    throw new CalcarError(
      'leak',
      'This simulated picture is in the plain look of a DRR, which is made to augment and is no stand-in for a film.',
    );
}
