import { shownProbabilities } from '../../contract/certaintyWords.ts';
import type { Finding, HipFinding, SaliencyMap } from '../../contract/finding.ts';
import { gradeGroups } from '../../contract/finding.ts';
import type { Box } from '../../contract/image.ts';
import { wrap } from '../table.ts';
import { answerInWords, badgesOf, groupInWords, percent, sideInWords } from '../words.ts';
import type { Canvas, Colour } from './canvas.ts';
import { blend, createCanvas, dashedFrame, drawText, fillRectangle, toPng } from './canvas.ts';
import { inferno } from './inferno.ts';
import { letteringFace, textWidth } from './lettering/lettering.ts';
import type { Greys } from './resample.ts';
import { resample } from './resample.ts';

export interface OverlaySubject {
  /** The film as it is displayed. */
  readonly film: Greys;
  readonly finding: Finding;
  /** One a hip, in their order; empty where none could be made. */
  readonly saliency: readonly SaliencyMap[];
  /** First line of the model card. */
  readonly modelWarning: string;
}

const white: Colour = [236, 236, 236];
const soft: Colour = [160, 160, 160];
const track: Colour = [44, 44, 44];
const accent: Colour = [126, 172, 218];
const dimmed: Colour = [92, 108, 126];
const panelHeight = 760;
const panelWidth = 780;
const margin = 24;
const lineHeight = 22;
/** Widest mean advance of a character of the body face, in pixels. */
const bodyCharacter = 7.6;
/** Evidence below this share of the strongest is left transparent. */
const saliencyFloor = 0.15;

/**
 * The film with the machine's boxes, beside it the same film with its evidence, under them the answer in
 * words, the three probabilities of each hip, and where the answer comes from. A PNG.
 */
export function drawOverlay(subject: OverlaySubject): Uint8Array {
  const { film, finding } = subject;
  const scale = Math.min(panelHeight / film.rows, panelWidth / film.columns);
  const small = resample(film, scale);
  const twoPanels = finding.hips.length > 0;
  const gap = 16;
  const content = Math.max(620, twoPanels ? 2 * small.columns + gap : small.columns);
  const cautions = finding.warnings.filter((warning) => warning.weight !== 'note');
  const lines = (text: string) => wrap(text, Math.floor(content / bodyCharacter));
  const cautionLines = cautions.flatMap((warning) => lines(warning.sentence));
  const footer = [originOf(finding), ...lines(subject.modelWarning)];
  const under = margin + small.rows + lineHeight + 16;
  const blockHeight = 4 * lineHeight + 24;
  const answers = twoPanels ? Math.ceil(finding.hips.length / 2) * blockHeight : lineHeight + 18;
  const height = under + answers + (cautionLines.length + footer.length) * lineHeight + 10 + margin;
  const canvas = createCanvas(content + 2 * margin, height);

  const left = margin;
  const right = margin + small.columns + gap;
  drawFilm(canvas, small, left, margin);
  caption(canvas, twoPanels ? 'Film · dashed: found by the machine' : 'Film', left, margin + small.rows + 6);
  if (twoPanels) {
    drawFilm(canvas, small, right, margin);
    for (const map of subject.saliency) drawSaliency(canvas, map, right, margin, scale, small);
    caption(canvas, saliencyCaption(subject.saliency.length), right, margin + small.rows + 6);
  }
  for (const hip of finding.hips) dashedFrame(canvas, placed(hip.box, left, margin, scale), accent);

  let y = under;
  // As on the film: what is at the left of the picture stands at the left here.
  const hips = [...finding.hips].sort((a, b) => a.box.x - b.box.x);
  hips.forEach((hip, n) => {
    drawHip(
      canvas,
      hip,
      margin + (n % 2) * Math.round((content + gap) / 2),
      y + Math.floor(n / 2) * blockHeight,
    );
  });
  if (hips.length === 0) drawText(canvas, letteringFace('title'), 'No answer on this film', margin, y, white);
  y += answers;
  for (const line of cautionLines) {
    drawText(canvas, letteringFace('body'), line, margin, y, white);
    y += lineHeight;
  }
  footer.forEach((line, n) => caption(canvas, line, margin, y + 10 + n * lineHeight));
  return toPng(canvas);
}

function drawFilm(canvas: Canvas, film: Greys, left: number, top: number): void {
  for (let y = 0; y < film.rows; y++)
    for (let x = 0; x < film.columns; x++) {
      const grey = film.greys[y * film.columns + x]!;
      blend(canvas, left + x, top + y, [grey, grey, grey], 1);
    }
}

const placed = (box: Box, left: number, top: number, scale: number): Box => ({
  x: left + box.x * scale,
  y: top + box.y * scale,
  width: box.width * scale,
  height: box.height * scale,
});

function drawSaliency(
  canvas: Canvas,
  map: SaliencyMap,
  left: number,
  top: number,
  scale: number,
  film: Greys,
): void {
  const area = placed(map.box, left, top, scale);
  const [fromX, toX] = [
    Math.max(left, Math.floor(area.x)),
    Math.min(left + film.columns, area.x + area.width),
  ];
  const [fromY, toY] = [Math.max(top, Math.floor(area.y)), Math.min(top + film.rows, area.y + area.height)];
  for (let y = fromY; y < toY; y++)
    for (let x = fromX; x < toX; x++) {
      const column = ((x + 0.5 - area.x) / area.width) * map.columns - 0.5;
      const row = ((y + 0.5 - area.y) / area.height) * map.rows - 0.5;
      const value = bilinear(map, row, column);
      if (value > saliencyFloor)
        blend(canvas, x, y, inferno(value), 0.65 * ((value - saliencyFloor) / (1 - saliencyFloor)) ** 0.7);
    }
}

function bilinear({ rows, columns, values }: SaliencyMap, row: number, column: number): number {
  const at = (r: number, c: number): number =>
    values[Math.min(rows - 1, Math.max(0, r)) * columns + Math.min(columns - 1, Math.max(0, c))]!;
  const [r, c] = [Math.floor(row), Math.floor(column)];
  const [fr, fc] = [row - r, column - c];
  return (
    (at(r, c) * (1 - fc) + at(r, c + 1) * fc) * (1 - fr) +
    (at(r + 1, c) * (1 - fc) + at(r + 1, c + 1) * fc) * fr
  );
}

function drawHip(canvas: Canvas, hip: HipFinding, x: number, y: number): void {
  const body = letteringFace('body');
  const title =
    hip.needsHuman.length > 0 ? `Needs a human, ${sideInWords[hip.laterality]}` : answerInWords(hip);
  drawText(canvas, letteringFace('title'), title, x, y, white);
  gradeGroups.forEach((group, n) => {
    const top = y + 36 + n * lineHeight;
    const answer = group === hip.gradeGroup;
    const share = shownProbabilities(hip)[group];
    drawText(canvas, body, groupInWords[group], x, top, answer ? white : soft);
    const bar = { x: x + 184, y: top + 6, width: 200, height: 8 };
    fillRectangle(canvas, bar, track);
    fillRectangle(canvas, { ...bar, width: bar.width * share }, answer ? accent : dimmed);
    const text = percent(share);
    drawText(canvas, body, text, x + 440 - textWidth(body, text), top, answer ? white : soft);
  });
}

const saliencyCaption = (maps: number): string =>
  maps === 0
    ? 'No evidence map could be made'
    : 'Evidence for the answer, brighter is more · not the outline of a fracture';

function caption(canvas: Canvas, text: string, x: number, y: number): void {
  drawText(canvas, letteringFace('body'), text, x, y, soft);
}

/** Which model and backend answered, and what marks the film. */
function originOf(finding: Finding): string {
  const badges = badgesOf(finding).map((badge) => badge.toUpperCase());
  const origin = `${finding.modelName} · ${finding.modelHash.slice(0, 12)} · ${finding.backend}`;
  return [origin, ...badges].join(' · ');
}
