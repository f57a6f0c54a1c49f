import type { ReactNode } from 'react';
import { command } from '../commands/commands.ts';
import { CommandButton } from '../design/IconButton.tsx';
import { useSession } from '../reading/session.ts';
import styles from './app.module.css';
import { useApp } from './store.ts';

/** The way from room to room, and what can be shown or hidden. */
export function Rail(): ReactNode {
  const room = useApp((app) => app.room);
  const chosen = useApp((app) => app.listWhole);
  const open = useSession((now) => now.imageHash !== null);
  const list = chosen ?? !open;
  const panel = useApp((app) => app.panelShown);
  return (
    <nav className={styles['rail']} aria-label="Rooms">
      <CommandButton command={command('reading-room')} icon="reading" pressed={room === 'reading'} />
      <CommandButton command={command('lab-room')} icon="lab" pressed={room === 'lab'} />
      <CommandButton command={command('training-room')} icon="training" pressed={room === 'training'} />
      <CommandButton command={command('evaluation-room')} icon="evaluation" pressed={room === 'evaluation'} />
      <CommandButton command={command('models-room')} icon="models" pressed={room === 'models'} />
      <CommandButton command={command('settings-room')} icon="settings" pressed={room === 'settings'} />
      <span className={styles['gap']} />
      {room === 'reading' && (
        <>
          <CommandButton command={command('toggle-list')} icon="list" pressed={list} />
          <CommandButton command={command('toggle-panel')} icon="panel" pressed={panel} />
        </>
      )}
      <CommandButton command={command('keys')} icon="keys" />
    </nav>
  );
}
