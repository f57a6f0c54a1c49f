import type { ReactNode } from 'react';
import type { PromotionRules, ShelvedModel } from '../../electron/contract/models.ts';
import run from '../training/runView.module.css';
import { rulesLines } from './modelWords.ts';
import styles from './models.module.css';

/** What this candidate has to show, and when that was settled. */
export function RulesPart({
  rules,
  set,
}: {
  readonly rules: PromotionRules;
  readonly set: ShelvedModel['rulesSet'];
}): ReactNode {
  return (
    <section className={run['where']} aria-labelledby="model-rules">
      <h3 id="model-rules" className={run['state']}>
        What is asked of it
      </h3>
      <ul className={styles['rules']}>
        {rulesLines(rules).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <p className={run['quiet']}>
        {set === 'before its training'
          ? 'Settled before its training began, and kept with it.'
          : 'Settled when it was put on the shelf: its training began without them.'}
      </p>
    </section>
  );
}
