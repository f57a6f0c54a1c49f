import type { ReactNode } from 'react';
import type { EvaluationReport } from '../../electron/contract/evaluation.ts';
import { ReliabilityPlot, RocPlot } from './Curves.tsx';
import { ErrorGallery } from './ErrorGallery.tsx';
import { EstimateTable } from './EstimateTable.tsx';
import { headline, type MeasureRow } from './evaluationWords.ts';
import styles from './report.module.css';
import { ConfusionTable, SubgroupTable } from './Tables.tsx';

/** One evaluation: what kind of films, then the numbers, then who is served worse and the errors themselves. */
export function ReportView({
  id,
  report,
}: {
  readonly id: string;
  readonly report: EvaluationReport;
}): ReactNode {
  const { model, snapshot, warning, fracture, calibration, classifier, conformal, subgroups } = report;
  return (
    <article className={styles['report']} aria-labelledby="evaluation-name">
      <header className={styles['part']}>
        <h2 id="evaluation-name" className={styles['name']}>
          {model.name}
        </h2>
        {warning !== null && <p className={styles['warning']}>{warning}</p>}
        <p className={styles['quiet']}>
          Test patients of {snapshot.name}, read end to end as films from outside are read.
        </p>
      </header>
      <Part id="headline" title="At a glance">
        <EstimateTable caption="At a glance" rows={headline(report)} />
      </Part>
      <Part id="curves" title="Fracture or none, and whether the probabilities hold">
        <div className={styles['plots']}>
          <RocPlot fracture={fracture} />
          <ReliabilityPlot calibration={calibration} />
        </div>
        <details>
          <summary>The points as a table</summary>
          <EstimateTable caption="Operating points and reliability" rows={pointRows(report)} />
        </details>
      </Part>
      <Part id="confusion" title="What was taken for what">
        <ConfusionTable confusion={classifier.confusion} />
      </Part>
      <Part id="sets" title="Sets of classes that hold the truth">
        {conformal === null ? (
          <p>No sets could be fixed: the tuning patients lack a class.</p>
        ) : (
          <>
            <p className={styles['quiet']}>
              Fixed on the tuning patients to hold the truth for{' '}
              {Math.round(100 * (1 - conformal.miscoverage))} % of the hips of each class.
            </p>
            <EstimateTable caption="Prediction sets" rows={setRows(conformal)} />
          </>
        )}
      </Part>
      <Part id="subgroups" title="Who is served worse">
        <p className={styles['quiet']}>
          The gap is the balanced accuracy of a part less that of all others. Many comparisons are made here,
          so one in twenty is to be expected of chance.
        </p>
        {subgroups.length === 0 && <p>Nothing is known of these films that would part them.</p>}
        {subgroups.map((part) => (
          <SubgroupTable key={part.by} {...part} />
        ))}
      </Part>
      <Part id="errors" title="The worst errors">
        <ErrorGallery id={id} errors={report.errors} />
      </Part>
    </article>
  );
}

function Part({
  id,
  title,
  children,
}: {
  readonly id: string;
  readonly title: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <section className={styles['part']} aria-labelledby={`evaluation-${id}`}>
      <h3 id={`evaluation-${id}`} className={styles['heading']}>
        {title}
      </h3>
      {children}
    </section>
  );
}

function pointRows({ fracture, calibration }: EvaluationReport): MeasureRow[] {
  return [
    ...fracture.operatingPoints.flatMap(({ name, threshold, sensitivity, specificity }) => [
      { name: `Sensitivity, ${name} (from ${threshold.toFixed(3)})`, value: sensitivity },
      { name: `Specificity, ${name}`, value: specificity },
    ]),
    ...calibration.before.reliability.map(({ confidence, right }, i) => ({
      name: `Right in bin ${String(i + 1)}, as answered: mean confidence ${confidence.toFixed(3)}`,
      value: right,
    })),
    ...(calibration.after?.reliability ?? []).map(({ confidence, right }, i) => ({
      name: `Right in bin ${String(i + 1)}, at the temperature: mean confidence ${confidence.toFixed(3)}`,
      value: right,
    })),
  ];
}

function setRows(conformal: NonNullable<EvaluationReport['conformal']>): MeasureRow[] {
  return [
    { name: 'Sets that hold the truth', value: conformal.coverage },
    ...conformal.coverageByClass.map(({ group, coverage }) => ({
      name: `Sets that hold the truth, ${group}`,
      value: coverage,
    })),
    { name: 'Mean number of classes', value: conformal.meanSetSize },
    { name: 'Right, of sets of one class', value: conformal.rightOfSingle },
  ];
}
