import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import type { LabBatch } from '../../electron/contract/lab.ts';
import { cx } from '../cx.ts';
import controls from '../design/controls.module.css';
import { useLab } from './lab.ts';
import { batchWords, styleWords } from './labWords.ts';
import { resumeBatch, stopBatch } from './work.ts';
import styles from './volumeList.module.css';

/** Every batch with what it is at, newest first. */
export function BatchList(): ReactNode {
  const batches = useLab((now) => now.batches);
  if (batches.length === 0) return null;
  return (
    <section className={styles['batches']} aria-labelledby="lab-batches">
      <h2 id="lab-batches" className={styles['title']}>
        Batches
      </h2>
      <ul className={styles['batchRows']}>
        {batches.map((batch) => (
          <Row key={batch.id} batch={batch} />
        ))}
      </ul>
    </section>
  );
}

function Row({ batch }: { readonly batch: LabBatch }): ReactNode {
  const busy = batch.state === 'running' || batch.state === 'waiting';
  return (
    <li className={styles['batch']} data-batch={batch.state} title={batch.folder}>
      <p className={styles['name']}>{batch.volumeName}</p>
      <p className={styles['words']}>
        {styleWords[batch.style]} style, seed {batch.seed}
      </p>
      <p>{batchWords(batch)}</p>
      <svg width="100%" height="4" aria-hidden="true">
        <rect width="100%" height="4" rx="2" className={styles['track']} />
        <rect
          width={`${String((100 * batch.done) / Math.max(1, batch.of))}%`}
          height="4"
          rx="2"
          className={cx(styles['bar'], !busy && styles['still'])}
        />
      </svg>
      {batch.reason !== null && <p className={styles['words']}>{batch.reason}</p>}
      {busy && (
        <Button
          className={cx(controls['button'])}
          aria-label={`Stop the batch of ${batch.volumeName}`}
          onPress={() => void stopBatch(batch.id)}
        >
          Stop
        </Button>
      )}
      {(batch.state === 'paused' || batch.state === 'failed') && (
        <Button
          className={cx(controls['button'])}
          aria-label={`Resume the batch of ${batch.volumeName}`}
          onPress={() => void resumeBatch(batch.id)}
        >
          Resume
        </Button>
      )}
    </li>
  );
}
