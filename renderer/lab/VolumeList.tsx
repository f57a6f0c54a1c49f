import type { ReactNode } from 'react';
import { useEffect, useState } from 'react';
import { Button, ListBox, ListBoxItem } from 'react-aria-components';
import { CommandButton } from '../design/IconButton.tsx';
import { command } from '../commands/commands.ts';
import { cx } from '../cx.ts';
import controls from '../design/controls.module.css';
import { BatchList } from './BatchList.tsx';
import { setLab, useLab } from './lab.ts';
import { leftWords, secondsLeft, volumeWords } from './labWords.ts';
import { openVolume, stopPreparing } from './volumes.ts';
import styles from './volumeList.module.css';

/** The station's volumes and batches, what is on its way in, and why something did not come. */
export function VolumeList(): ReactNode {
  const volumes = useLab((now) => now.volumes);
  const error = useLab((now) => now.listError);
  const chosen = useLab((now) => now.chosen);
  // What the buttons below can do changes with it.
  useLab((now) => now.preparation === null);
  return (
    <nav className={styles['list']} aria-label="Volumes">
      <header className={styles['head']}>
        <h2 className={styles['title']}>Volumes</h2>
        <CommandButton command={command('import-folder')} label="Add a CT" />
        <CommandButton command={command('lab-phantom')} label="New phantom" />
      </header>
      <PreparationPart />
      <RefusalPart />
      {error !== null && (
        <p className={styles['word']} role="alert">
          {error}
        </p>
      )}
      {volumes === null && error === null && <p className={styles['word']}>Loading the list</p>}
      {volumes?.length === 0 && <p className={styles['word']}>No volumes yet.</p>}
      {volumes !== null && volumes.length > 0 && (
        <ListBox
          aria-label="CTs and phantoms"
          className={cx(styles['rows'])}
          selectionMode="single"
          selectionBehavior="replace"
          disallowEmptySelection
          selectedKeys={chosen === null ? [] : [chosen]}
          onSelectionChange={(keys) => {
            const key = keys === 'all' ? undefined : [...keys][0];
            if (typeof key === 'string') void openVolume(key);
          }}
        >
          {volumes.map((volume) => (
            <ListBoxItem
              key={volume.volume}
              id={volume.volume}
              textValue={volume.name}
              className={cx(styles['row'])}
            >
              <span className={styles['name']} title={volume.name}>
                {volume.name}
              </span>
              <span className={styles['kind']}>{volume.kind === 'ct' ? 'CT' : 'Phantom'}</span>
              <span className={styles['words']} title={volumeWords(volume)}>
                {volumeWords(volume)}
              </span>
            </ListBoxItem>
          ))}
        </ListBox>
      )}
      <BatchList />
    </nav>
  );
}

/** What is being added or built: heard at once, its progress, and after ten seconds how long. */
function PreparationPart(): ReactNode {
  const preparation = useLab((now) => now.preparation);
  const now = useSeconds(preparation !== null);
  if (preparation === null) return null;
  const { label, done, of } = preparation;
  const part = of > 0 ? done / of : null;
  const left = leftWords(secondsLeft(preparation, now));
  return (
    <section className={styles['preparation']} aria-label="In preparation">
      <p role="status">
        {label}
        {part !== null && ` ${String(Math.round(part * 100))} %`}
        {left !== '' && `, ${left}`}
      </p>
      <svg width="100%" height="4" aria-hidden="true">
        <rect width="100%" height="4" rx="2" className={styles['track']} />
        <rect
          width={part === null ? '30%' : `${String(part * 100)}%`}
          height="4"
          rx="2"
          className={cx(styles['bar'], part === null && styles['unknown'])}
        />
      </svg>
      <Button className={cx(controls['button'])} onPress={stopPreparing}>
        Stop
      </Button>
    </section>
  );
}

/** performance.now(), once a second while it matters. */
function useSeconds(matters: boolean): number {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    if (!matters) return;
    const timer = setInterval(() => setNow(performance.now()), 1000);
    return () => clearInterval(timer);
  }, [matters]);
  return now;
}

function RefusalPart(): ReactNode {
  const refusal = useLab((now) => now.refusal);
  if (refusal === null) return null;
  return (
    <section className={styles['refusal']} aria-label="Left out" role="alert">
      <p className={styles['refused']}>
        <strong>{refusal.name}</strong> was left out.
      </p>
      <p>{refusal.sentence}</p>
      <Button className={cx(controls['button'])} onPress={() => setLab({ refusal: null })}>
        Close
      </Button>
    </section>
  );
}
