import type { ReactNode } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay, ProgressBar } from 'react-aria-components';
import { setApp, useApp } from '../app/store.ts';
import { cx } from '../cx.ts';
import dialog from '../design/dialog.module.css';
import controls from '../design/controls.module.css';
import { cancelImport, useImports } from './imports.ts';
import styles from './importPanel.module.css';

/** What an import is doing and what it could not use. It may be closed while the import runs on. */
export function ImportPanel(): ReactNode {
  const open = useApp((app) => app.overlay === 'imports');
  const run = useImports();
  const refused = run.outcomes.filter((outcome) => outcome.state === 'refused');
  const imported = run.outcomes.filter((outcome) => outcome.state === 'imported').length;
  const known = run.outcomes.filter((outcome) => outcome.state === 'already-here').length;
  return (
    <ModalOverlay
      isOpen={open}
      onOpenChange={(isOpen) => setApp({ overlay: isOpen ? 'imports' : null })}
      isDismissable
      className={cx(dialog['veil'])}
    >
      <Modal className={cx(dialog['modal'])}>
        <Dialog className={cx(dialog['dialog'])}>
          <Heading slot="title" className={cx(dialog['title'])}>
            {run.running ? 'Importing' : run.cancelled ? 'Import stopped' : 'Import finished'}
          </Heading>
          <ProgressBar
            aria-label="Import"
            value={run.done}
            maxValue={Math.max(1, run.of)}
            valueLabel={`${String(run.done)} of ${String(run.of)} files`}
            className={cx(styles['progress'])}
          >
            {({ percentage }) => (
              <svg width="100%" height="4" aria-hidden="true">
                <rect width="100%" height="4" rx="2" className={styles['track']} />
                <rect width={`${String(percentage ?? 0)}%`} height="4" rx="2" className={styles['bar']} />
              </svg>
            )}
          </ProgressBar>
          <p className={styles['line']}>
            {run.done} of {run.of} files
            {remaining(run)}
            {run.current !== null && <span className={styles['current']}> · {run.current}</span>}
          </p>
          <p aria-live="polite">
            {imported} {imported === 1 ? 'film' : 'films'} added
            {known > 0 && `, ${String(known)} already here`}
            {refused.length > 0 && `, ${String(refused.length)} left out`}.
          </p>
          {refused.length > 0 && (
            <ul className={styles['refusals']} aria-label="Files that were left out">
              {refused.map((outcome, index) => (
                <li key={index}>
                  <strong>{outcome.fileName}</strong>
                  <span>{outcome.sentence}</span>
                </li>
              ))}
            </ul>
          )}
          <div className={dialog['actions']}>
            {run.running && (
              <Button className={cx(controls['button'])} onPress={cancelImport}>
                Stop after this file
              </Button>
            )}
            <Button
              className={cx(controls['button'], controls['primary'])}
              onPress={() => setApp({ overlay: null })}
            >
              {run.running ? 'Go on in the background' : 'Close'}
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** Said only once ten seconds have passed: before, nobody has to plan with it. */
function remaining(run: { running: boolean; done: number; of: number; startedAt: number }): string {
  const elapsed = (Date.now() - run.startedAt) / 1000;
  if (!run.running || run.done === 0 || elapsed < 10) return '';
  const seconds = Math.round((elapsed / run.done) * (run.of - run.done));
  const words = seconds < 90 ? `${String(seconds)} seconds` : `${String(Math.round(seconds / 60))} minutes`;
  return `, about ${words} left`;
}
