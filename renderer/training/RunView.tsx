import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import type { RunProgress, TrainingRun } from '../../electron/contract/training.ts';
import { setApp } from '../app/store.ts';
import { cx } from '../cx.ts';
import controls from '../design/controls.module.css';
import { addRun } from '../models/shelf.ts';
import { Curves } from './Curves.tsx';
import { EpochTable } from './EpochTable.tsx';
import type { Series } from './plot.ts';
import { ReportPart } from './ReportPart.tsx';
import { cancelRun, pauseRun, resumeRun } from './runs.ts';
import {
  bytesWords,
  canResume,
  durationWords,
  isUnderWay,
  networkWords,
  shareDone,
  stateWords,
} from './trainingWords.ts';
import styles from './runView.module.css';

/** One training: where it is, its curves, and what can be done with it. */
export function RunView({ run }: { readonly run: TrainingRun }): ReactNode {
  return (
    <article className={styles['run']} aria-labelledby="run-name">
      <header className={styles['head']}>
        <div>
          <h2 id="run-name" className={styles['name']}>
            {run.name}
          </h2>
          <p className={styles['quiet']}>
            {networkWords[run.network]}, on {run.snapshot.name}
            {run.snapshot.study === 'simulated study' && (
              <span className={styles['badge']}>SIMULATED STUDY</span>
            )}
          </p>
        </div>
        <Actions run={run} />
      </header>
      <Where run={run} />
      {run.epochs.length > 0 && (
        <>
          <div className={styles['curves']}>
            <Curves
              title="Loss"
              unit="loss"
              series={lossSeries(run)}
              epochs={epochsOf(run)}
              fromZero={false}
            />
            <Curves
              title="On the tuning patients"
              unit="share"
              series={measureSeries(run)}
              epochs={epochsOf(run)}
              fromZero={false}
            />
          </div>
          <p className={styles['quiet']}>{curveWords(run)}</p>
          <EpochTable run={run} />
        </>
      )}
      {hasModel(run) && <ReportPart run={run} />}
      {run.state === 'finished' && run.bestEpoch !== null && <ShelfPart run={run} />}
    </article>
  );
}

function Actions({ run }: { readonly run: TrainingRun }): ReactNode {
  return (
    <div className={styles['actions']}>
      {run.state === 'running' && (
        <Button className={cx(controls['button'])} onPress={() => void pauseRun(run.id)}>
          Pause
        </Button>
      )}
      {canResume(run) && (
        <Button
          className={cx(controls['button'], controls['primary'])}
          onPress={() => void resumeRun(run.id)}
        >
          Resume
        </Button>
      )}
      {(isUnderWay(run) || canResume(run)) && (
        <Button className={cx(controls['button'])} onPress={() => void cancelRun(run.id)}>
          Cancel
        </Button>
      )}
    </div>
  );
}

/** The way of a finished model to the shelf. */
function ShelfPart({ run }: { readonly run: TrainingRun }): ReactNode {
  return (
    <section className={styles['where']} aria-labelledby="run-shelf">
      <h3 id="run-shelf" className={styles['state']}>
        On the shelf
      </h3>
      <p className={styles['quiet']}>
        A model on the shelf can read in the shadow of the current one, be judged against it, and take its
        place once it has shown what its rules ask.
      </p>
      <div className={styles['actions']}>
        <Button
          className={cx(controls['button'])}
          onPress={() =>
            void addRun(run.id).then((isThere) => {
              if (isThere) setApp({ room: 'models' });
            })
          }
        >
          Put on the shelf
        </Button>
      </div>
    </section>
  );
}

/** What is measured of a run, and nothing that is not. */
function Where({ run }: { readonly run: TrainingRun }): ReactNode {
  const { progress } = run;
  return (
    <section className={styles['where']} aria-label="Progress">
      <p className={styles['state']} data-state={run.state} role="status">
        {stateWords[run.state]}
        {run.state === 'running' && progress?.secondsLeft != null
          ? `, ${durationWords(progress.secondsLeft)} left if no epoch stops it earlier`
          : ''}
      </p>
      {run.reason !== null && <p>{run.reason}</p>}
      {progress !== null && (
        <>
          <div
            className={styles['bar']}
            role="progressbar"
            aria-label="Steps done"
            aria-valuemin={0}
            aria-valuemax={progress.steps}
            aria-valuenow={progress.step}
          >
            <div style={{ inlineSize: `${String(100 * shareDone(run))}%` }} />
          </div>
          <dl className={styles['numbers']}>
            <Number name="Epoch" value={`${String(progress.epoch)} of ${String(progress.epochs)}`} />
            <Number
              name="Step"
              value={`${progress.step.toLocaleString()} of ${progress.steps.toLocaleString()}`}
            />
            {run.state === 'running' && <Measured progress={progress} />}
            {run.examples !== null && (
              <Number
                name={run.network === 'localizer' ? 'Films to learn, to tune' : 'Hips to learn, to tune'}
                value={`${run.examples.learn.toLocaleString()}, ${run.examples.tune.toLocaleString()}`}
              />
            )}
          </dl>
        </>
      )}
    </section>
  );
}

/** What is measured while it runs. */
function Measured({ progress }: { readonly progress: RunProgress }): ReactNode {
  const { trainingLoss, learningRate, imagesPerSecond, residentBytes, tensors, tensorBytes } = progress;
  return (
    <>
      <Number name="Loss, this epoch" value={trainingLoss?.toFixed(4) ?? 'not yet'} />
      <Number name="Learning rate" value={learningRate.toExponential(1)} />
      <Number name="Pictures a second" value={imagesPerSecond?.toFixed(1) ?? 'not yet'} />
      <Number name="Memory" value={bytesWords(residentBytes)} />
      <Number name="Tensors" value={`${tensors.toLocaleString()}, ${bytesWords(tensorBytes)}`} />
    </>
  );
}

function Number({ name, value }: { readonly name: string; readonly value: string }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** It has ended and left a model. */
const hasModel = ({ state, bestEpoch }: TrainingRun): boolean =>
  bestEpoch !== null && (state === 'finished' || state === 'cancelled');
const epochsOf = ({ recipe, epochs }: TrainingRun): number => Math.max(recipe.epochs, epochs.length);

function lossSeries({ epochs }: TrainingRun): Series[] {
  return [
    { name: 'learning', points: epochs.map(({ epoch, trainingLoss }) => ({ epoch, value: trainingLoss })) },
    {
      name: 'tuning',
      dash: '5 3',
      points: epochs.map(({ epoch, validationLoss }) => ({ epoch, value: validationLoss })),
    },
  ];
}

const dashes = ['', '5 3', '2 3'];

function measureSeries({ epochs }: TrainingRun): Series[] {
  const names = [...new Set(epochs.flatMap(({ measures }) => Object.keys(measures)))].slice(0, dashes.length);
  return names.map((name, i) => ({
    name,
    ...(dashes[i] === '' ? {} : { dash: dashes[i]! }),
    points: epochs.flatMap(({ epoch, measures }) =>
      measures[name] === undefined ? [] : [{ epoch, value: measures[name] }],
    ),
  }));
}

function curveWords({ bestEpoch, examples, snapshot }: TrainingRun): string {
  const kept = bestEpoch === null ? '' : `Epoch ${String(bestEpoch)} is the best so far and is kept. `;
  const n = examples === null ? '' : `n = ${examples.tune.toLocaleString()} to tune on. `;
  const what =
    snapshot.study === 'simulated study' ? 'All films are simulated: nothing here is about patients. ' : '';
  return `${kept}${n}${what}These patients choose the epoch, so their numbers flatter the model; the test patients are for the evaluation.`;
}
