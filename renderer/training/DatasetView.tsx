import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import type { DatasetRow } from '../../electron/contract/snapshot.ts';
import { cx } from '../cx.ts';
import controls from '../design/controls.module.css';
import { CountsTable } from './CountsTable.tsx';
import { setTraining } from './training.ts';
import styles from './runView.module.css';

/** A frozen data set: who is in it, how they are split, where it lies. */
export function DatasetView({ dataset }: { readonly dataset: DatasetRow }): ReactNode {
  return (
    <article className={styles['run']} aria-labelledby="dataset-name">
      <header className={styles['head']}>
        <div>
          <h2 id="dataset-name" className={styles['name']}>
            {dataset.name}
          </h2>
          <p className={styles['quiet']}>
            Frozen {new Date(dataset.frozenAt).toLocaleString()}
            {dataset.study === 'simulated study' && <span className={styles['badge']}>SIMULATED STUDY</span>}
          </p>
        </div>
        <Button
          className={cx(controls['button'], controls['primary'])}
          onPress={() => setTraining({ panel: 'start' })}
        >
          Train on it
        </Button>
      </header>
      <CountsTable counts={dataset.counts} />
      <p className={styles['quiet']}>
        A patient stays in one split for the life of this station. A training in which anything of a patient
        to tune on or to test with could reach what is learned from is refused, with the names.
      </p>
      <dl className={styles['places']}>
        <dt>Hash</dt>
        <dd>{dataset.hash}</dd>
        <dt>Folder</dt>
        <dd>{dataset.folder}</dd>
      </dl>
    </article>
  );
}
