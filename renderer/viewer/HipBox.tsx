import type { KeyboardEvent, PointerEvent, ReactNode } from 'react';
import { useRef } from 'react';
import type { FilmDescription } from '../../electron/contract/film.ts';
import type { Box } from '../../electron/contract/image.ts';
import type { DraftHip } from '../reading/draft.ts';
import type { Handle } from '../reading/boxes.ts';
import { handles, moveBox, resizeBox } from '../reading/boxes.ts';
import { mayEdit, setBox } from '../reading/edit.ts';
import { session, setSession } from '../reading/session.ts';
import { hipWords, sideWord } from '../words.ts';
import { cx } from '../cx.ts';
import type { ScreenSize, View } from './transform.ts';
import { boxToScreen, toImageDelta } from './transform.ts';
import styles from './viewer.module.css';

/** Side of the square that a finger or a tired hand can hit, and of the one that is seen, in CSS px. */
const target = 24;
const seen = 7;

interface Grip {
  readonly handle: Handle | null;
  readonly box: Box;
  readonly x: number;
  readonly y: number;
}

/** A hip's box that can be moved, resized by eight handles, and steered by the arrow keys. */
export function HipBox({
  hip,
  film,
  view,
  size,
  selected,
  label,
}: {
  readonly hip: DraftHip;
  readonly film: FilmDescription;
  readonly view: View;
  readonly size: ScreenSize;
  readonly selected: boolean;
  readonly label: string;
}): ReactNode {
  const grip = useRef<Grip | null>(null);
  const rect = boxToScreen(view, size, hip.box);

  const take = (handle: Handle | null) => (event: PointerEvent<SVGElement>) => {
    if (event.button !== 0 || session().tool !== 'pan') return;
    event.stopPropagation();
    setSession({ selected: hip.id });
    if (!mayEdit()) return;
    grip.current = { handle, box: hip.box, x: event.clientX, y: event.clientY };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const drag = (event: PointerEvent) => {
    const { current } = grip;
    if (current === null) return;
    event.stopPropagation();
    const delta = toImageDelta(view, event.clientX - current.x, event.clientY - current.y);
    setBox(
      hip.id,
      current.handle === null
        ? moveBox(current.box, film, delta.x, delta.y)
        : resizeBox(current.box, film, onFilm(view, current.handle), delta.x, delta.y),
    );
  };
  const letGo = () => {
    grip.current = null;
  };
  const steer = (event: KeyboardEvent) => {
    const direction = arrows[event.key];
    if (direction === undefined || event.ctrlKey || event.metaKey || !mayEdit()) return;
    event.preventDefault();
    const step = event.altKey ? 10 : 1;
    const delta = toImageDelta(view, direction.x * step, direction.y * step);
    setBox(
      hip.id,
      event.shiftKey ? grow(view, film, hip.box, direction, delta) : moveBox(hip.box, film, delta.x, delta.y),
    );
  };
  const held = { onPointerMove: drag, onPointerUp: letGo, onPointerCancel: letGo };
  return (
    <g
      id={`box-${hip.id}`}
      tabIndex={0}
      role="group"
      aria-roledescription="hip box"
      aria-label={`${hipWords(hip.laterality)}, ${label}. Arrow keys move the box, with Shift they resize it, with Alt in larger steps.`}
      data-steered=""
      data-person-box={hip.offered ? 'offered' : 'own'}
      className={cx(styles['hip'], selected && styles['selected'], hip.offered && styles['offered'])}
      onFocus={() => setSession({ selected: hip.id })}
      onKeyDown={steer}
    >
      <rect {...rect} className={styles['ground']} onPointerDown={take(null)} {...held} />
      <rect {...rect} className={styles['person']} />
      <text x={rect.x} y={rect.y - 7} className={styles['label']}>
        {sideWord(hip.laterality)} · {label}
      </text>
      {selected &&
        handles.map((handle) => {
          const x = rect.x + ((handle.x + 1) / 2) * rect.width;
          const y = rect.y + ((handle.y + 1) / 2) * rect.height;
          return (
            <g
              key={`${String(handle.x)} ${String(handle.y)}`}
              data-handle={`${String(handle.x)} ${String(handle.y)}`}
              className={styles[cursorOf(handle)]}
              onPointerDown={take(handle)}
              {...held}
            >
              <rect
                x={x - target / 2}
                y={y - target / 2}
                width={target}
                height={target}
                className={styles['target']}
              />
              <rect
                x={x - seen / 2}
                y={y - seen / 2}
                width={seen}
                height={seen}
                className={styles['handle']}
              />
            </g>
          );
        })}
    </g>
  );
}

const arrows: Record<string, Handle> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** A handle as it is seen on the screen, as the sides of the box on the film that it holds. */
function onFilm(view: View, handle: Handle): Handle {
  const { x, y } = toImageDelta(view, handle.x, handle.y);
  return { x: Math.sign(x) as Handle['x'], y: Math.sign(y) as Handle['y'] };
}

/** Shift and an arrow: the side that is right (or below) on the screen moves. */
function grow(
  view: View,
  film: FilmDescription,
  box: Box,
  direction: Handle,
  by: { x: number; y: number },
): Box {
  const side = onFilm(view, { x: Math.abs(direction.x) as 0 | 1, y: Math.abs(direction.y) as 0 | 1 });
  return resizeBox(box, film, side, by.x, by.y);
}

function cursorOf(handle: Handle): string {
  if (handle.x === 0) return 'upDown';
  if (handle.y === 0) return 'leftRight';
  return handle.x === handle.y ? 'falling' : 'rising';
}
