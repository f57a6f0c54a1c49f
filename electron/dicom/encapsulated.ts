import type { DataSet, Element } from 'dicom-parser';
import type { PixelModule } from './pixelModule.ts';
import { refusal } from './refusal.ts';
import type { FrameWords } from './words.ts';

export function decodeEncapsulatedFrame(
  _dataSet: DataSet,
  _pixelData: Element,
  _pixels: PixelModule,
  transferSyntax: string,
): Promise<FrameWords> {
  throw refusal(
    'unsupported-transfer-syntax',
    `This picture is compressed (${transferSyntax}), which Calcar does not read.`,
  );
}
