import type { ReactNode } from 'react';
import type { GradeGroup } from '../../electron/contract/finding.ts';
import styles from './groupMark.module.css';
import { cx } from '../cx.ts';

/**
 * The three groups by shape as well as by colour: an open ring, a half disc, a full diamond; a dotted
 * ring where there is no answer.
 */
export function GroupMark({ group }: { readonly group: GradeGroup | null }): ReactNode {
  return (
    <svg
      width="12"
      height="12"
      viewBox="0 0 12 12"
      aria-hidden="true"
      className={cx(styles['mark'], tone(group))}
    >
      {group === null && <circle cx="6" cy="6" r="4.2" className={styles['dotted']} />}
      {group === 'none' && <circle cx="6" cy="6" r="4.2" className={styles['open']} />}
      {group === 'I-II' && (
        <>
          <circle cx="6" cy="6" r="4.2" className={styles['open']} />
          <path d="M6 1.8a4.2 4.2 0 0 1 0 8.4z" className={styles['full']} />
        </>
      )}
      {group === 'III-IV' && <path d="M6 .6 11.4 6 6 11.4.6 6z" className={styles['full']} />}
    </svg>
  );
}

function tone(group: GradeGroup | null): string | undefined {
  if (group === null) return styles['unknown'];
  return { none: styles['none'], 'I-II': styles['low'], 'III-IV': styles['high'] }[group];
}
