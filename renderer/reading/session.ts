import type { SaliencyMethod } from '../../electron/contract/saliencyTests.ts';
import { create } from 'zustand';
import type { FilmDescription, Voi } from '../../electron/contract/film.ts';
import type { Finding, SaliencyMap } from '../../electron/contract/finding.ts';
import type { StoredRead } from '../../electron/contract/reads.ts';
import type { View } from '../viewer/transform.ts';
import type { Draft } from './draft.ts';
import { emptyDraft } from './draft.ts';
import type { Delta } from './history.ts';

export type Tool = 'pan' | 'window' | 'box';

/**
 * How far the machine's answer is: withheld in a blinded read, being computed, here, or failed with its
 * reason.
 */
export type Answer =
  | { readonly state: 'waiting' | 'withheld' }
  | { readonly state: 'here'; readonly finding: Finding }
  | { readonly state: 'failed'; readonly sentence: string };

export interface Picture {
  readonly view: View | null;
  readonly voi: Voi | null;
  readonly inverted: boolean;
  /** By how much the card made each side smaller; 1 is every sample. */
  readonly reduction: number;
  readonly tool: Tool;
  readonly saliencyShown: boolean;
}

/** The film that is open, and everything about it. */
export interface Session extends Picture {
  readonly imageHash: string | null;
  readonly film: FilmDescription | null;
  readonly samples: Uint16Array | null;
  readonly filmError: string | null;
  readonly answer: Answer;
  readonly history: readonly StoredRead[];
  readonly draft: Draft;
  /** A person has changed the draft since it was offered or restored. */
  readonly touched: boolean;
  readonly selected: string | null;
  readonly past: readonly Delta[];
  readonly future: readonly Delta[];
  readonly saved: 'untouched' | 'saving' | 'kept' | 'failed';
  readonly committing: boolean;
  readonly commitError: string | null;
  /** Milliseconds of earlier sittings with this draft. */
  readonly earlierMs: number;
  /** performance.now() when the film came on the screen; null before. */
  readonly shownAt: number | null;
  readonly saliency: readonly SaliencyMap[] | null;
  readonly saliencyError: string | null;
}

const fresh: Session = {
  imageHash: null,
  film: null,
  samples: null,
  filmError: null,
  answer: { state: 'waiting' },
  history: [],
  draft: emptyDraft,
  touched: false,
  selected: null,
  past: [],
  future: [],
  saved: 'untouched',
  committing: false,
  commitError: null,
  earlierMs: 0,
  shownAt: null,
  saliency: null,
  saliencyError: null,
  view: null,
  voi: null,
  inverted: false,
  reduction: 1,
  tool: 'pan',
  saliencyShown: false,
};

/** What is the reader's habit and stays from film to film. */
interface Habits {
  readonly saliencyOpacity: number;
  readonly saliencyMethod: SaliencyMethod;
}

export const useSession = create<Session & Habits>(() => ({
  ...fresh,
  saliencyOpacity: 0.5,
  saliencyMethod: 'grad-cam',
}));

export const setSession = useSession.setState;
export const session = useSession.getState;

/** An empty room, or the first moment of a film. */
export function resetSession(imageHash: string | null): void {
  setSession({ ...fresh, imageHash });
}

/** Sets something of film `imageHash`, unless another film was opened meanwhile. True when it was set. */
export function setFor(imageHash: string, change: Partial<Session>): boolean {
  if (session().imageHash !== imageHash) return false;
  setSession(change);
  return true;
}
