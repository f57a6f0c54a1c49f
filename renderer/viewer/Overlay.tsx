import type { ReactNode } from 'react';
import { shownProbabilities } from '../../electron/contract/certaintyWords.ts';
import type { Box } from '../../electron/contract/image.ts';
import { gradeWords, groupWords, percent, sideWord } from '../words.ts';
import { useSession } from '../reading/session.ts';
import { cx } from '../cx.ts';
import { HipBox } from './HipBox.tsx';
import { SideMarkers } from './SideMarkers.tsx';
import type { ScreenSize } from './transform.ts';
import { boxToScreen } from './transform.ts';
import styles from './viewer.module.css';

/** Boxes over the film: the machine's dashed, a person's solid. */
export function Overlay({
  size,
  rubber,
}: {
  readonly size: ScreenSize;
  readonly rubber: Box | null;
}): ReactNode {
  const view = useSession((now) => now.view);
  const film = useSession((now) => now.film);
  const samples = useSession((now) => now.samples);
  const answer = useSession((now) => now.answer);
  const hips = useSession((now) => now.draft.hips);
  const selected = useSession((now) => now.selected);
  if (view === null || film === null || samples === null) return null;
  const finding = answer.state === 'here' ? answer.finding : null;
  const drawn = rubber === null ? null : boxToScreen(view, size, rubber);
  return (
    <svg className={styles['layer']} width={size.width} height={size.height} data-testid="overlay">
      {finding?.hips.map((hip, index) => {
        const rect = boxToScreen(view, size, hip.box);
        const top = shownProbabilities(hip)[hip.gradeGroup];
        return (
          <g key={index} data-machine-box={index}>
            <rect {...rect} className={cx(styles['machine'])} />
            <text x={rect.x} y={rect.y + rect.height + 16} className={styles['machineLabel']}>
              {sideWord(hip.laterality)} · {groupWords[hip.gradeGroup]} {percent(top)}
            </text>
          </g>
        );
      })}
      {hips.map((hip) => (
        <HipBox
          key={hip.id}
          hip={hip}
          film={film}
          view={view}
          size={size}
          selected={hip.id === selected}
          label={hip.grade === null ? 'No grade yet' : gradeWords[hip.grade]}
        />
      ))}
      {drawn !== null && <rect {...drawn} className={styles['rubber']} />}
      <SideMarkers film={film} hips={hips} view={view} size={size} />
    </svg>
  );
}
