import type { ReactNode } from 'react';
import type { Estimate, EvaluationReport } from '../../electron/contract/evaluation.ts';
import { gradeGroups } from '../../electron/contract/finding.ts';
import { counted, withInterval } from './evaluationWords.ts';
import styles from './report.module.css';

/** What hips are, by row, and what was answered; right answers are underlined. */
export function ConfusionTable({
  confusion,
}: {
  readonly confusion: EvaluationReport['classifier']['confusion'];
}): ReactNode {
  return (
    <table className={styles['table']} aria-label="Confusion table, in hips">
      <thead>
        <tr>
          <th scope="col">Truth, by what was answered</th>
          {[...gradeGroups, 'not found', 'all'].map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {gradeGroups.map((group, truth) => {
          const counts = confusion[truth] ?? [];
          return (
            <tr key={group}>
              <th scope="row">{group}</th>
              {counts.map((count, answer) => (
                <td key={answer} data-right={answer === truth}>
                  {count.toLocaleString()}
                </td>
              ))}
              <td>{counts.reduce((sum, count) => sum + count, 0).toLocaleString()}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** Each part of the hips beside all others; a gap that chance alone would not make is marked in words. */
export function SubgroupTable({ by, groups }: EvaluationReport['subgroups'][number]): ReactNode {
  return (
    <div className={styles['wide']}>
      <table className={styles['table']} aria-label={`By ${by}`}>
        <thead>
          <tr>
            {[`By ${by}`, 'Balanced accuracy', 'Sensitivity', 'Specificity', 'Gap to all others'].map(
              (name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {groups.map(({ name, balancedAccuracy, sensitivity, specificity, gap, differs }) => (
            <tr key={name}>
              <th scope="row">
                {name}
                {differs && <span className={styles['flag']}> ▲ differs</span>}
              </th>
              {[balancedAccuracy, sensitivity, specificity, gap].map((value, i) => (
                <Cell key={i} value={value} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ value }: { readonly value: Estimate | null }): ReactNode {
  if (value === null) return <td>too little to say</td>;
  return (
    <td>
      {withInterval(value)}
      <small>{counted(value)}</small>
    </td>
  );
}
