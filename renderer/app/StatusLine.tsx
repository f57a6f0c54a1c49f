import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import type { ComputeState, StationState } from '../../electron/contract/api.ts';
import { cx } from '../cx.ts';
import { useImports } from '../imports/imports.ts';
import { bytesWords } from '../words.ts';
import styles from './app.module.css';
import { DriftWord } from './DriftWord.tsx';
import { setApp, useApp } from './store.ts';

/** Model, backend, database, disk, and what runs in the background. */
export function StatusLine(): ReactNode {
  const state = useApp((app) => app.state);
  const error = useApp((app) => app.stateError);
  const notice = useApp((app) => app.notice);
  return (
    <footer className={styles['status']} aria-label="Station">
      <div className={styles['facts']}>
        {error !== null && <span className={styles['loss']}>{error}</span>}
        {error === null && state === null && <span>Starting</span>}
        {state !== null && <Facts state={state} />}
        <DriftWord />
      </div>
      <Background />
      <p
        className={cx(styles['notice'], notice?.tone === 'loss' && styles['loss'])}
        role={notice?.tone === 'loss' ? 'alert' : 'status'}
      >
        {notice?.text}
      </p>
    </footer>
  );
}

function Facts({ state }: { readonly state: StationState }): ReactNode {
  return (
    <>
      <span title={state.modelHash ?? undefined}>{state.modelName ?? 'No model'}</span>
      <span data-compute={state.compute.state}>{computeWords(state.compute)}</span>
      <span title={state.databasePath}>
        {state.films} {state.films === 1 ? 'film' : 'films'}
      </span>
      {state.diskFreeBytes !== null && <span>{bytesWords(state.diskFreeBytes)} free</span>}
    </>
  );
}

const backendWords = {
  tensorflow: 'TensorFlow',
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
  cpu: 'plain JavaScript',
} as const;

function computeWords({ state, backend, sentence }: ComputeState): string {
  switch (state) {
    case 'ready':
      return backend === null ? 'Ready' : backendWords[backend.name];
    case 'starting':
      return sentence ?? 'The machine is starting';
    case 'restarting':
      return sentence ?? 'The machine stopped and is being restarted; no read is lost';
    case 'failed':
      return sentence ?? 'The machine does not run; films can be read without it';
  }
}

function Background(): ReactNode {
  const progress = useApp((app) => app.progress);
  const importing = useImports((run) => run.running);
  const done = useImports((run) => run.done);
  const of = useImports((run) => run.of);
  const leftOut = useImports((run) => run.outcomes.filter((outcome) => outcome.state === 'refused').length);
  return (
    <div className={styles['background']}>
      {progress?.job === 'demo' && (
        <span>
          {progress.label}
          {progress.of > 1 && `, ${String(progress.done)} of ${String(progress.of)}`}
        </span>
      )}
      {importing && (
        <Button className={cx(styles['link'])} onPress={() => setApp({ overlay: 'imports' })}>
          Importing {done} of {of}
        </Button>
      )}
      {!importing && leftOut > 0 && (
        <Button className={cx(styles['link'])} onPress={() => setApp({ overlay: 'imports' })}>
          {leftOut} {leftOut === 1 ? 'file' : 'files'} left out
        </Button>
      )}
    </div>
  );
}
