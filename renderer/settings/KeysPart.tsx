import type { ReactNode } from 'react';
import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import { changeSettings, say, useApp } from '../app/store.ts';
import type { Command } from '../commands/command.ts';
import { pressesOf, pressWords } from '../commands/command.ts';
import { commands } from '../commands/commands.ts';
import { cx } from '../cx.ts';
import controls from '../design/controls.module.css';
import { pressOf } from './pressOf.ts';
import styles from './settings.module.css';

/** Every command with its key; a press of the button and then of a key gives it that key. */
export function KeysPart(): ReactNode {
  const rebound = useApp((app) => app.settings.keys);
  const [waiting, setWaiting] = useState<string | null>(null);
  useEffect(() => {
    if (waiting === null) return;
    const listen = (event: KeyboardEvent) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      const press = pressOf(event);
      if (press === null) return;
      setWaiting(null);
      if (event.key !== 'Escape') rebind(waiting, press);
    };
    window.addEventListener('keydown', listen, { capture: true });
    return () => window.removeEventListener('keydown', listen, { capture: true });
  }, [waiting]);
  return (
    <section className={styles['part']} aria-labelledby="keys-heading">
      <header className={styles['row']}>
        <h2 id="keys-heading" className={styles['heading']}>
          Keys
        </h2>
        <Button
          className={cx(controls['button'])}
          isDisabled={Object.keys(rebound).length === 0}
          onPress={() => void changeSettings({ keys: {} })}
        >
          All keys as they were
        </Button>
      </header>
      <ul className={styles['keys']}>
        {commands.map((command) => (
          <li key={command.id}>
            <span>{command.name}</span>
            <Button
              className={cx(controls['button'], styles['press'])}
              aria-label={`Key of ${command.name}: ${wordsOf(command, rebound)}. Press to change.`}
              onPress={() => setWaiting(command.id)}
            >
              {waiting === command.id ? 'Press a key' : wordsOf(command, rebound)}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function wordsOf(command: Command, rebound: Readonly<Record<string, string>>): string {
  const first = pressesOf(command, rebound)[0];
  return first === undefined ? 'none' : pressWords(first);
}

/** Gives a key to a command; a command that had it before goes without, and the person is told. */
function rebind(id: string, press: string): void {
  const { keys } = useApp.getState().settings;
  const former = commands.find((command) => command.id !== id && pressesOf(command, keys).includes(press));
  void changeSettings({
    keys: { ...keys, ...(former === undefined ? {} : { [former.id]: '' }), [id]: press },
  });
  if (former !== undefined) say(`“${former.name}” has no key now.`);
}
