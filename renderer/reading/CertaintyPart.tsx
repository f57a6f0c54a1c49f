import type { ReactNode } from 'react';
import type { ModelConfidence } from '../../electron/contract/confidence.ts';
import type { Estimate } from '../../electron/contract/evaluation.ts';
import styles from './certaintyPart.module.css';

/** What earned the probabilities their trust: how often answers of each confidence were right, on other patients. */
export function CertaintyPart({ confidence }: { readonly confidence: ModelConfidence }): ReactNode {
  const { judged, fixedOn, study, conformal } = confidence;
  if (judged === null) return null;
  const films = study === 'simulated study' ? 'simulated films' : 'films';
  return (
    <details className={styles['part']}>
      <summary>How sure it may be</summary>
      <Reliability bins={judged.reliability} hips={judged.on.hips} films={films} />
      <dl>
        <dt>Calibration error</dt>
        <dd>{ratio(judged.expectedCalibrationError)}</dd>
        {judged.coverageByClass.map(({ group, coverage }) => (
          <div key={group}>
            <dt>Set holds the truth, {group}</dt>
            <dd>{percents(coverage)}</dd>
          </div>
        ))}
        <dt>High sensitivity</dt>
        <dd>
          {percents(judged.highSensitivity.sensitivity)} of fractures called,{' '}
          {percents(judged.highSensitivity.specificity)} of whole hips not
        </dd>
        <dt>High specificity</dt>
        <dd>
          {percents(judged.highSpecificity.sensitivity)} of fractures called,{' '}
          {percents(judged.highSpecificity.specificity)} of whole hips not
        </dd>
        <dt>Left to a human</dt>
        <dd>{percents(judged.needsHuman)}</dd>
        <dt>Right of the others</dt>
        <dd>{percents(judged.rightOfAnswered)}</dd>
      </dl>
      <p>
        Fixed on {fixedOn.patients.toLocaleString()} patients, judged on {judged.on.patients.toLocaleString()}{' '}
        others, {films}; sets were to hold the truth for {Math.round(100 * (1 - conformal.miscoverage))} of
        100 hips of each group. In brackets: 95 % intervals.
      </p>
    </details>
  );
}

const side = 150;
const margin = { left: 34, right: 8, top: 6, bottom: 30 };
const x = (share: number): number => margin.left + share * side;
const y = (share: number): number => margin.top + (1 - share) * side;
const ticks = [0, 0.5, 1];

function Reliability({
  bins,
  hips,
  films,
}: {
  readonly bins: NonNullable<ModelConfidence['judged']>['reliability'];
  readonly hips: number;
  readonly films: string;
}): ReactNode {
  const size = `0 0 ${String(margin.left + side + margin.right)} ${String(margin.top + side + margin.bottom)}`;
  return (
    <figure>
      <svg viewBox={size} role="img" aria-label="Share right by confidence; the diagonal is perfect">
        {ticks.map((tick) => (
          <g key={tick}>
            <path d={`M${String(x(0))} ${String(y(tick))}h${String(side)}`} className={styles['grid']} />
            <text x={x(0) - 6} y={y(tick) + 4} textAnchor="end">
              {100 * tick}
            </text>
            <text x={x(tick)} y={y(0) + 13} textAnchor="middle">
              {100 * tick}
            </text>
          </g>
        ))}
        <text x={x(0.5)} y={y(0) + 26} textAnchor="middle">
          confidence, %
        </text>
        <text transform={`translate(9 ${String(y(0.5))}) rotate(-90)`} textAnchor="middle">
          right, %
        </text>
        <path
          d={`M${String(x(0))} ${String(y(0))}L${String(x(1))} ${String(y(1))}`}
          className={styles['ideal']}
        />
        {bins.map(({ confidence, right }) => (
          <g key={confidence}>
            <path
              d={`M${String(x(confidence))} ${String(y(right.low))}V${String(y(right.high))}`}
              className={styles['interval']}
            />
            <circle cx={x(confidence)} cy={y(right.estimate)} r="2.5" className={styles['dot']}>
              <title>{`Confidence ${String(Math.round(100 * confidence))} %: right ${percents(right)}`}</title>
            </circle>
          </g>
        ))}
      </svg>
      <figcaption>
        {hips.toLocaleString()} hips, {films}; bars are 95 % intervals
      </figcaption>
    </figure>
  );
}

/** "90.5 % (89.5 to 91.6; n = 4,322)" */
function percents(value: Estimate | null): string {
  if (value === null) return 'not counted';
  const [p, low, high] = [value.estimate, value.low, value.high].map((share) => (100 * share).toFixed(1));
  return `${p!} % (${low!} to ${high!}; n = ${value.n.toLocaleString()})`;
}

function ratio(value: Estimate | null): string {
  if (value === null) return 'not counted';
  const { estimate, low, high, n } = value;
  return `${estimate.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)}; n = ${n.toLocaleString()})`;
}
