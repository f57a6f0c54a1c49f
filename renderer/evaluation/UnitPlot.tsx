import type { ReactNode } from 'react';
import styles from './plots.module.css';

const [width, height] = [420, 380];
const margin = { left: 52, right: 14, top: 12, bottom: 44 };
const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];

/** A share on the picture's axes. */
const across = (share: number): number => margin.left + share * (width - margin.left - margin.right);
const down = (share: number): number =>
  height - margin.bottom - share * (height - margin.top - margin.bottom);

type Point = readonly [x: number, y: number];
const pathOf = (points: readonly Point[]): string =>
  points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${across(x).toFixed(1)} ${down(y).toFixed(1)}`).join('');

/** Shares from 0 to 1 on both axes, with a diagonal. */
export function UnitPlot({
  title,
  x,
  y,
  caption,
  children,
}: {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly caption: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <figure className={styles['figure']}>
      <svg viewBox={`0 0 ${String(width)} ${String(height)}`} role="img" aria-label={title}>
        {ticks.map((tick) => (
          <g key={tick}>
            <path
              d={`M${String(across(tick))} ${String(down(0))}V${String(down(1))}M${String(across(0))} ${String(down(tick))}H${String(across(1))}`}
              className={styles['grid']}
            />
            <text x={across(tick)} y={down(0) + 16} textAnchor="middle" className={styles['label']}>
              {tick.toFixed(1)}
            </text>
            <text x={across(0) - 6} y={down(tick) + 4} textAnchor="end" className={styles['label']}>
              {tick.toFixed(1)}
            </text>
          </g>
        ))}
        <path
          d={pathOf([
            [0, 0],
            [1, 1],
          ])}
          className={styles['guide']}
        />
        <text x={across(0.5)} y={height - 8} textAnchor="middle" className={styles['label']}>
          {x}
        </text>
        <text
          transform={`translate(14 ${String(down(0.5))}) rotate(-90)`}
          textAnchor="middle"
          className={styles['label']}
        >
          {y}
        </text>
        {children}
      </svg>
      <figcaption className={styles['caption']}>{caption}</figcaption>
    </figure>
  );
}

export function Curve({ points }: { readonly points: readonly Point[] }): ReactNode {
  return <path d={pathOf(points)} className={styles['curve']} />;
}

/** Between the least and the largest y over each x. */
export function Band({
  edges,
}: {
  readonly edges: readonly (readonly [x: number, low: number, high: number])[];
}): ReactNode {
  if (edges.length === 0) return null;
  const low = edges.map(([x, y]): Point => [x, y]);
  const high = edges.map(([x, , y]): Point => [x, y]).reverse();
  return <path d={`${pathOf([...low, ...high])}Z`} className={styles['band']} />;
}

/** A point with its whiskers, told apart by shape; `name` stands beside it. */
export function Mark({
  at: [x, y],
  horizontal,
  vertical,
  shape,
  name,
}: {
  readonly at: Point;
  readonly horizontal?: Point;
  readonly vertical?: Point;
  readonly shape: 'circle' | 'square' | 'diamond';
  readonly name?: string;
}): ReactNode {
  const [left, top] = [across(x), down(y)];
  return (
    <g data-shape={shape} className={styles['mark']}>
      {horizontal !== undefined && (
        <line x1={across(horizontal[0])} x2={across(horizontal[1])} y1={top} y2={top} />
      )}
      {vertical !== undefined && <line x1={left} x2={left} y1={down(vertical[0])} y2={down(vertical[1])} />}
      <Shape shape={shape} x={left} y={top} />
      {name !== undefined && (
        <text x={left + 9} y={top + 15} className={styles['name']}>
          {name}
        </text>
      )}
    </g>
  );
}

function Shape({
  shape,
  x,
  y,
}: {
  readonly shape: 'circle' | 'square' | 'diamond';
  readonly x: number;
  readonly y: number;
}): ReactNode {
  if (shape === 'circle') return <circle cx={x} cy={y} r="5" />;
  const side = 9;
  return (
    <rect
      x={x - side / 2}
      y={y - side / 2}
      width={side}
      height={side}
      {...(shape === 'diamond' ? { transform: `rotate(45 ${String(x)} ${String(y)})` } : {})}
    />
  );
}
