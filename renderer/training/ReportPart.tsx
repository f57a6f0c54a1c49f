import type { ReactNode } from 'react';
import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import type { TrainingReport, TrainingRun } from '../../electron/contract/training.ts';
import { say } from '../app/store.ts';
import { cx } from '../cx.ts';
import controls from '../design/controls.module.css';
import { EstimateTable } from '../evaluation/EstimateTable.tsx';
import { headline } from '../evaluation/evaluationWords.ts';
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
      <EstimateTable caption="At a glance" rows={headline(report)} />
      <p className={styles['quiet']}>
        Curves, subgroups and the worst errors stand in the evaluation room, and on the page{' '}
        <code>{page}</code>, which opens in any browser.
      </p>
    </>
  );
}
