import type { ReactNode } from 'react';
import type { FilmDescription } from '../../electron/contract/film.ts';
import type { DraftHip } from '../reading/draft.ts';
import { sideMarkers } from './sides.ts';
import type { ScreenSize, View } from './transform.ts';
import { imagePoint, toScreen } from './transform.ts';
import styles from './viewer.module.css';

const inset = 22;

/** L and R where they belong on the film, upright and in sight however it is turned, mirrored or zoomed. */
export function SideMarkers({
  film,
  hips,
  view,
  size,
}: {
  readonly film: FilmDescription;
  readonly hips: readonly DraftHip[];
  readonly view: View;
  readonly size: ScreenSize;
}): ReactNode {
  return sideMarkers(film.laterality, hips).map(({ edge, letter }) => {
    const at = toScreen(view, size, imagePoint(edge === 'left' ? 0 : film.columns, film.rows * 0.08));
    const middle = toScreen(view, size, imagePoint(film.columns / 2, film.rows / 2));
    const x = at.x + Math.sign(Math.round(middle.x - at.x)) * inset;
    const y = at.y + Math.sign(Math.round(middle.y - at.y)) * inset;
    return (
      <text
        key={edge}
        x={Math.min(size.width - inset, Math.max(inset, x))}
        y={Math.min(size.height - inset, Math.max(inset, y))}
        className={styles['side']}
        data-side-marker={letter}
      >
        {letter}
      </text>
    );
  });
}
