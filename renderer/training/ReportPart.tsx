import type { ReactNode } from 'react';
import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import type { Estimate, EvaluationReport } from '../../electron/contract/evaluation.ts';
import type { TrainingReport, TrainingRun } from '../../electron/contract/training.ts';
import { say } from '../app/store.ts';
import { cx } from '../cx.ts';
import controls from '../design/controls.module.css';
import { call, sentenceOf } from '../station.ts';
import { evaluateRun, stopEvaluation } from './runs.ts';
import { useTraining } from './training.ts';
import styles from './runView.module.css';

/** What the test patients say of a trained model; they are read when a person asks for it. */
export function ReportPart({ run }: { readonly run: TrainingRun }): ReactNode {
  const [made, setMade] = useState<TrainingReport | null>(null);
  const evaluating = useTraining((now) => now.evaluating);
  const own = evaluating?.id === run.id ? evaluating : null;
  useEffect(() => {
    let current = true;
    call('training.report', { id: run.id }).then(
      (report) => {
        if (current) setMade(report);
      },
      (error: unknown) => say(sentenceOf(error)),
    );
    return () => {
      current = false;
    };
  }, [run.id, own === null]);
  return (
    <section className={styles['where']} aria-labelledby="run-report">
      <h3 id="run-report" className={styles['state']}>
        On the test patients
      </h3>
      {made === null && own === null && (
        <p className={styles['quiet']}>
          Nobody of them was learned from or chose an epoch. Read them once, with a finished model: a model
          that is chosen by its test has no test any more.
        </p>
      )}
      {own !== null && (
        <p role="status">
          {own.of === 0 ? 'Starting' : `Reading patients: ${String(own.done)} of ${String(own.of)}`}
        </p>
      )}
      {made !== null && <Measures made={made} />}
      <div className={styles['actions']}>
        {own === null ? (
          <Button
            className={cx(controls['button'])}
            isDisabled={evaluating !== null}
            onPress={() => void evaluateRun(run.id)}
          >
            {made === null ? 'Evaluate' : 'Evaluate again'}
          </Button>
        ) : (
          <Button className={cx(controls['button'])} onPress={() => void stopEvaluation()}>
            Stop
          </Button>
        )}
      </div>
    </section>
  );
}

function Measures({ made: { report, page } }: { readonly made: TrainingReport }): ReactNode {
  return (
    <>
      {report.warning !== null && <p>{report.warning}</p>}
      <p className={styles['quiet']}>{report.independence.sentence}</p>
      <table className={styles['table']}>
        <thead>
          <tr>
            <th scope="col" className={styles['first']}>
              Measure
            </th>
            <th scope="col">Value</th>
            <th scope="col">95 % interval</th>
            <th scope="col">n</th>
          </tr>
        </thead>
        <tbody>
          {rowsOf(report).map(({ name, value }) => (
            <tr key={name}>
              <th scope="row" className={styles['first']}>
                {name}
              </th>
              {value === null ? (
                <td colSpan={3}>too little to say</td>
              ) : (
                <>
                  <td>{value.estimate.toFixed(3)}</td>
                  <td>
                    {value.low.toFixed(3)} to {value.high.toFixed(3)}
                  </td>
                  <td>
                    {value.n.toLocaleString()} {value.of}
                  </td>
                </>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      <p className={styles['quiet']}>
        The whole report, with curves, subgroups and the worst errors, is the page <code>{page}</code>. It
        opens in any browser.
      </p>
    </>
  );
}

function rowsOf({ localizer, classifier, fracture }: EvaluationReport): {
  readonly name: string;
  readonly value: Estimate | null;
}[] {
  const point = fracture.operatingPoints.find(({ name }) => name === 'Youden');
  return [
    { name: 'Mean box overlap (IoU)', value: localizer.meanOverlap },
    { name: 'Hips found', value: localizer.found },
    { name: 'Three-class top-1, by patient', value: classifier.topOneByPatient },
    { name: 'Balanced accuracy', value: classifier.balancedAccuracy },
    { name: 'Macro AUC, all hips', value: classifier.macroArea.allByPatient },
    { name: 'AUC of fracture or none, all hips', value: fracture.area.allByPatient },
    { name: 'Sensitivity for a fracture', value: point?.sensitivity ?? null },
    { name: 'Specificity', value: point?.specificity ?? null },
    ...classifier.byGrade.map(({ grade, right }) => ({
      name: grade === 'none' ? 'Right among whole hips' : `Right among Garden ${grade}`,
      value: right,
    })),
  ];
}
