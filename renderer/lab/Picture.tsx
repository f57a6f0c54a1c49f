import type { KeyboardEvent, PointerEvent, ReactNode, RefObject } from 'react';
import { useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { screenPx } from '../../electron/contract/units.ts';
import type { Voi } from '../../electron/contract/film.ts';
import { sentenceOf } from '../station.ts';
import { FilmRenderer } from '../viewer/filmRenderer.ts';
import { fit, type ScreenSize } from '../viewer/transform.ts';
import viewer from '../viewer/viewer.module.css';
import { cx } from '../cx.ts';
import controls from '../design/controls.module.css';
import room from '../reading/filmRoom.module.css';
import { lab, useLab } from './lab.ts';
import { pictureWords } from './labWords.ts';
import { wantPicture } from './pictures.ts';
import { hold, moveRay, moveTube, turnTube } from './setup.ts';
import styles from './labRoom.module.css';

/** Degrees a CSS pixel of drag. */
const turnPerPixel = 0.25;
const wholeRange: Voi = {
  kind: 'window',
  function: 'LINEAR_EXACT',
  center: 2048,
  width: 4096,
  explanation: null,
};

/** The radiograph. Dragging it turns the tube about the patient, or moves the central ray; the wheel takes the tube nearer. */
export function Picture(): ReactNode {
  const stage = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(stage);
  const picture = useLab((now) => now.picture);
  const error = useLab((now) => now.pictureError);
  const waiting = useLab((now) => now.waiting);
  const tool = useLab((now) => now.tool);
  const renderer = useRenderer(canvas);
  const [shownMs, setShownMs] = useState<number | null>(null);

  useEffect(() => {
    if (renderer === null || typeof renderer === 'string' || picture === null || size === null) return;
    const { rows, columns } = picture.header;
    renderer.show({ rows, columns, samples: picture.samples, slope: 1, intercept: 0 });
    renderer.draw({
      view: fit({ rows, columns }, size),
      size,
      devicePixelRatio,
      voi: wholeRange,
      inverted: false,
      loupe: null,
    });
    setShownMs(Math.round(picture.waitedMs));
  }, [renderer, picture, size]);
  const { hands, grabbed } = useTubeHands(stage, size);
  return (
    <div className={styles['stage']}>
      <div
        ref={stage}
        role="group"
        tabIndex={0}
        data-steered=""
        data-testid="drr"
        aria-roledescription="radiograph"
        aria-label="Simulated radiograph. Arrow keys turn the tube, with Shift they move the central ray, Page Up and Page Down take the tube nearer and farther."
        className={cx(
          viewer['viewport'],
          styles['drr'],
          grabbed && styles['grabbed'],
          tool === 'move' && styles['moving'],
        )}
        onKeyDown={steer}
        {...hands}
      >
        <canvas
          ref={canvas}
          role="img"
          aria-label={
            picture === null ? 'No picture' : `Simulated radiograph, ${pictureWords(picture.header)}`
          }
          className={cx(viewer['pixels'], picture === null && viewer['dark'])}
          data-resolution={picture?.header.resolution ?? 'none'}
          data-waited={shownMs ?? ''}
          data-traced={picture?.header.traced ?? ''}
        />
        {picture !== null && size !== null && <Sides size={size} />}
      </div>
      {typeof renderer === 'string' && (
        <p className={viewer['problem']} role="alert">
          {renderer}
        </p>
      )}
      {error !== null && (
        <div className={room['refusal']} role="alert">
          <p className={room['refusalTitle']}>There is no picture.</p>
          <p>{error}</p>
          <Button className={cx(controls['button'])} onPress={wantPicture}>
            Try again
          </Button>
        </div>
      )}
      {waiting && (
        <p className={styles['busy']} role="status">
          {picture === null ? 'Making the picture' : 'Making the full picture'}
        </p>
      )}
    </div>
  );
}

/** The sides as on any AP film, in the same place always. */
function Sides({ size }: { readonly size: ScreenSize }): ReactNode {
  const axial = useLab((now) => now.picture?.header.setup.axialAngle ?? 0);
  const view = useLab((now) => now.picture?.header.setup.view ?? 'pelvis');
  // Seen along the side, left and right lie over each other.
  if (Math.abs(axial) > 75) return null;
  return (
    <svg className={viewer['layer']} width={size.width} height={size.height} aria-hidden="true">
      {view !== 'left' && (
        <text x={28} y={32} className={viewer['side']}>
          R
        </text>
      )}
      {view !== 'right' && (
        <text x={size.width - 28} y={32} className={viewer['side']}>
          L
        </text>
      )}
    </svg>
  );
}

function steer(event: KeyboardEvent): void {
  const arrow = arrows[event.key];
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (arrow !== undefined && event.shiftKey) moveRay(5 * arrow[0], -5 * arrow[1]);
  else if (arrow !== undefined) turnTube(-arrow[0], arrow[1]);
  else if (event.key === 'PageUp') moveTube(0.98);
  else if (event.key === 'PageDown') moveTube(1.02);
  else return;
  event.preventDefault();
}

const arrows: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The hands on the picture: the hand carries the tube, so the tube goes where the hand goes. */
function useTubeHands(stage: RefObject<HTMLElement | null>, size: ScreenSize | null) {
  const from = useRef<{ readonly x: number; readonly y: number; readonly moves: boolean } | null>(null);
  const [grabbed, setGrabbed] = useState(false);
  useEffect(() => {
    const element = stage.current;
    if (element === null) return;
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      moveTube(Math.exp(Math.max(-120, Math.min(120, event.deltaY)) / 3000));
    };
    // React's own wheel listener is passive and could not keep the page from moving.
    element.addEventListener('wheel', wheel, { passive: false });
    return () => element.removeEventListener('wheel', wheel);
  }, [stage]);
  const end = () => {
    from.current = null;
    setGrabbed(false);
    hold(false);
  };
  const hands = {
    onPointerDown: (event: PointerEvent) => {
      from.current = {
        x: event.clientX,
        y: event.clientY,
        moves: event.shiftKey || event.button !== 0 || lab().tool === 'move',
      };
      event.currentTarget.setPointerCapture(event.pointerId);
      setGrabbed(true);
      hold(true);
    },
    onPointerMove: (event: PointerEvent) => {
      const { current } = from;
      if (current === null) return;
      const dx = event.clientX - current.x;
      const dy = event.clientY - current.y;
      from.current = { ...current, x: event.clientX, y: event.clientY };
      if (current.moves) {
        const step = millimetresPerPixel(size);
        moveRay(-dx * step, dy * step);
      } else turnTube(-dx * turnPerPixel, dy * turnPerPixel);
    },
    onPointerUp: end,
    onPointerCancel: end,
    onContextMenu: (event: { preventDefault: () => void }) => event.preventDefault(),
  };
  return { hands, grabbed };
}

/** In the patient's plane, so that what is under the hand stays under it. */
function millimetresPerPixel(size: ScreenSize | null): number {
  const { picture, setup } = lab();
  if (picture === null || size === null) return 0;
  const { header } = picture;
  const { scale } = fit({ rows: header.rows, columns: header.columns }, size);
  return (header.pixelSpacing / scale) * (setup.sourceToObjectDistance / setup.sourceToImageDistance);
}

/** The element's size in CSS pixels; null before it is known. */
function useSize(element: RefObject<HTMLElement | null>): ScreenSize | null {
  const [size, setSize] = useState<ScreenSize | null>(null);
  useEffect(() => {
    const { current } = element;
    if (current === null) return;
    const observer = new ResizeObserver(() =>
      setSize({ width: screenPx(current.clientWidth), height: screenPx(current.clientHeight) }),
    );
    observer.observe(current);
    return () => observer.disconnect();
  }, [element]);
  return size;
}

/** The renderer of this canvas; a sentence where there can be none; null while there is none. */
function useRenderer(canvas: RefObject<HTMLCanvasElement | null>): FilmRenderer | string | null {
  const [renderer, setRenderer] = useState<FilmRenderer | string | null>(null);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const begin = () => {
      try {
        setRenderer(new FilmRenderer(element));
      } catch (error) {
        setRenderer(sentenceOf(error));
      }
    };
    // A card that was taken away (sleep, driver) comes back as a new context: everything is put on it again.
    const lost = (event: Event) => {
      event.preventDefault();
      setRenderer(null);
    };
    element.addEventListener('webglcontextlost', lost);
    element.addEventListener('webglcontextrestored', begin);
    begin();
    return () => {
      element.removeEventListener('webglcontextlost', lost);
      element.removeEventListener('webglcontextrestored', begin);
    };
  }, [canvas]);
  return renderer;
}
