import type { ReactNode } from 'react';
import { cx } from '../cx.ts';
import styles from './curves.module.css';
import { niceTicks, type Series } from './plot.ts';

const width = 520;
const height = 190;
const margin = { left: 52, right: 118, top: 12, bottom: 34 };

/** Lines over epochs, told apart by dash and by a name at their end; the numbers stand in the table below. */
export function Curves({
  title,
  unit,
  series,
  epochs,
  fromZero,
}: {
  readonly title: string;
  /** What the vertical axis counts. */
  readonly unit: string;
  readonly series: readonly Series[];
  /** The horizontal axis goes from 1 to this. */
  readonly epochs: number;
  readonly fromZero: boolean;
}): ReactNode {
  const values = series.flatMap(({ points }) => points.map(({ value }) => value));
  const ticks = niceTicks(fromZero ? [0, ...values] : values);
  const [low, high] = [ticks[0] ?? 0, ticks.at(-1) ?? 1];
  const x = (epoch: number): number =>
    margin.left + ((epoch - 1) / Math.max(1, epochs - 1)) * (width - margin.left - margin.right);
  const y = (value: number): number =>
    height - margin.bottom - ((value - low) / (high - low || 1)) * (height - margin.top - margin.bottom);
  return (
    <figure className={styles['figure']}>
      <figcaption className={styles['caption']}>{title}</figcaption>
      <svg viewBox={`0 0 ${String(width)} ${String(height)}`} role="img" aria-label={`${title}, by epoch`}>
        {ticks.map((tick) => (
          <g key={tick}>
            <line
              x1={margin.left}
              x2={width - margin.right}
              y1={y(tick)}
              y2={y(tick)}
              className={styles['grid']}
            />
            <text x={margin.left - 8} y={y(tick) + 4} textAnchor="end" className={styles['label']}>
              {tick.toLocaleString(undefined, { maximumFractionDigits: 3 })}
            </text>
          </g>
        ))}
        {epochTicks(epochs).map((epoch) => (
          <text key={epoch} x={x(epoch)} y={height - 16} textAnchor="middle" className={styles['label']}>
            {epoch}
          </text>
        ))}
        <text
          x={(margin.left + width - margin.right) / 2}
          y={height - 2}
          textAnchor="middle"
          className={styles['label']}
        >
          epoch
        </text>
        <text
          transform={`translate(12 ${String((height - margin.bottom + margin.top) / 2)}) rotate(-90)`}
          textAnchor="middle"
          className={styles['label']}
        >
          {unit}
        </text>
        {series.map(({ name, dash, points }, i) => {
          const last = points.at(-1);
          return (
            <g key={name} className={cx(styles['series'])} data-order={i}>
              <polyline
                points={points.map(({ epoch, value }) => `${String(x(epoch))},${String(y(value))}`).join(' ')}
                strokeDasharray={dash}
                className={styles['line']}
              />
              {points.length === 1 && last !== undefined && (
                <circle cx={x(last.epoch)} cy={y(last.value)} r="2.5" className={styles['dot']} />
              )}
              {last !== undefined && (
                <text
                  x={x(last.epoch) + 6}
                  y={y(last.value) + labelShift(series, i, y)}
                  className={styles['name']}
                >
                  {name}
                </text>
              )}
            </g>
          );
        })}
      </svg>
    </figure>
  );
}

/** Names at the ends of two lines that meet stand above and below each other. */
function labelShift(series: readonly Series[], i: number, y: (value: number) => number): number {
  const own = series[i]?.points.at(-1);
  const collides = series.some(({ points }, k) => {
    const other = points.at(-1);
    return (
      k !== i && own !== undefined && other !== undefined && Math.abs(y(other.value) - y(own.value)) < 14
    );
  });
  if (!collides || own === undefined) return 4;
  const above = series.filter(({ points }, k) => {
    const other = points.at(-1);
    return (
      k !== i && other !== undefined && (other.value > own.value || (other.value === own.value && k < i))
    );
  }).length;
  return above === 0 ? -3 : 11;
}

function epochTicks(epochs: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000].find((each) => epochs / each <= 10) ?? 5000;
  return [1, ...Array.from({ length: Math.floor(epochs / step) }, (_, i) => (i + 1) * step)].filter(
    (epoch, i, all) => epoch !== all[i - 1] && (i === 0 || epoch - 1 >= step / 2),
  );
}
