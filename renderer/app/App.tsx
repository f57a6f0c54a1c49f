import type { DragEvent, ReactNode } from 'react';
import { useEffect, useLayoutEffect, useState } from 'react';
import { CheatSheet } from '../commands/CheatSheet.tsx';
import { bindKeys } from '../commands/keyboard.ts';
import { commands } from '../commands/commands.ts';
import { Palette } from '../commands/Palette.tsx';
import { cx } from '../cx.ts';
import { EvaluationRoom } from '../evaluation/EvaluationRoom.tsx';
import { ImportPanel } from '../imports/ImportPanel.tsx';
import { droppedFiles } from '../imports/choose.ts';
import { importFiles } from '../imports/imports.ts';
import { LabRoom } from '../lab/LabRoom.tsx';
import { addCt, hearLab } from '../lab/volumes.ts';
import { ModelsRoom } from '../models/ModelsRoom.tsx';
import { hearModels } from '../models/shelf.ts';
import { flushDraft } from '../reading/autosave.ts';
import { FilmRoom } from '../reading/FilmRoom.tsx';
import { ReadPanel } from '../reading/ReadPanel.tsx';
import { Worklist } from '../reading/Worklist.tsx';
import { askMachine } from '../reading/openFilm.ts';
import { session, useSession } from '../reading/session.ts';
import { SettingsRoom } from '../settings/SettingsRoom.tsx';
import { listen, sentenceOf } from '../station.ts';
import { hearTraining } from '../training/runs.ts';
import { TrainingRoom } from '../training/TrainingRoom.tsx';
import { Rail } from './Rail.tsx';
import { StatusLine } from './StatusLine.tsx';
import { say, startApp, useApp } from './store.ts';
import styles from './app.module.css';

export function App(): ReactNode {
  const room = useApp((app) => app.room);
  const settings = useApp((app) => app.settings);
  const [dropping, setDropping] = useState(false);
  useEffect(startApp, []);
  useEffect(() => listen(hearLab), []);
  useEffect(() => listen(hearTraining), []);
  useEffect(() => listen(hearModels), []);
  // Before the first picture, so that a key pressed at what is seen is never lost.
  useLayoutEffect(() => bindKeys(commands, settings.keys), [settings.keys]);
  useEffect(() => {
    document.documentElement.dataset['theme'] = settings.theme;
  }, [settings.theme]);
  useEffect(() => {
    window.addEventListener('pagehide', flushDraft);
    return () => window.removeEventListener('pagehide', flushDraft);
  }, []);
  useAskAgain();

  const over = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    setDropping(true);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setDropping(false);
    const take = room === 'lab' ? addCt : importFiles;
    void droppedFiles(event.dataTransfer).then(take, (error: unknown) => say(sentenceOf(error)));
  };
  return (
    <div
      className={styles['app']}
      onDragOver={over}
      onDrop={drop}
      onDragLeave={(event) => {
        if (event.relatedTarget === null) setDropping(false);
      }}
    >
      <Rail />
      {room === 'reading' && <ReadingRoom />}
      {room === 'lab' && <LabRoom />}
      {room === 'training' && <TrainingRoom />}
      {room === 'evaluation' && <EvaluationRoom />}
      {room === 'models' && <ModelsRoom />}
      {room === 'settings' && <SettingsRoom />}
      <StatusLine />
      <ImportPanel />
      <CheatSheet />
      <Palette />
      {dropping && <div className={styles['drop']}>Let go to import</div>}
    </div>
  );
}

function ReadingRoom(): ReactNode {
  const chosen = useApp((app) => app.listWhole);
  const panel = useApp((app) => app.panelShown);
  const open = useSession((now) => now.imageHash !== null);
  const whole = chosen ?? !open;
  return (
    <div className={cx(styles['reading'], whole && styles['withList'], panel && open && styles['withPanel'])}>
      <Worklist whole={whole} />
      <FilmRoom />
      {panel && open && <ReadPanel />}
    </div>
  );
}

/** When compute comes back, a film whose answer failed meanwhile is asked for again by itself. */
function useAskAgain(): void {
  const ready = useApp((app) => app.state?.compute.state === 'ready');
  useEffect(() => {
    const { imageHash, answer } = session();
    if (ready && imageHash !== null && answer.state === 'failed') void askMachine(imageHash);
  }, [ready]);
}
