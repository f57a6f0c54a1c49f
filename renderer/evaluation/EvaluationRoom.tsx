import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { ListBox, ListBoxItem } from 'react-aria-components';
import { cx } from '../cx.ts';
import frame from '../training/trainingRoom.module.css';
import { refreshEvaluations, showEvaluation, useEvaluation } from './evaluation.ts';
import { withInterval } from './evaluationWords.ts';
import { Inspector } from './Inspector.tsx';
import { ReportView } from './ReportView.tsx';
import styles from './evaluationRoom.module.css';

/** Evaluation: what the test patients said of each model, and one model beside another. */
export function EvaluationRoom(): ReactNode {
  useEffect(() => void refreshEvaluations(), []);
  return (
    <div className={styles['room']}>
      <EvaluationList />
      <Shown />
    </div>
  );
}

function EvaluationList(): ReactNode {
  const rows = useEvaluation((now) => now.rows);
  const error = useEvaluation((now) => now.listError);
  const shown = useEvaluation((now) => now.reportOf);
  return (
    <aside className={frame['list']} aria-label="Evaluated models">
      <div className={frame['head']}>
        <h2 id="evaluation-list" className={frame['title']}>
          Evaluated models
        </h2>
      </div>
      {error !== null && <p className={frame['word']}>{error}</p>}
      {rows === null && error === null && <p className={frame['word']}>Looking</p>}
      {rows?.length === 0 && <p className={frame['word']}>None yet.</p>}
      <ListBox
        aria-labelledby="evaluation-list"
        items={rows ?? []}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={shown === null ? [] : [shown]}
        onSelectionChange={(keys) => {
          const [id] = keys === 'all' ? [] : [...keys];
          if (id !== undefined) void showEvaluation(String(id));
        }}
      >
        {({ id, model, snapshot, study, readAt, balancedAccuracy, isOld }) => (
          <ListBoxItem id={id} textValue={model.name} className={cx(frame['row'])}>
            <span className={frame['name']}>{model.name}</span>
            <span className={frame['words']}>
              {snapshot.name}, {study}
            </span>
            <span className={frame['words']}>
              {isOld
                ? 'Of an earlier version: evaluate it again'
                : `Balanced accuracy ${withInterval(balancedAccuracy)}`}
            </span>
            <span className={frame['words']}>{new Date(readAt).toLocaleString()}</span>
          </ListBoxItem>
        )}
      </ListBox>
    </aside>
  );
}

function Shown(): ReactNode {
  const rows = useEvaluation((now) => now.rows);
  const id = useEvaluation((now) => now.reportOf);
  const report = useEvaluation((now) => now.report);
  if (id !== null && report.state === 'here')
    return (
      <>
        <main key={id} className={frame['subject']} aria-label="Evaluation">
          <ReportView id={id} report={report.value.report} />
        </main>
        <Inspector key={`about ${id}`} id={id} report={report.value.report} />
      </>
    );
  return (
    <main className={frame['subject']} aria-label="Evaluation">
      <div className={frame['empty']}>
        {id !== null && report.state === 'failed' ? (
          <>
            <h2>This report cannot be shown</h2>
            <p>{report.sentence}</p>
          </>
        ) : rows?.length === 0 ? (
          <>
            <h2>No model was evaluated yet</h2>
            <p>
              Train a model in the training room, then let it read the test patients of its data set there.
              Its report stands here afterwards.
            </p>
          </>
        ) : (
          <p role="status">Loading the report</p>
        )}
      </div>
    </main>
  );
}
