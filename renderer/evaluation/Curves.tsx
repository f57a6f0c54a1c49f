import type { ReactNode } from 'react';
import type { CalibrationReport, EvaluationReport } from '../../electron/contract/evaluation.ts';
import { counted, withInterval } from './evaluationWords.ts';
import { Band, Curve, Mark, UnitPlot } from './UnitPlot.tsx';

/** Letters of the operating points, in the order of the report. */
const letterOf = (place: number): string => 'abc'[place] ?? '';

export function RocPlot({
  fracture: { roc, rocBand, operatingPoints, area },
}: {
  readonly fracture: EvaluationReport['fracture'];
}): ReactNode {
  if (roc.length === 0) return <p>No ROC curve: broken or whole hips are missing.</p>;
  const named = operatingPoints.map(({ name }, i) => `${letterOf(i)} ${name}`).join(', ');
  return (
    <UnitPlot
      title="ROC curve of fracture against none"
      x="1 − specificity"
      y="sensitivity"
      caption={
        <>
          ROC, fracture against none: AUC of the hips found {withInterval(area.foundByPatient)}
          {area.foundByPatient === null ? '' : `, ${counted(area.foundByPatient)}`}. The band holds 95 % of
          the draws of patients. Diamonds, with whiskers: thresholds fixed on the tuning patients, over all
          hips ({named}).
        </>
      }
    >
      <Band edges={rocBand} />
      <Curve points={roc} />
      {operatingPoints.map(({ name, sensitivity, specificity }, i) =>
        sensitivity === null || specificity === null ? null : (
          <Mark
            key={name}
            at={[1 - specificity.estimate, sensitivity.estimate]}
            horizontal={[1 - specificity.high, 1 - specificity.low]}
            vertical={[sensitivity.low, sensitivity.high]}
            shape="diamond"
            name={letterOf(i)}
          />
        ),
      )}
    </UnitPlot>
  );
}

export function ReliabilityPlot({
  calibration: { before, after, temperature },
}: {
  readonly calibration: EvaluationReport['calibration'];
}): ReactNode {
  const { expectedCalibrationError: error } = before;
  return (
    <UnitPlot
      title="Confidence against share right"
      x="mean confidence of the answer"
      y="share right"
      caption={
        <>
          Reliability in ten bins{error === null ? '' : `, ${counted(error)}`}. On the dotted line answers are
          as often right as they say. Circles: as answered, calibration error {withInterval(error)}.
          {after !== null && temperature !== null && (
            <>
              {' '}
              Squares: at the temperature {temperature.toFixed(2)},{' '}
              {withInterval(after.expectedCalibrationError)}.
            </>
          )}
        </>
      }
    >
      <Bins of={before} shape="circle" />
      {after !== null && <Bins of={after} shape="square" />}
    </UnitPlot>
  );
}

function Bins({
  of,
  shape,
}: {
  readonly of: CalibrationReport;
  readonly shape: 'circle' | 'square';
}): ReactNode {
  return of.reliability.map(({ confidence, right }, i) => (
    <Mark key={i} at={[confidence, right.estimate]} vertical={[right.low, right.high]} shape={shape} />
  ));
}
