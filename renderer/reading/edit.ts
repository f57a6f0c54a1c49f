import type { Box } from '../../electron/contract/image.ts';
import type { Grade, Laterality } from '../../electron/contract/finding.ts';
import { say, useApp } from '../app/store.ts';
import { keepDraft } from './autosave.ts';
import type { Draft, DraftHip } from './draft.ts';
import { mostHips, sideOfNewBox } from './draft.ts';
import type { Delta } from './history.ts';
import { apply, difference, invert, merge } from './history.ts';
import { session, setSession } from './session.ts';

/** Two changes of the same kind of the same thing within this time are one step of undo. */
const oneStepMs = 900;
let lastChange = { label: '', at: -Infinity };

/** True when the reader has a name; else says what to do. Without a name nothing could be kept. */
export function mayEdit(): boolean {
  if (session().film === null) return false;
  if (useApp.getState().settings.reader.trim() !== '') return true;
  say('Write your name or initials in the panel first; every read carries its reader.');
  document.getElementById('reader-name')?.focus();
  return false;
}

/** Makes one undoable change of the draft. `label` names what changed, of which hip. */
function change(label: string, after: Draft): void {
  const { draft, past } = session();
  const delta = difference(label, draft, after);
  if (delta === null) return;
  const now = performance.now();
  const last = past.at(-1);
  const joins = last !== undefined && lastChange.label === label && now - lastChange.at < oneStepMs;
  lastChange = { label, at: now };
  setSession({
    draft: after,
    touched: true,
    past: joins ? [...past.slice(0, -1), merge(last, delta)] : [...past, delta],
    future: [],
    commitError: null,
  });
  keepDraft();
}

function withHip(id: string, edit: (hip: DraftHip) => DraftHip): Draft {
  const { draft } = session();
  return { ...draft, hips: draft.hips.map((hip) => (hip.id === id ? edit(hip) : hip)) };
}

export function undo(): void {
  const { past, future, draft } = session();
  const last = past.at(-1);
  if (last !== undefined) step(past.slice(0, -1), [last, ...future], apply(draft, invert(last)));
}

export function redo(): void {
  const { past, future, draft } = session();
  const next = future[0];
  if (next !== undefined) step([...past, next], future.slice(1), apply(draft, next));
}

function step(past: readonly Delta[], future: readonly Delta[], draft: Draft): void {
  lastChange = { label: '', at: -Infinity };
  const { selected } = session();
  const still = draft.hips.some((hip) => hip.id === selected) ? selected : (draft.hips[0]?.id ?? null);
  setSession({ past, future, draft, selected: still, touched: true, commitError: null });
  keepDraft();
}

let drawn = 0;

function newHip(box: Box, grade: Grade | null): DraftHip {
  const { film, draft } = session();
  return {
    id: `drawn-${String(performance.timeOrigin + drawn++)}`,
    box,
    laterality: sideOfNewBox(film?.laterality ?? 'unknown', draft.hips),
    grade,
    confidence: null,
    offered: false,
  };
}

export function addBox(box: Box): void {
  if (!mayEdit()) return;
  const { draft } = session();
  if (draft.hips.length >= mostHips) {
    say(`A read holds at most ${String(mostHips)} boxes. Remove one first.`);
    return;
  }
  const hip = newHip(box, null);
  change(`box ${hip.id}`, { ...draft, hips: [...draft.hips, hip] });
  setSession({ selected: hip.id, tool: 'pan' });
}

export function setBox(id: string, box: Box): void {
  change(
    `box ${id}`,
    withHip(id, (hip) => ({ ...hip, box, offered: false })),
  );
}

export function removeHip(id: string): void {
  if (!mayEdit()) return;
  const { draft } = session();
  const hips = draft.hips.filter((hip) => hip.id !== id);
  change(`remove ${id}`, { ...draft, hips });
  setSession({ selected: hips[0]?.id ?? null });
}

export function setGrade(id: string, grade: Grade): void {
  if (!mayEdit()) return;
  change(
    `grade ${id}`,
    withHip(id, (hip) => ({ ...hip, grade, offered: false })),
  );
}

/**
 * The grade keys: grades the selected hip and goes on to the next one without a grade. On a film without
 * a box only 'cannot grade' makes sense, and it is said of the whole film.
 */
export function gradeSelected(grade: Grade): void {
  if (!mayEdit()) return;
  const { draft, selected, film } = session();
  const hip = draft.hips.find(({ id }) => id === selected) ?? draft.hips[0];
  if (hip === undefined) {
    if (grade !== 'cannot-grade' || film === null) {
      say('There is no box to grade. Press B and draw one round the hip.');
      return;
    }
    const whole = newHip({ x: 0, y: 0, width: film.columns, height: film.rows }, grade);
    change(`grade ${whole.id}`, { ...draft, hips: [whole] });
    setSession({ selected: whole.id });
    return;
  }
  setGrade(hip.id, grade);
  const open = session().draft.hips.find((other) => other.grade === null);
  setSession({ selected: open?.id ?? hip.id });
}

export function setConfidence(id: string, confidence: number): void {
  if (!mayEdit()) return;
  change(
    `confidence ${id}`,
    withHip(id, (hip) => ({ ...hip, confidence })),
  );
}

export function setSide(id: string, laterality: Laterality): void {
  if (!mayEdit()) return;
  change(
    `side ${id}`,
    withHip(id, (hip) => ({ ...hip, laterality })),
  );
}

export function setComment(comment: string): void {
  if (!mayEdit()) return;
  change('comment', { ...session().draft, comment: comment.slice(0, 4000) });
}

export function selectNextHip(): void {
  const { draft, selected } = session();
  const index = draft.hips.findIndex((hip) => hip.id === selected);
  const next = draft.hips[(index + 1) % Math.max(1, draft.hips.length)];
  if (next !== undefined) setSession({ selected: next.id });
}
