import type { ReactNode } from 'react';
import { AnswerPart } from './AnswerPart.tsx';
import { HistoryPart } from './HistoryPart.tsx';
import { YourRead } from './YourRead.tsx';
import { useSession } from './session.ts';
import styles from './readPanel.module.css';

/** What the machine says, what the person says, what was said before. */
export function ReadPanel(): ReactNode {
  const open = useSession((now) => now.film !== null && now.filmError === null);
  return (
    <aside className={styles['panel']} aria-label="Read">
      {open && (
        <>
          <AnswerPart />
          <YourRead />
          <HistoryPart />
        </>
      )}
    </aside>
  );
}
