import type { ReactNode } from 'react';
import {
  splits,
  type CountsBySplit,
  type Split,
  type SplitCounts,
} from '../../electron/contract/snapshot.ts';
import styles from './runView.module.css';

const splitWords: Record<Split, string> = {
  learn: 'To learn from',
  tune: 'To tune on',
  test: 'To test with',
};
const columns: readonly { readonly grade: keyof SplitCounts['hips']; readonly words: string }[] = [
  { grade: 'none', words: 'No fracture' },
  { grade: 'I', words: 'Garden I' },
  { grade: 'II', words: 'II' },
  { grade: 'III', words: 'III' },
  { grade: 'IV', words: 'IV' },
  { grade: 'ungraded', words: 'No grade' },
];

/** Patients, films and hips of each split. */
export function CountsTable({ counts }: { readonly counts: CountsBySplit }): ReactNode {
  return (
    <table className={styles['table']}>
      <thead>
        <tr>
          <th scope="col" className={styles['first']}>
            Split
          </th>
          <th scope="col">Patients</th>
          <th scope="col">Films</th>
          {columns.map(({ grade, words }) => (
            <th key={grade} scope="col">
              {words}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {splits.map((split) => (
          <tr key={split}>
            <th scope="row" className={styles['first']}>
              {splitWords[split]}
            </th>
            <td>{counts[split].patients.toLocaleString()}</td>
            <td>{counts[split].films.toLocaleString()}</td>
            {columns.map(({ grade }) => (
              <td key={grade}>{counts[split].hips[grade].toLocaleString()}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
