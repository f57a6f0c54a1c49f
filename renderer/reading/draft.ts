import type { Box } from '../../electron/contract/image.ts';
import type { Finding, Grade, Laterality } from '../../electron/contract/finding.ts';
import type { ReadDraft, UnfinishedRead } from '../../electron/contract/reads.ts';

/** One hip of the read that is being made. */
export interface DraftHip {
  readonly id: string;
  readonly box: Box;
  readonly laterality: Laterality;
  readonly grade: Grade | null;
  readonly confidence: number | null;
  /** The box is still the machine's own; drawn dashed until a person grades the hip or moves the box. */
  readonly offered: boolean;
}

/** What undo and redo go over: boxes and grades together, and the comment. */
export interface Draft {
  readonly hips: readonly DraftHip[];
  readonly comment: string;
}

export const emptyDraft: Draft = { hips: [], comment: '' };
/** A read holds at most this many hips (contract/reads.ts). */
export const mostHips = 8;

/** The draft that a finding offers: its boxes, no grade. */
export function draftFromFinding(finding: Finding): Draft {
  return {
    comment: '',
    hips: finding.hips.slice(0, mostHips).map((hip, index) => ({
      id: `machine-${String(index)}`,
      box: hip.box,
      laterality: hip.laterality,
      grade: null,
      confidence: null,
      offered: true,
    })),
  };
}

export function draftFromUnfinished(read: UnfinishedRead): Draft {
  return {
    comment: read.comment,
    hips: read.hips.map((hip, index) => ({ ...hip, id: `kept-${String(index)}`, offered: false })),
  };
}

/** Facts of a read that are not the reader's to edit. */
export type ReadFacts = Omit<UnfinishedRead, 'hips' | 'comment'>;

export function toUnfinished(draft: Draft, facts: ReadFacts): UnfinishedRead {
  return {
    ...facts,
    comment: draft.comment,
    hips: draft.hips.map(({ box, laterality, grade, confidence }) => ({
      box,
      laterality,
      grade,
      confidence,
    })),
  };
}

/** The finished read, or the sentence that says what is missing. */
export function toRead(draft: Draft, facts: ReadFacts): ReadDraft | string {
  if (draft.hips.length === 0) {
    return 'There is no hip to commit. Draw a box round each hip and grade it, or press X if the film cannot be graded.';
  }
  const hips = [];
  for (const { box, laterality, grade, confidence } of draft.hips) {
    if (grade === null) {
      const side = laterality === 'unknown' ? 'One hip' : `The ${laterality} hip`;
      return `${side} has no grade yet. Grade it, or remove its box.`;
    }
    hips.push({ box, laterality, grade, confidence });
  }
  return { ...facts, hips, comment: draft.comment };
}

/** Side of a box that a person draws: the file's, else the side that the other hip leaves, else unknown. */
export function sideOfNewBox(film: Laterality, others: readonly Pick<DraftHip, 'laterality'>[]): Laterality {
  if (film !== 'unknown') return film;
  if (others.length !== 1) return 'unknown';
  const taken = others[0]!.laterality;
  if (taken === 'unknown') return 'unknown';
  return taken === 'left' ? 'right' : 'left';
}
