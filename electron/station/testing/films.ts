import { mm, kilovoltPeak, milliampereSeconds } from '../../contract/units.ts';
import { writeRadiograph } from '../../dicom/index.ts';

/** A small DICOM file of a grey ramp; `seed` makes it another film. */
export function smallFilm(seed: number, patientName = 'Doe^Jane', side = 64): Uint8Array {
  return writeRadiograph({
    rows: side,
    columns: side,
    samples: Uint16Array.from({ length: side * side }, (_, i) => (i * 7 + seed) % 4096),
    bitsStored: 12,
    patient: { name: patientName, id: `ID-${seed}`, sex: 'F', ageYears: 80 },
    bodyPart: 'HIP',
    laterality: 'left',
    viewPosition: 'AP',
    kilovoltPeak: kilovoltPeak(75),
    exposure: milliampereSeconds(20),
    sourceToDetector: mm(1000),
    sourceToPatient: mm(900),
    imagerPixelSpacing: { rowMm: mm(0.4), columnMm: mm(0.4) },
    window: { center: 2048, width: 4096 },
    studyDate: '20261123',
    seriesDescription: 'Test film',
    derivation: `ramp ${seed}`,
  });
}
