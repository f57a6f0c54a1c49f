import type { ReactNode } from 'react';
import { counted, type MeasureRow } from './evaluationWords.ts';
import styles from './report.module.css';

/** Measures, each with its interval and what was counted. */
export function EstimateTable({
  rows,
  caption,
}: {
  readonly rows: readonly MeasureRow[];
  readonly caption: string;
}): ReactNode {
  return (
    <table className={styles['table']} aria-label={caption}>
      <thead>
        <tr>
          <th scope="col">Measure</th>
          <th scope="col">Value</th>
          <th scope="col">95 % interval</th>
          <th scope="col">n</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, value }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {value === null ? (
              <td colSpan={3}>too little to say</td>
            ) : (
              <>
                <td>{value.estimate.toFixed(3)}</td>
                <td>
                  {value.low.toFixed(3)} to {value.high.toFixed(3)}
                </td>
                <td>{counted(value)}</td>
              </>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
