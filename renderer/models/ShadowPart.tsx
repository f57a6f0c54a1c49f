import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import type { ShadowReport, ShelvedModel } from '../../electron/contract/models.ts';
import { setApp } from '../app/store.ts';
import { cx } from '../cx.ts';
import controls from '../design/controls.module.css';
import { openFilm } from '../reading/openFilm.ts';
import run from '../training/runView.module.css';
import { groupWords } from '../words.ts';
import { useModels } from './models.ts';
import { numberWords, shareWords } from './modelWords.ts';
import { stopShadow } from './shelf.ts';
import styles from './models.module.css';

type Disagreement = ShadowReport['disagreements'][number];

/** How often a candidate that reads unseen says what the current model says, and where it does not. */
export function ShadowPart({ model }: { readonly model: ShelvedModel }): ReactNode {
  const shadow = useModels((now) => now.shadow);
  if (shadow?.candidate.hash !== model.hash) return null;
  const { againstReaders, disagreements } = shadow;
  return (
    <section className={run['where']} aria-labelledby="model-shadow">
      <h3 id="model-shadow" className={run['state']}>
        {shadow.isRunning ? 'Reads in the shadow' : 'Has read in the shadow'}
      </h3>
      {shadow.failure !== null && <p>{shadow.failure}</p>}
      <p role="status">
        {shadow.films.toLocaleString()} of {shadow.of.toLocaleString()} films since{' '}
        {new Date(shadow.since).toLocaleString()}. No reader sees its answers.
      </p>
      <dl className={run['numbers']}>
        <div>
          <dt>Same class as {shadow.against.name}</dt>
          <dd>{shadow.agreement === null ? 'too little to say' : shareWords(shadow.agreement)}</dd>
        </div>
        <div>
          <dt>Cohen’s kappa</dt>
          <dd>{shadow.kappa === null ? 'too little to say' : numberWords(shadow.kappa)}</dd>
        </div>
        {againstReaders.hips > 0 && (
          <div>
            <dt>As the readers, current and candidate, {againstReaders.hips.toLocaleString()} hips</dt>
            <dd>
              {againstReaders.current === null ? '' : shareWords(againstReaders.current)},{' '}
              {againstReaders.candidate === null ? '' : shareWords(againstReaders.candidate)}
            </dd>
          </div>
        )}
      </dl>
      {disagreements.length > 0 && (
        <table className={cx(run['table'], styles['checks'])}>
          <caption>Where they differ, the gravest first</caption>
          <thead>
            <tr>
              <th scope="col">Film</th>
              <th scope="col">Side</th>
              <th scope="col">Current</th>
              <th scope="col">Candidate</th>
            </tr>
          </thead>
          <tbody>
            {disagreements.slice(0, 50).map((each, i) => (
              <tr key={`${each.imageHash} ${String(i)}`}>
                <th scope="row">
                  <Button className={cx(styles['link'])} onPress={() => show(each.imageHash)}>
                    {each.fileName}
                  </Button>
                </th>
                <td>{each.laterality}</td>
                <td>{answer(each.current)}</td>
                <td>{answer(each.candidate)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {shadow.isRunning && (
        <div className={run['actions']}>
          <Button className={cx(controls['button'])} onPress={() => void stopShadow()}>
            Stop reading in the shadow
          </Button>
        </div>
      )}
    </section>
  );
}

function show(imageHash: string): void {
  setApp({ room: 'reading' });
  void openFilm(imageHash);
}

function answer(said: Disagreement['current']): string {
  if (said === null) return 'no answer';
  return `${groupWords[said.group]}, ${(100 * said.probabilities[said.group]).toFixed(0)} %`;
}
