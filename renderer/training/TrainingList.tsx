import type { ReactNode } from 'react';
import { Button, ListBox, ListBoxItem } from 'react-aria-components';
import type { TrainingRun } from '../../electron/contract/training.ts';
import { cx } from '../cx.ts';
import controls from '../design/controls.module.css';
import { splits, type DatasetRow } from '../../electron/contract/snapshot.ts';
import { setTraining, useTraining } from './training.ts';
import { runLine, shareDone } from './trainingWords.ts';
import styles from './trainingRoom.module.css';

/** Data sets and runs, newest first. */
export function TrainingList(): ReactNode {
  const error = useTraining((now) => now.listError);
  return (
    <aside className={styles['list']} aria-label="Data sets and trainings">
      {error !== null && <p className={styles['word']}>{error}</p>}
      <Datasets />
      <Runs />
    </aside>
  );
}

function Datasets(): ReactNode {
  const datasets = useTraining((now) => now.datasets);
  const chosen = useTraining(({ subject }) => (subject?.kind === 'dataset' ? subject.hash : null));
  return (
    <section aria-labelledby="training-datasets">
      <div className={styles['head']}>
        <h2 id="training-datasets" className={styles['title']}>
          Data sets
        </h2>
        <Button className={cx(controls['button'])} onPress={() => setTraining({ panel: 'freeze' })}>
          Freeze my reads
        </Button>
      </div>
      {datasets === null && <p className={styles['word']}>Looking</p>}
      {datasets?.length === 0 && (
        <p className={styles['word']}>None yet. Read some films, then freeze your reads.</p>
      )}
      <ListBox
        aria-labelledby="training-datasets"
        items={datasets ?? []}
        selectionMode="single"
        selectedKeys={chosen === null ? [] : [chosen]}
        onSelectionChange={(keys) => {
          const [hash] = keys === 'all' ? [] : [...keys];
          if (hash !== undefined) setTraining({ subject: { kind: 'dataset', hash: String(hash) } });
        }}
      >
        {(dataset) => <DatasetItem dataset={dataset} />}
      </ListBox>
    </section>
  );
}

function DatasetItem({ dataset }: { readonly dataset: DatasetRow }): ReactNode {
  return (
    <ListBoxItem id={dataset.hash} textValue={dataset.name} className={cx(styles['row'])}>
      <span className={styles['name']}>{dataset.name}</span>
      <span className={styles['words']}>
        {patientsOf(dataset).toLocaleString()} patients, {dataset.study}
      </span>
    </ListBoxItem>
  );
}

function patientsOf({ counts }: DatasetRow): number {
  return splits.reduce((sum, split) => sum + counts[split].patients, 0);
}

function Runs(): ReactNode {
  const runs = useTraining((now) => now.runs);
  const hasDatasets = useTraining((now) => (now.datasets?.length ?? 0) > 0);
  const chosen = useTraining(({ subject }) => (subject?.kind === 'run' ? subject.id : null));
  return (
    <section aria-labelledby="training-runs">
      <div className={styles['head']}>
        <h2 id="training-runs" className={styles['title']}>
          Trainings
        </h2>
        <Button
          className={cx(controls['button'])}
          isDisabled={!hasDatasets}
          onPress={() => setTraining({ panel: 'start' })}
        >
          New training
        </Button>
      </div>
      {runs?.length === 0 && <p className={styles['word']}>None yet.</p>}
      <ListBox
        aria-labelledby="training-runs"
        items={runs ?? []}
        selectionMode="single"
        selectedKeys={chosen === null ? [] : [chosen]}
        onSelectionChange={(keys) => {
          const [id] = keys === 'all' ? [] : [...keys];
          if (id !== undefined) setTraining({ subject: { kind: 'run', id: String(id) } });
        }}
      >
        {(run) => <RunItem run={run} />}
      </ListBox>
    </section>
  );
}

function RunItem({ run }: { readonly run: TrainingRun }): ReactNode {
  return (
    <ListBoxItem id={run.id} textValue={run.name} className={cx(styles['row'])}>
      <span className={styles['name']}>{run.name}</span>
      <span className={styles['words']}>{runLine(run)}</span>
      <svg width="100%" height="4" aria-hidden="true">
        <rect width="100%" height="4" rx="2" className={styles['track']} />
        <rect
          width={`${String(100 * shareDone(run))}%`}
          height="4"
          rx="2"
          className={cx(styles['done'], run.state !== 'running' && styles['still'])}
        />
      </svg>
    </ListBoxItem>
  );
}
