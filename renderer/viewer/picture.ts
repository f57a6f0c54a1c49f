import { screenPx } from '../../electron/contract/units.ts';
import { addBox } from '../reading/edit.ts';
import { loadSaliency } from '../reading/openFilm.ts';
import type { Tool } from '../reading/session.ts';
import { session, setSession } from '../reading/session.ts';
import { boxBetween } from '../reading/boxes.ts';
import type { ScreenPoint, ScreenSize, View } from './transform.ts';
import { clampScale, fit, imagePoint, mirror, screenPoint, turn, zoomAt } from './transform.ts';

/** What a person does to the picture, from keys, buttons and the palette alike. */

let size: ScreenSize = { width: screenPx(1), height: screenPx(1) };
let pointer: ScreenPoint | null = null;
let loupeChanged: (at: ScreenPoint | null) => void = () => undefined;
let loupeHeld = false;

/** The viewport tells its size; a film that was fitted stays fitted. */
export function setViewportSize(next: ScreenSize): void {
  const { film, view } = session();
  const wasFitted = film !== null && view !== null && sameScale(view, fit(film, size, view));
  size = next;
  if (film !== null && (view === null || wasFitted)) {
    setSession({ view: fit(film, size, view ?? undefined) });
  }
}

const sameScale = (a: View, b: View) => Math.abs(a.scale - b.scale) < 1e-9;

/** The viewport tells where the pointer is and how the loupe is drawn. */
export function setPointer(at: ScreenPoint | null): void {
  pointer = at;
  if (loupeHeld) loupeChanged(at);
}
export function onLoupe(listener: (at: ScreenPoint | null) => void): void {
  loupeChanged = listener;
}

export function holdLoupe(held: boolean): void {
  loupeHeld = held;
  loupeChanged(held ? (pointer ?? middle()) : null);
}

const middle = () => screenPoint(size.width / 2, size.height / 2);

function changeView(change: (view: View) => View): void {
  const { view } = session();
  if (view !== null) setSession({ view: change(view) });
}

export function fitFilm(): void {
  const { film } = session();
  if (film !== null) changeView((view) => fit(film, size, view));
}

/** One device pixel for one film pixel. */
export function oneToOne(): void {
  changeView((view) => zoomAt(view, size, middle(), clampScale(1 / devicePixelRatio) / view.scale));
}

export const zoom = (factor: number) => changeView((view) => zoomAt(view, size, middle(), factor));

export function turnFilm(): void {
  const { film } = session();
  if (film !== null) changeView((view) => refit(view, turn(view)));
}
export function mirrorFilm(): void {
  changeView(mirror);
}

/** A fitted film is fitted again after a turn; a zoomed one keeps its scale. */
function refit(before: View, after: View): View {
  const { film } = session();
  if (film === null || !sameScale(before, fit(film, size, before))) return after;
  return fit(film, size, after);
}

export const invert = () => setSession(({ inverted }) => ({ inverted: !inverted }));

export function toggleTool(tool: Tool): void {
  setSession((now) => ({ tool: now.tool === tool ? 'pan' : tool }));
}

export function nextVoi(): void {
  const { film, voi } = session();
  if (film === null || voi === null) return;
  const index = film.vois.indexOf(voi);
  setSession({ voi: film.vois[(index + 1) % film.vois.length] ?? voi });
}

export function toggleSaliency(): void {
  setSession(({ saliencyShown }) => ({ saliencyShown: !saliencyShown }));
  if (session().saliencyShown) void loadSaliency();
}

export function changeOpacity(by: number): void {
  setSession(({ saliencyOpacity }) => ({
    saliencyOpacity: Math.min(1, Math.max(0.1, saliencyOpacity + by)),
  }));
}

/** A box without a mouse: in the middle of what is seen, a third of it wide and high, with the focus on it. */
export function placeBox(): void {
  const { film, view } = session();
  if (film === null || view === null) return;
  const half = Math.min(size.width, size.height) / 6 / view.scale;
  const { x, y } = view.centre;
  const box = boxBetween(imagePoint(x - half, y - half), imagePoint(x + half, y + half), film);
  if (box === null) return;
  addBox(box);
  const { selected } = session();
  requestAnimationFrame(() => document.getElementById(`box-${selected ?? ''}`)?.focus());
}
