import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { makeDemo, useApp } from '../app/store.ts';
import { cx } from '../cx.ts';
import controls from '../design/controls.module.css';
import { chooseFiles, chooseFolder } from '../imports/choose.ts';
import { importFiles } from '../imports/imports.ts';
import styles from './filmRoom.module.css';

/** No film is open: the one thing to do. */
export function EmptyRoom(): ReactNode {
  const rows = useApp((app) => app.rows);
  const error = useApp((app) => app.listError);
  const search = useApp((app) => app.search);
  const making = useApp((app) => app.progress?.job === 'demo');
  const nothingHere = rows?.length === 0 && search === '';
  return (
    <main className={cx(styles['room'], styles['empty'])} aria-label="Film">
      {error !== null && <p role="alert">{error}</p>}
      {error === null && rows !== null && !nothingHere && <p>Choose a film in the list, or press ↓.</p>}
      {error === null && nothingHere && (
        <div className={styles['begin']}>
          <h1>Drop radiographs here</h1>
          <p>
            DICOM files, a folder or a zip of them; PNG and JPEG open without a scale. Nothing leaves this
            machine.
          </p>
          <div className={styles['choices']}>
            <Button
              className={cx(controls['button'], controls['primary'])}
              onPress={() => chooseFiles(importFiles)}
            >
              Choose files
            </Button>
            <Button className={cx(controls['button'])} onPress={() => chooseFolder(importFiles)}>
              Choose a folder
            </Button>
          </div>
          <p className={styles['or']}>No film at hand?</p>
          <Button
            className={cx(controls['button'], controls['quiet'])}
            isDisabled={making}
            onPress={() => void makeDemo()}
          >
            {making ? 'Making simulated films' : 'Make simulated demo films'}
          </Button>
        </div>
      )}
    </main>
  );
}
