/** What several readers' reads of one film say together. */
import type { HipRead } from '../../contract/reads.ts';
import type { LabelSource, SnapshotHip } from '../../contract/snapshot.ts';
import type { LabelRead, ReadFilm } from '../../database/labels.ts';

export interface FilmLabels {
  /** Boxes in pixels of the film. Empty when the film is left out. */
  readonly hips: readonly SnapshotHip[];
  /** Sentences on what is left out. */
  readonly leftOut: readonly string[];
}

const sides = ['right', 'left'] as const;
type Side = (typeof sides)[number];

/**
 * The labels on which the last reads of all readers agree. A hip on whose grade they do not agree, or that a reader
 * could not grade, keeps its box and has no grade: it teaches where hips are, and nothing else, until it is
 * adjudicated.
 */
export function labelsOf({ reads }: ReadFilm): FilmLabels {
  const unusable = whyNot(reads);
  if (unusable !== null) return { hips: [], leftOut: [unusable] };
  const leftOut: string[] = [];
  const hips = sides.flatMap((side): SnapshotHip[] => {
    const said = reads.flatMap(({ read }) => read.hips.filter(({ laterality }) => laterality === side));
    const last = said.at(-1);
    if (last === undefined) return [];
    const agreed = said.every(({ grade }) => grade === last.grade);
    if (!agreed)
      leftOut.push(
        `The readers do not agree on the ${side} hip (${said.map(({ grade }) => gradeInWords(grade)).join(', ')}). It has no grade until it is adjudicated.`,
      );
    return [
      {
        box: last.box,
        laterality: side,
        grade: agreed && last.grade !== 'cannot-grade' ? last.grade : null,
        implant: null,
        condition: null,
        label: labelSource(reads, agreed),
      },
    ];
  });
  return { hips, leftOut };
}

/** Why nothing can be learned from these reads; null when something can. */
function whyNot(reads: readonly LabelRead[]): string | null {
  const all = reads.flatMap(({ read }) => read.hips);
  if (all.length === 0) return 'No hip was marked on this film.';
  if (all.some(({ laterality }) => laterality === 'unknown'))
    return 'The side of a hip is not known. Say in the read which side it is, and commit again.';
  for (const { read } of reads)
    for (const side of sides)
      if (read.hips.filter(({ laterality }) => laterality === side).length > 1)
        return `One read marks two ${side} hips on this film.`;
  const marked = (hips: readonly HipRead[], side: Side): boolean =>
    hips.some(({ laterality }) => laterality === side);
  for (const side of sides)
    if (new Set(reads.map(({ read }) => marked(read.hips, side))).size > 1)
      return `One reader marked a ${side} hip on this film and another did not.`;
  return null;
}

function labelSource(reads: readonly LabelRead[], agreed: boolean): LabelSource {
  return {
    kind: 'reads',
    agreement: !agreed ? 'divided' : reads.length === 1 ? 'single' : 'unanimous',
    reads: reads.map(({ id, hash, at, read: { reader, blinded } }) => ({ id, hash, reader, at, blinded })),
  };
}

function gradeInWords(grade: HipRead['grade']): string {
  return grade === 'none' ? 'no fracture' : grade === 'cannot-grade' ? 'cannot grade' : `Garden ${grade}`;
}
