import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { DatasetView } from './DatasetView.tsx';
import { FreezeDialog } from './FreezeDialog.tsx';
import { RunView } from './RunView.tsx';
import { StartDialog } from './StartDialog.tsx';
import { TrainingList } from './TrainingList.tsx';
import { refreshTraining } from './runs.ts';
import { useTraining } from './training.ts';
import styles from './trainingRoom.module.css';

/** Training: data sets that were frozen, runs on them, and where each stands. */
export function TrainingRoom(): ReactNode {
  useEffect(() => void refreshTraining(), []);
  return (
    <div className={styles['room']}>
      <TrainingList />
      <main className={styles['subject']} aria-label="Training">
        <Subject />
      </main>
      <FreezeDialog />
      <StartDialog />
    </div>
  );
}

function Subject(): ReactNode {
  const subject = useTraining((now) => now.subject);
  const run = useTraining(({ runs }) => runs?.find(({ id }) => subject?.kind === 'run' && id === subject.id));
  const dataset = useTraining(({ datasets }) =>
    datasets?.find(({ hash }) => subject?.kind === 'dataset' && hash === subject.hash),
  );
  if (run !== undefined) return <RunView run={run} />;
  if (dataset !== undefined) return <DatasetView dataset={dataset} />;
  return (
    <div className={styles['empty']}>
      <h2>Train on your own films</h2>
      <p>
        Freeze the films that you have read into a data set, then start a training on it. Patients to learn
        from, to tune on and to test with stay apart for ever, and the numbers at the end say how far they can
        be believed.
      </p>
    </div>
  );
}
