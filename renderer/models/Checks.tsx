import type { ReactNode } from 'react';
import type { PromotionVerdict } from '../../electron/contract/models.ts';
import { cx } from '../cx.ts';
import run from '../training/runView.module.css';
import { checkWords } from './modelWords.ts';
import styles from './models.module.css';

/** Every check of a judgement: what was asked, what was seen, and what it means. */
export function Checks({ verdict }: { readonly verdict: PromotionVerdict }): ReactNode {
  const { against, snapshot, allowed, checks, warning, at } = verdict;
  return (
    <section className={run['where']} aria-labelledby="model-checks">
      <h3 id="model-checks" className={run['state']}>
        {allowed ? 'May take the current place' : 'Not promoted'}
      </h3>
      <p className={run['quiet']}>
        Against {against.name}, on {snapshot.name}, {new Date(at).toLocaleString()}.
        {warning === null ? '' : ` ${warning}`}
      </p>
      <table className={cx(run['table'], styles['checks'])}>
        <thead>
          <tr>
            <th scope="col">Check</th>
            <th scope="col">Verdict</th>
            <th scope="col">Asked</th>
            <th scope="col">Seen</th>
          </tr>
        </thead>
        <tbody>
          {checks.map(({ check, passed, asked, seen, sentence }) => (
            <tr key={check} data-passed={passed}>
              <th scope="row">{checkWords[check]}</th>
              <td>{passed ? 'passed' : 'failed'}</td>
              <td>{asked}</td>
              <td>
                {seen}
                <span className={styles['sentence']}>{sentence}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
