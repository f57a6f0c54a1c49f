import type { ReactNode } from 'react';
import { useEffect, useRef, useState } from 'react';
import { screenPx } from '../../electron/contract/units.ts';
import { sentenceOf } from '../station.ts';
import { setSession, useSession } from '../reading/session.ts';
import { FilmRenderer } from './filmRenderer.ts';
import { Overlay } from './Overlay.tsx';
import { SaliencyLayer } from './SaliencyLayer.tsx';
import { onLoupe, setViewportSize } from './picture.ts';
import type { ScreenPoint, ScreenSize } from './transform.ts';
import { useHands } from './hands.ts';
import { isInverted } from './voi.ts';
import styles from './viewer.module.css';
import { cx } from '../cx.ts';
import { findingText } from '../words.ts';

const loupeRadius = 130;
const loupeMagnification = 3;

/** The film itself: pixels, saliency, boxes, and the hands on them. */
export function FilmView(): ReactNode {
  const room = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<ScreenSize | null>(null);
  const tool = useSession((now) => now.tool);
  useEffect(() => {
    const element = room.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      const next = { width: screenPx(element.clientWidth), height: screenPx(element.clientHeight) };
      setViewportSize(next);
      setSize(next);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const film = useSession((now) => now.film);
  useEffect(() => {
    if (size !== null) setViewportSize(size);
  }, [film, size]);
  const { rubber, ...hands } = useHands(room, size);
  return (
    <div
      ref={room}
      className={cx(styles['viewport'], tool === 'box' && styles['drawing'])}
      data-testid="viewport"
      {...hands}
    >
      {size !== null && <Pixels size={size} />}
      {size !== null && <SaliencyLayer size={size} />}
      {size !== null && <Overlay size={size} rubber={rubber} />}
    </div>
  );
}

function Pixels({ size }: { readonly size: ScreenSize }): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [renderer, setRenderer] = useState<FilmRenderer | null>(null);
  const [loupe, setLoupe] = useState<ScreenPoint | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const film = useSession((now) => now.film);
  const samples = useSession((now) => now.samples);
  const view = useSession((now) => now.view);
  const voi = useSession((now) => now.voi);
  const inverted = useSession((now) => now.inverted);
  const ratio = useDevicePixelRatio();

  useEffect(() => {
    onLoupe(setLoupe);
    const element = canvas.current;
    if (element === null) return;
    const begin = () => {
      try {
        setRenderer(new FilmRenderer(element));
      } catch (error) {
        setProblem(sentenceOf(error));
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
  }, []);

  useEffect(() => {
    if (renderer === null || film === null || samples === null) return;
    setSession({ reduction: renderer.show({ ...film, samples }) });
  }, [renderer, film, samples]);

  useEffect(() => {
    if (renderer === null || film === null || samples === null || view === null || voi === null) return;
    const frame = requestAnimationFrame(() => {
      renderer.draw({
        view,
        size,
        devicePixelRatio: ratio,
        voi,
        inverted: isInverted(film, inverted),
        loupe: loupe === null ? null : { at: loupe, radius: loupeRadius, magnification: loupeMagnification },
      });
      setSession((now) => (now.shownAt === null ? { shownAt: performance.now() } : now));
    });
    return () => cancelAnimationFrame(frame);
  }, [renderer, film, samples, view, voi, inverted, size, ratio, loupe]);

  const said = useSession((now) => (now.answer.state === 'here' ? findingText(now.answer.finding) : ''));
  return (
    <>
      <canvas
        ref={canvas}
        role="img"
        aria-label={film === null ? 'No film' : `Radiograph ${film.fileName}. ${said}`}
        className={cx(styles['pixels'], samples === null && styles['dark'])}
        data-shown={samples !== null}
      />
      {problem !== null && (
        <p className={styles['problem']} role="alert">
          {problem}
        </p>
      )}
    </>
  );
}

/** Changes when the window goes to another monitor or the page is zoomed. */
function useDevicePixelRatio(): number {
  const [ratio, setRatio] = useState(devicePixelRatio);
  useEffect(() => {
    const query = matchMedia(`(resolution: ${String(ratio)}dppx)`);
    const changed = () => setRatio(devicePixelRatio);
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, [ratio]);
  return ratio;
}
