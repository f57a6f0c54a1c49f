import type { QualityWarning } from '../contract/finding.ts';
import type { GreyImage } from '../contract/image.ts';

/** Shorter side in pixels below which a femoral neck has too few pixels to show a fracture line. */
export const smallestSide = 256;
/** A film whose wide structure is below this many standard deviations of its noise shows nothing. */
const faintStructure = 3;
/** Grey levels in the sample below which a film was cut down to a drawing or a mask. */
const fewestLevels = 32;
const blocksAcross = 48;
const samplesAcrossBlock = 3;

/** What the grey values alone say against a film; independent of their unit, slope and offset. */
export function pixelWarnings(image: GreyImage): QualityWarning[] {
  const shorter = Math.min(image.rows, image.columns);
  if (shorter < smallestSide)
    return [
      {
        kind: 'too-small',
        weight: 'refuse',
        sentence: `This picture is ${image.columns} × ${image.rows} pixels. Under ${smallestSide} pixels a fracture line cannot be seen, so it was not graded.`,
      },
    ];
  const { structure, noise, levels, samplesInBlock } = measureContrast(image);
  // Block means of pure noise spread by σ/√n; their 5th to 95th percentile spans 3.3 of that, twice which is still noise.
  if (structure <= (6.6 * noise) / Math.sqrt(samplesInBlock))
    return [
      {
        kind: 'blank',
        weight: 'refuse',
        sentence:
          'This film is blank: it holds one even grey and no anatomy, so there was nothing to grade. Look for the exposure that belongs to it.',
      },
    ];
  if (structure < faintStructure * noise || levels < fewestLevels)
    return [
      {
        kind: 'low-contrast',
        weight: 'doubt',
        sentence:
          'This film has very little contrast, so a fine fracture line can be lost in it. Trust your own eyes over the answer, or repeat the film.',
      },
    ];
  return [];
}

interface Contrast {
  /** 5th to 95th percentile of block means: wide differences such as bone against soft tissue. */
  readonly structure: number;
  /** Standard deviation of pixel noise, from the median absolute difference of neighbours. */
  readonly noise: number;
  /** Distinct values among the samples. */
  readonly levels: number;
  readonly samplesInBlock: number;
}

function measureContrast({ rows, columns, values }: GreyImage): Contrast {
  const across = blocksAcross * samplesAcrossBlock;
  const means = new Float64Array(blocksAcross * blocksAcross);
  const differences = new Float64Array(across * across);
  const levels = new Set<number>();
  for (let sampleRow = 0; sampleRow < across; sampleRow++) {
    const row = Math.floor(((sampleRow + 0.5) * rows) / across);
    const blockRow = Math.floor(sampleRow / samplesAcrossBlock) * blocksAcross;
    for (let sampleColumn = 0; sampleColumn < across; sampleColumn++) {
      const column = Math.floor(((sampleColumn + 0.5) * (columns - 1)) / across);
      const value = values[row * columns + column]!;
      means[blockRow + Math.floor(sampleColumn / samplesAcrossBlock)]! += value;
      differences[sampleRow * across + sampleColumn] = Math.abs(values[row * columns + column + 1]! - value);
      if (levels.size < fewestLevels) levels.add(value);
    }
  }
  const samplesInBlock = samplesAcrossBlock ** 2;
  means.sort();
  differences.sort();
  const at = (sorted: Float64Array, fraction: number) => sorted[Math.floor(fraction * (sorted.length - 1))]!;
  return {
    structure: (at(means, 0.95) - at(means, 0.05)) / samplesInBlock,
    // Median |difference of two normals| = 0.6745 √2 σ.
    noise: at(differences, 0.5) / (0.6745 * Math.SQRT2),
    levels: levels.size,
    samplesInBlock,
  };
}
