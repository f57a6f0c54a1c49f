import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import type { ModelShelf, ShelvedModel } from '../../electron/contract/models.ts';
import { cx } from '../cx.ts';
import controls from '../design/controls.module.css';
import styles from '../training/runView.module.css';
import { Checks } from './Checks.tsx';
import { useModels } from './models.ts';
import { numberWords, shareWords, sourceWords, stateWords } from './modelWords.ts';
import { RulesPart } from './RulesPart.tsx';
import { ShadowPart } from './ShadowPart.tsx';
import { judge, promote, startShadow, stopWork } from './shelf.ts';

/** One model: what it is, what it has shown, and whether it may read. */
export function ModelView({
  shelf,
  model,
}: {
  readonly shelf: ModelShelf;
  readonly model: ShelvedModel;
}): ReactNode {
  const verdict = useModels(({ verdicts }) => verdicts[model.hash]);
  const refused = shelf.events.find(({ kind, model: { hash } }) => kind === 'refused' && hash === model.hash);
  const last = verdict ?? refused?.verdict ?? null;
  return (
    <article className={styles['run']} aria-labelledby="model-name">
      <header className={styles['head']}>
        <div>
          <h2 id="model-name" className={styles['name']}>
            {model.name}
          </h2>
          <p className={styles['quiet']}>
            {stateWords[model.state]}, {sourceWords[model.source]}
            {model.study === 'simulated study' && <span className={styles['badge']}>SIMULATED STUDY</span>}
          </p>
        </div>
        <Actions model={model} />
      </header>
      <Work model={model} />
      <Evaluations model={model} />
      {last !== null && <Checks verdict={last} />}
      {model.state !== 'current' && <RulesPart rules={model.rules} set={model.rulesSet} />}
      <ShadowPart model={model} />
      <Provenance model={model} />
    </article>
  );
}

const canRead = ({ state }: ShelvedModel): boolean => state === 'candidate' || state === 'former';

function Actions({ model }: { readonly model: ShelvedModel }): ReactNode {
  const busy = useModels((now) => now.work !== null);
  const isShadow = useModels(
    ({ shadow }) => shadow?.isRunning === true && shadow.candidate.hash === model.hash,
  );
  if (!canRead(model)) return null;
  return (
    <div className={styles['actions']}>
      {!isShadow && (
        <Button className={cx(controls['button'])} onPress={() => void startShadow(model.hash)}>
          Read in the shadow
        </Button>
      )}
      <Button className={cx(controls['button'])} isDisabled={busy} onPress={() => void judge(model.hash)}>
        Judge
      </Button>
      <Button
        className={cx(controls['button'], controls['primary'])}
        isDisabled={busy}
        onPress={() => void promote(model.hash)}
      >
        Promote
      </Button>
    </div>
  );
}

function Work({ model }: { readonly model: ShelvedModel }): ReactNode {
  const work = useModels((now) => now.work);
  if (work?.model !== model.hash) return null;
  return (
    <div className={styles['where']}>
      <p role="status">
        Reading the test patients
        {work.of === 0 ? '' : `: ${String(work.done)} of ${String(work.of)}`}
      </p>
      <div className={styles['actions']}>
        <Button className={cx(controls['button'])} onPress={() => void stopWork()}>
          Stop
        </Button>
      </div>
    </div>
  );
}

function Evaluations({ model }: { readonly model: ShelvedModel }): ReactNode {
  return (
    <section className={styles['where']} aria-labelledby="model-evaluations">
      <h3 id="model-evaluations" className={styles['state']}>
        On test patients
      </h3>
      {model.evaluations.length === 0 ? (
        <p className={styles['quiet']}>
          No test patient was read with this model at this station. Judging it does that.
        </p>
      ) : (
        <table className={styles['table']}>
          <thead>
            <tr>
              <th scope="col" className={styles['first']}>
                Test set
              </th>
              <th scope="col">Balanced accuracy</th>
              <th scope="col">Top-1</th>
              <th scope="col">Macro AUC</th>
              <th scope="col">Calibration error</th>
              <th scope="col">n</th>
            </tr>
          </thead>
          <tbody>
            {model.evaluations.map((made) => (
              <tr key={`${made.snapshot.hash} ${made.at}`}>
                <th scope="row" className={styles['first']}>
                  {made.snapshot.name}
                </th>
                <td>{shareWords(made.balancedAccuracy)}</td>
                <td>{shareWords(made.topOne)}</td>
                <td>{made.macroArea === null ? 'too little to say' : numberWords(made.macroArea)}</td>
                <td>
                  {made.calibrationError === null ? 'too little to say' : numberWords(made.calibrationError)}
                </td>
                <td>
                  {made.topOne.n.toLocaleString()} {made.topOne.of}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {model.study === 'simulated study' && (
        <p className={styles['quiet']}>All films are simulated: nothing here is about patients.</p>
      )}
    </section>
  );
}

function Provenance({ model }: { readonly model: ShelvedModel }): ReactNode {
  return (
    <dl className={styles['places']}>
      <dt>Hash</dt>
      <dd>{model.hash}</dd>
      <dt>On the shelf</dt>
      <dd>
        since {new Date(model.addedAt).toLocaleString()}
        {model.addedBy === '' ? '' : `, put there by ${model.addedBy}`}, Calcar {model.software}
      </dd>
      <dt>Reads that carry its hash</dt>
      <dd>{model.reads.toLocaleString()}</dd>
      {model.networks.map(({ network, sha256, training }) => (
        <Network key={network} network={network} sha256={sha256} training={training} />
      ))}
    </dl>
  );
}

function Network({ network, sha256, training }: ShelvedModel['networks'][number]): ReactNode {
  return (
    <>
      <dt>{network === 'localizer' ? 'Localizer' : 'Classifier'}</dt>
      <dd>
        {training === null
          ? 'No record of its training came with it.'
          : `${training.name}, on ${training.snapshot.name} (${training.snapshot.hash.slice(0, 12)}), seed ${String(training.recipe.seed)}, ${new Date(training.finishedAt).toLocaleDateString()}.`}{' '}
        Weights {sha256.slice(0, 12)}
      </dd>
    </>
  );
}
