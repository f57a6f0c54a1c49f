import type { ReactNode } from 'react';
import { Button, ListBox, ListBoxItem } from 'react-aria-components';
import { cx } from '../cx.ts';
import controls from '../design/controls.module.css';
import list from '../training/trainingRoom.module.css';
import { setModels, useModels } from './models.ts';
import { eventLine, modelLine } from './modelWords.ts';
import { rollback } from './shelf.ts';
import styles from './models.module.css';

/** The shelf, the current model first, and what happened to the current one's place. */
export function ModelList({ shown }: { readonly shown: string | null }): ReactNode {
  const shelf = useModels((now) => now.shelf);
  const error = useModels((now) => now.error);
  return (
    <aside className={list['list']} aria-label="Models and promotions">
      {error !== null && <p className={list['word']}>{error}</p>}
      <section aria-labelledby="models-shelf">
        <div className={list['head']}>
          <h2 id="models-shelf" className={list['title']}>
            Shelf
          </h2>
          <Button
            className={cx(controls['button'])}
            isDisabled={shelf === null}
            onPress={() => setModels({ panel: 'rules' })}
          >
            Rules
          </Button>
        </div>
        <ListBox
          aria-labelledby="models-shelf"
          items={shelf?.models.map((model) => ({ ...model, id: model.hash })) ?? []}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={shown === null ? [] : [shown]}
          onSelectionChange={(keys) => {
            const [hash] = keys === 'all' ? [] : [...keys];
            if (hash !== undefined) setModels({ chosen: String(hash) });
          }}
        >
          {(model) => (
            <ListBoxItem id={model.hash} textValue={model.name} className={cx(list['row'])}>
              <span className={list['name']}>{model.name}</span>
              <span className={list['words']}>{modelLine(model)}</span>
            </ListBoxItem>
          )}
        </ListBox>
      </section>
      <Events />
    </aside>
  );
}

function Events(): ReactNode {
  const shelf = useModels((now) => now.shelf);
  const work = useModels((now) => now.work);
  return (
    <section aria-labelledby="models-events">
      <div className={list['head']}>
        <h2 id="models-events" className={list['title']}>
          What happened
        </h2>
        <Button
          className={cx(controls['button'])}
          isDisabled={shelf?.rollbackTo == null || work !== null}
          onPress={() => void rollback()}
        >
          Roll back
        </Button>
      </div>
      {shelf?.rollbackTo != null && (
        <p className={list['word']}>Rolling back puts {shelf.rollbackTo.name} in its place again, at once.</p>
      )}
      {shelf?.events.length === 0 && <p className={list['word']}>No model was promoted yet.</p>}
      <ol className={styles['events']}>
        {shelf?.events.map((event) => (
          <li key={event.id}>
            <time dateTime={event.at}>{new Date(event.at).toLocaleString()}</time>
            {eventLine(event)}
            {event.clockWentBack ? ' (the clock of this computer had been set back)' : ''}
          </li>
        ))}
      </ol>
    </section>
  );
}
