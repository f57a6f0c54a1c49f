import type { StoredPicture } from '../../learning/simulation/renderBatchFiles.ts';
import type { Colour } from './canvas.ts';
import { blend, createCanvas, dashedFrame, drawText, toPng } from './canvas.ts';
import { letteringFace } from './lettering/lettering.ts';

const white: Colour = [236, 236, 236];
const accent: Colour = [126, 172, 218];
const lineHeight = 22;

/** A simulated radiograph with its true box, and under it what it shows. A PNG. */
export function drawDrr({ rows, columns, greys, truth }: StoredPicture): Uint8Array {
  const canvas = createCanvas(Math.max(columns, 360), rows + 2 * lineHeight + 12);
  for (let y = 0, n = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++, n++) {
      const grey = greys[n]!;
      blend(canvas, x, y, [grey, grey, grey], 1);
    }
  }
  if (truth.box !== null) dashedFrame(canvas, truth.box, accent);
  const label =
    truth.label === 'none'
      ? 'no fracture'
      : truth.label === 'unknown'
        ? 'not graded'
        : `Garden ${truth.label}`;
  const lines = [
    `SIMULATED · ${truth.side} hip · ${label}`,
    `seed ${String(truth.seed)}, view ${String(truth.view)}`,
  ];
  lines.forEach((line, n) => {
    drawText(canvas, letteringFace('body'), line, 8, rows + 6 + n * lineHeight, white);
  });
  return toPng(canvas);
}
