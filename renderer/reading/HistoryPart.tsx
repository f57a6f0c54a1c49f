import type { ReactNode } from 'react';
import { shownProbabilities } from '../../electron/contract/certaintyWords.ts';
import type { StoredRead } from '../../electron/contract/reads.ts';
import controls from '../design/controls.module.css';
import {
  answerLine,
  bySeverity,
  confidenceWords,
  gradeWords,
  hipWords,
  momentWords,
  percent,
} from '../words.ts';
import { useSession } from './session.ts';
import styles from './historyPart.module.css';

/** Every read of this film that counts, the newest first. Nothing in it can be changed. */
export function HistoryPart(): ReactNode {
  const history = useSession((now) => now.history);
  const newestFirst = history.toSorted((a, b) => b.at.localeCompare(a.at) || b.id - a.id);
  return (
    <section className={styles['history']} aria-label="History">
      <h2 className={controls['heading']}>History</h2>
      {history.length === 0 && <p className={styles['quiet']}>Nobody has read this film yet.</p>}
      <ol className={styles['reads']}>
        {newestFirst.map((read) => (
          <li key={`${read.by} ${String(read.id)}`} data-read-by={read.by}>
            <Read read={read} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Read({ read }: { readonly read: StoredRead }): ReactNode {
  if (read.by === 'machine') {
    const { hips, modelName, outcome } = read.finding;
    return (
      <>
        <p className={styles['who']}>
          {modelName} · {momentWords(read.at)}
        </p>
        {outcome === 'refused' && <p>Not analysed</p>}
        {bySeverity(hips).map(({ hip, index }) => (
          <p key={index}>
            {answerLine(hip)}, {percent(shownProbabilities(hip)[hip.gradeGroup])}
            {hip.needsHuman.length > 0 && ' · needs a human'}
          </p>
        ))}
      </>
    );
  }
  const { reader, hips, comment, blinded, durationMs } = read.read;
  return (
    <>
      <p className={styles['who']}>
        {reader} · {momentWords(read.at)} · {Math.max(1, Math.round(durationMs / 1000))} s
        {blinded && ' · blinded'}
      </p>
      {hips.map((hip, index) => (
        <p key={index}>
          {gradeWords[hip.grade]}, {hipWords(hip.laterality)}
          {hip.confidence !== null && ` (${confidenceWords[hip.confidence - 1]!.toLowerCase()})`}
        </p>
      ))}
      {comment !== '' && <p className={styles['comment']}>{comment}</p>}
    </>
  );
}
