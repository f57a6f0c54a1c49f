import type { ReactNode } from 'react';
import { assetRoutes } from '../../electron/contract/api.ts';
import type { ComparisonReport } from '../../electron/contract/comparison.ts';
import type { EvaluationReport } from '../../electron/contract/evaluation.ts';
import { cx } from '../cx.ts';
import controls from '../design/controls.module.css';
import { compareWith, useEvaluation } from './evaluation.ts';
import { chanceWords, withInterval } from './evaluationWords.ts';
import styles from './evaluationRoom.module.css';

/** What was judged on what, whether it could know the films, and how it stands beside another model. */
export function Inspector({
  id,
  report,
}: {
  readonly id: string;
  readonly report: EvaluationReport;
}): ReactNode {
  const { model, snapshot, independence, readAt, software, backend, test } = report;
  const facts: readonly (readonly [string, string])[] = [
    ['Model', `${model.name} (${model.hash.slice(0, 12)})`],
    ['Data set', `${snapshot.name} (${snapshot.hash.slice(0, 12)})`],
    [
      'Test',
      `${test.patients.toLocaleString()} patients, ${test.films.toLocaleString()} films, ${test.graded.toLocaleString()} hips with a class`,
    ],
    ['Read', `${new Date(readAt).toLocaleString()}, Calcar ${software} on ${backend}`],
  ];
  return (
    <aside className={styles['inspector']} aria-label="About this evaluation">
      <dl className={styles['facts']}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className={styles['quiet']}>{independence.sentence}</p>
      <a className={styles['link']} href={assetRoutes.evaluationPage(id)} download={`evaluation ${id}.html`}>
        Save the whole report as a page
      </a>
      <Comparison id={id} />
    </aside>
  );
}

function Comparison({ id }: { readonly id: string }): ReactNode {
  const rows = useEvaluation((now) => now.rows);
  const other = useEvaluation((now) => now.other);
  const comparison = useEvaluation((now) => now.comparison);
  const others = rows?.filter((row) => row.id !== id && !row.isOld) ?? [];
  return (
    <section className={styles['part']} aria-labelledby="evaluation-compare">
      <h3 id="evaluation-compare" className={styles['heading']}>
        Beside another model
      </h3>
      {others.length === 0 ? (
        <p className={styles['quiet']}>No other model was evaluated by this version of Calcar yet.</p>
      ) : (
        <select
          aria-labelledby="evaluation-compare"
          className={cx(controls['input'])}
          value={other ?? ''}
          onChange={({ currentTarget: { value } }) => void compareWith(value === '' ? null : value)}
        >
          <option value="">None</option>
          {others.map((row) => (
            <option key={row.id} value={row.id}>
              {row.model.name} ({row.snapshot.name})
            </option>
          ))}
        </select>
      )}
      {comparison?.state === 'waiting' && <p role="status">Comparing on the same hips</p>}
      {comparison?.state === 'failed' && <p>{comparison.sentence}</p>}
      {comparison?.state === 'here' && <Compared report={comparison.value} />}
    </section>
  );
}

function Compared({ report }: { readonly report: ComparisonReport }): ReactNode {
  const { warning, verdict, measures, areas, decisions, graded, patients } = report;
  return (
    <>
      {warning !== null && <p className={styles['quiet']}>{warning}</p>}
      <p>{verdict}</p>
      <p className={styles['quiet']}>
        First less second, on the same {graded.toLocaleString()} hips of {patients.toLocaleString()} patients:
        95 % intervals from draws of patients; p after DeLong for areas and McNemar for decisions, after Holm
        over each kind.
      </p>
      <table className={styles['table']} aria-label="Differences">
        <thead>
          <tr>
            <th scope="col">Measure</th>
            <th scope="col">Difference</th>
            <th scope="col">p</th>
          </tr>
        </thead>
        <tbody>
          {[
            ...measures.map(({ name, difference }) => ({ name, difference, p: '' })),
            ...areas.map(({ name, difference, holm }) => ({ name, difference, p: chanceWords(holm) })),
            ...decisions.map(({ name, difference, holm }) => ({ name, difference, p: chanceWords(holm) })),
          ].map(({ name, difference, p }, i) => (
            <tr key={i}>
              <th scope="row">{name}</th>
              <td>{withInterval(difference)}</td>
              <td>{p}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
