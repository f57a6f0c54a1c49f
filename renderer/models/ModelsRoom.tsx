import type { ReactNode } from 'react';
import { useEffect } from 'react';
import frame from '../training/trainingRoom.module.css';
import { ModelList } from './ModelList.tsx';
import { ModelView } from './ModelView.tsx';
import { useModels } from './models.ts';
import { RulesDialog } from './RulesDialog.tsx';
import { refreshModels } from './shelf.ts';

/** Models: which reads now, which could, what each has shown, and the way back. */
export function ModelsRoom(): ReactNode {
  useEffect(() => void refreshModels(), []);
  const shelf = useModels((now) => now.shelf);
  const chosen = useModels((now) => now.chosen);
  const model = shelf?.models.find(({ hash }) => hash === (chosen ?? shelf.current)) ?? shelf?.models[0];
  return (
    <div className={frame['room']}>
      <ModelList shown={model?.hash ?? null} />
      <main className={frame['subject']} aria-label="Models">
        {shelf !== null && model !== undefined ? (
          <ModelView key={model.hash} shelf={shelf} model={model} />
        ) : (
          <div className={frame['empty']}>
            <h2>{shelf === null ? 'Looking at the shelf' : 'No model is here'}</h2>
            {shelf !== null && <p>Train one in the training room, then put it on the shelf from there.</p>}
          </div>
        )}
      </main>
      <RulesDialog />
    </div>
  );
}
