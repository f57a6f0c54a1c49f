/** Pictures of shares on the unit square and of intervals on a line, as SVG. Everything drawn is readable without colour. */
import type { Estimate } from '../../../contract/evaluation.ts';
import { escaped } from './html.ts';

/** Of the colours, which are told apart by lightness and go with a shape or a dash of their own. */
export type Tone = 'one' | 'two' | 'three';
export type Shape = 'circle' | 'square' | 'diamond' | 'triangle';

const [width, height] = [440, 400];
const margin = { left: 52, right: 12, top: 12, bottom: 44 };
const across = (share: number): number => margin.left + share * (width - margin.left - margin.right);
const down = (share: number): number =>
  height - margin.bottom - share * (height - margin.top - margin.bottom);
const at = (number: number): string => number.toFixed(1);

type Point = readonly [x: number, y: number];

const pathOf = (points: readonly Point[]): string =>
  points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${at(across(x))} ${at(down(y))}`).join('');

export const curve = (points: readonly Point[], tone: Tone, dashes = ''): string =>
  `<path class="curve ${tone}" d="${pathOf(points)}"${dashes === '' ? '' : ` stroke-dasharray="${dashes}"`}/>`;

export const guide = (points: readonly Point[]): string => `<path class="guide" d="${pathOf(points)}"/>`;

/** @param edges x, least y, largest y */
export function band(edges: readonly (readonly [number, number, number])[]): string {
  if (edges.length === 0) return '';
  const low = edges.map(([x, y]): Point => [x, y]);
  const high = edges.map(([x, , y]): Point => [x, y]).reverse();
  return `<path class="band" d="${pathOf([...low, ...high])}Z"/>`;
}

/** Whiskers of an interval along one axis. */
export function whisker([x0, y0]: Point, [x1, y1]: Point, tone: Tone): string {
  return `<line class="${tone}" x1="${at(across(x0))}" y1="${at(down(y0))}" x2="${at(across(x1))}" y2="${at(down(y1))}"/>`;
}

/** @param isAbove where the label stands, so that those of near points do not meet */
export function mark([x, y]: Point, shape: Shape, tone: Tone, label = '', isAbove = false): string {
  const [left, top] = [across(x), down(y)];
  const name =
    label === ''
      ? ''
      : `<text class="name" x="${at(left + 9)}" y="${at(top + (isAbove ? -6 : 15))}">${escaped(label)}</text>`;
  return shapeAt(left, top, shape, tone) + name;
}

function shapeAt(x: number, y: number, shape: Shape, tone: Tone): string {
  const of = `class="fill-${tone}"`;
  switch (shape) {
    case 'circle':
      return `<circle ${of} cx="${at(x)}" cy="${at(y)}" r="5"/>`;
    case 'square':
      return `<rect ${of} x="${at(x - 4.5)}" y="${at(y - 4.5)}" width="9" height="9"/>`;
    case 'diamond':
      return `<path ${of} d="M${at(x)} ${at(y - 6.5)}L${at(x + 6.5)} ${at(y)}L${at(x)} ${at(y + 6.5)}L${at(x - 6.5)} ${at(y)}Z"/>`;
    case 'triangle':
      return `<path ${of} d="M${at(x)} ${at(y - 6.5)}L${at(x + 6)} ${at(y + 5)}L${at(x - 6)} ${at(y + 5)}Z"/>`;
  }
}

const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];

/** Axes from 0 to 1 around what is drawn. */
export function unitPlot(name: string, x: string, y: string, drawn: readonly string[]): string {
  const axes = ticks
    .map((tick) => {
      const label = tick.toFixed(1);
      return `<path class="axis" d="M${at(across(tick))} ${at(down(0))}V${at(down(1))}M${at(across(0))} ${at(down(tick))}H${at(across(1))}"/>
<text x="${at(across(tick))}" y="${at(down(0) + 16)}" text-anchor="middle">${label}</text><text x="${at(across(0) - 6)}" y="${at(down(tick) + 4)}" text-anchor="end">${label}</text>`;
    })
    .join('');
  const [middleX, middleY] = [at(across(0.5)), at(down(0.5))];
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(name)}">${axes}
<text x="${middleX}" y="${height - 8}" text-anchor="middle">${escaped(x)}</text>
<text x="14" y="${middleY}" text-anchor="middle" transform="rotate(-90 14 ${middleY})">${escaped(y)}</text>
${drawn.join('\n')}</svg>`;
}

export interface ForestRow {
  readonly name: string;
  readonly value: Estimate | null;
  /** A heading instead of a value. */
  readonly isHeading?: boolean;
}

const rowHeight = 22;
const [namesWidth, forestWidth, numbersWidth] = [170, 330, 240];

/** Estimates with their intervals, one a line, between `least` and `most`. */
export function forest(
  name: string,
  rows: readonly ForestRow[],
  inWords: (value: Estimate | null) => string,
  [least, most]: Point = [0, 1],
  reference: number | null = null,
): string {
  const x = (value: number): number =>
    namesWidth + (Math.min(1, Math.max(0, (value - least) / (most - least))) * (forestWidth - 24) + 12);
  const bottom = rows.length * rowHeight + 8;
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const value = least + share * (most - least);
    return `<path class="axis" d="M${at(x(value))} 4V${bottom}"/><text x="${at(x(value))}" y="${bottom + 14}" text-anchor="middle">${(100 * value).toFixed(0)} %</text>`;
  });
  const line = reference === null ? '' : `<path class="guide" d="M${at(x(reference))} 4V${bottom}"/>`;
  const drawn = rows.map(({ name: label, value, isHeading }, i) => {
    const y = 4 + (i + 0.5) * rowHeight;
    const text = `<text class="name" x="${isHeading === true ? 0 : 12}" y="${at(y + 4)}"${isHeading === true ? ' font-weight="600"' : ''}>${escaped(label)}</text>`;
    if (isHeading === true) return text;
    const numbers = `<text x="${namesWidth + forestWidth + 8}" y="${at(y + 4)}">${escaped(inWords(value))}</text>`;
    if (value === null) return text + numbers;
    return `${text}<line class="one" x1="${at(x(value.low))}" y1="${at(y)}" x2="${at(x(value.high))}" y2="${at(y)}"/>${shapeAt(x(value.estimate), y, 'square', 'one')}${numbers}`;
  });
  return `<svg class="broad" viewBox="0 0 ${namesWidth + forestWidth + numbersWidth} ${bottom + 20}" role="img" aria-label="${escaped(name)}">${grid.join('')}${line}${drawn.join('')}</svg>`;
}
