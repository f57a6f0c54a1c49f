import type { LineIntegrals } from './projector.ts';
import { massAttenuation } from './attenuation.ts';
import type { Spectrum } from './spectrum.ts';

/** Steps and reach of the table, g/cm²; beyond it the last cell goes on in a straight line. */
const softStep = 0.5;
const softCellsMost = 120;
const boneStep = 0.125;
const boneCellsMost = 240;

/**
 * -ln of the detector's transmission for every pixel (see `transmission`), rows × columns. Beam hardening
 * is in it. From a table over both masses with bilinear interpolation: the logarithm bends so little that
 * the table is within 2e-4 of the sum over energies.
 */
export function absorbance(spectrum: Spectrum, { soft, bone }: LineIntegrals): Float32Array {
  // No further than the picture's own masses reach: a hip needs a tenth of the whole table.
  const softCells = Math.min(softCellsMost, cellsFor(soft, softStep));
  const boneCells = Math.min(boneCellsMost, cellsFor(bone, boneStep));
  const table = absorbanceTable(spectrum, softCells, boneCells);
  const stride = boneCells + 1;
  const result = new Float32Array(soft.length);
  for (let pixel = 0; pixel < result.length; pixel++) {
    const s = soft[pixel]! / softStep;
    const b = bone[pixel]! / boneStep;
    const i = Math.min(Math.floor(s), softCells - 1);
    const j = Math.min(Math.floor(b), boneCells - 1);
    const u = s - i;
    const v = b - j;
    const cell = i * stride + j;
    const near = table[cell]! + v * (table[cell + 1]! - table[cell]!);
    const far = table[cell + stride]! + v * (table[cell + stride + 1]! - table[cell + stride]!);
    result[pixel] = near + u * (far - near);
  }
  return result;
}

function cellsFor(masses: Float32Array, step: number): number {
  let most = 0;
  for (let n = 0; n < masses.length; n++) if (masses[n]! > most) most = masses[n]!;
  return Math.floor(most / step) + 1;
}

function absorbanceTable(
  { energies, photons }: Spectrum,
  softCells: number,
  boneCells: number,
): Float64Array {
  const behindSoft = energies.map((energy, n) => {
    const attenuation = massAttenuation('softTissue', energy);
    const weight = photons[n]! * energy;
    return Float64Array.from(
      { length: softCells + 1 },
      (_, i) => weight * Math.exp(-attenuation * i * softStep),
    );
  });
  const behindBone = energies.map((energy) => {
    const attenuation = massAttenuation('corticalBone', energy);
    return Float64Array.from({ length: boneCells + 1 }, (_, j) => Math.exp(-attenuation * j * boneStep));
  });
  const table = new Float64Array((softCells + 1) * (boneCells + 1));
  for (let n = 0; n < energies.length; n++) {
    const softTerm = behindSoft[n]!;
    const boneTerm = behindBone[n]!;
    for (let i = 0, cell = 0; i <= softCells; i++) {
      const through = softTerm[i]!;
      for (let j = 0; j <= boneCells; j++, cell++) table[cell]! += through * boneTerm[j]!;
    }
  }
  const open = Math.log(table[0]!);
  for (let cell = 0; cell < table.length; cell++) table[cell] = open - Math.log(table[cell]!);
  return table;
}
