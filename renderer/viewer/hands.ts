import type { PointerEvent, RefObject } from 'react';
import { useEffect, useRef, useState } from 'react';
import type { Box } from '../../electron/contract/image.ts';
import { boxBetween } from '../reading/boxes.ts';
import { addBox, mayEdit } from '../reading/edit.ts';
import { session, setSession } from '../reading/session.ts';
import { setPointer } from './picture.ts';
import type { ImagePoint, ScreenPoint, ScreenSize } from './transform.ts';
import { pan, screenPoint, toImage, zoomAt } from './transform.ts';
import { dragWindow } from './voi.ts';

interface Drag {
  readonly kind: 'pan' | 'window' | 'box';
  readonly from: ImagePoint;
  readonly last: ScreenPoint;
}

export interface Hands {
  /** The box that is being drawn. */
  readonly rubber: Box | null;
  readonly onPointerDown: (event: PointerEvent) => void;
  readonly onPointerMove: (event: PointerEvent) => void;
  readonly onPointerUp: (event: PointerEvent) => void;
  readonly onPointerCancel: (event: PointerEvent) => void;
  readonly onPointerLeave: () => void;
  readonly onContextMenu: (event: { preventDefault: () => void }) => void;
}

/**
 * The hands on the film: left drag pans (or does what the tool says), middle pans, right drag windows,
 * the wheel zooms where the pointer is. What starts on a box never comes here.
 */
export function useHands(room: RefObject<HTMLElement | null>, size: ScreenSize | null): Hands {
  const drag = useRef<Drag | null>(null);
  const [rubber, setRubber] = useState<Box | null>(null);

  useEffect(() => {
    const element = room.current;
    if (element === null || size === null) return;
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      const { view } = session();
      const step = event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1);
      const factor = Math.exp(-Math.max(-300, Math.min(300, step)) / 500);
      if (view !== null) setSession({ view: zoomAt(view, size, pointOf(event, element), factor) });
    };
    // React's own wheel listener is passive and could not keep the page from moving.
    element.addEventListener('wheel', wheel, { passive: false });
    return () => element.removeEventListener('wheel', wheel);
  }, [room, size]);

  const end = () => {
    drag.current = null;
    setRubber(null);
  };
  return {
    rubber,
    onPointerDown: (event) => {
      const { view, film, tool } = session();
      if (size === null || view === null || film === null) return;
      const kind = event.button === 2 ? 'window' : event.button === 1 ? 'pan' : tool;
      if (kind === 'box' && !mayEdit()) return;
      const last = pointOf(event, event.currentTarget);
      drag.current = { kind, from: toImage(view, size, last), last };
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event) => {
      const at = pointOf(event, event.currentTarget);
      setPointer(at);
      const { view, film, voi } = session();
      const { current } = drag;
      if (current === null || size === null || view === null || film === null) return;
      const dx = at.x - current.last.x;
      const dy = at.y - current.last.y;
      drag.current = { ...current, last: at };
      if (current.kind === 'pan') setSession({ view: pan(view, film, dx, dy) });
      if (current.kind === 'window' && voi !== null) setSession({ voi: dragWindow(voi, dx, dy) });
      if (current.kind === 'box') setRubber(boxBetween(current.from, toImage(view, size, at), film));
    },
    onPointerUp: () => {
      if (drag.current?.kind === 'box' && rubber !== null) addBox(rubber);
      end();
    },
    onPointerCancel: end,
    onPointerLeave: () => setPointer(null),
    onContextMenu: (event) => event.preventDefault(),
  };
}

function pointOf(event: { clientX: number; clientY: number }, element: Element): ScreenPoint {
  const { left, top } = element.getBoundingClientRect();
  return screenPoint(event.clientX - left, event.clientY - top);
}
