import type { ReactNode } from 'react';
import type { TrainingRun } from '../../electron/contract/training.ts';
import { bytesWords, durationWords } from './trainingWords.ts';
import styles from './runView.module.css';

/** Every epoch in numbers, one click away. */
export function EpochTable({ run }: { readonly run: TrainingRun }): ReactNode {
  const measures = [...new Set(run.epochs.flatMap((epoch) => Object.keys(epoch.measures)))];
  return (
    <details className={styles['details']}>
      <summary>Every epoch in numbers</summary>
      <table className={styles['table']}>
        <thead>
          <tr>
            <th scope="col">Epoch</th>
            <th scope="col">Loss, learning</th>
            <th scope="col">Loss, tuning</th>
            {measures.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
            <th scope="col">Time</th>
            <th scope="col">Pictures a second</th>
            <th scope="col">Memory</th>
            <th scope="col">Tensors</th>
          </tr>
        </thead>
        <tbody>
          {run.epochs.map((epoch) => (
            <tr key={epoch.epoch} data-best={epoch.epoch === run.bestEpoch}>
              <th scope="row">
                {epoch.epoch}
                {epoch.epoch === run.bestEpoch ? ' (kept)' : ''}
              </th>
              <td>{epoch.trainingLoss.toFixed(4)}</td>
              <td>{epoch.validationLoss.toFixed(4)}</td>
              {measures.map((name) => (
                <td key={name}>{epoch.measures[name]?.toFixed(3) ?? ''}</td>
              ))}
              <td>{durationWords(epoch.seconds)}</td>
              <td>{epoch.imagesPerSecond.toFixed(1)}</td>
              <td>{bytesWords(epoch.residentBytes)}</td>
              <td>{epoch.tensors.toLocaleString()}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
