/** How many labels one order saves against another that begins with the same films. */
import type { Course } from './studyRepeat.ts';

/**
 * Labels that a course needs less than the other at the last accuracy that both reach, as a share of the labels of
 * whichever needs more: 0.5 where it needs half, -0.5 where the other does. Both courses are made monotone first
 * (isotonic regression), so that one lucky round is not taken for arrival.
 */
export function labelsSaved(course: Course, other: Course): number {
  const mine = isotonic(course.accuracy);
  const theirs = isotonic(other.accuracy);
  const target = Math.min(mine.at(-1)!, theirs.at(-1)!);
  const needed = (accuracy: readonly number[], labels: readonly number[]): number =>
    reached(accuracy, labels, target);
  const [here, there] = [needed(mine, course.labels), needed(theirs, other.labels)];
  return (there - here) / Math.max(here, there);
}

/** Where a rising line through the points first reaches `target`, which its last point does. */
function reached(accuracy: readonly number[], labels: readonly number[], target: number): number {
  const at = accuracy.findIndex((value) => value >= target);
  if (at <= 0) return labels[0]!;
  const [below, above] = [accuracy[at - 1]!, accuracy[at]!];
  return labels[at - 1]! + ((labels[at]! - labels[at - 1]!) * (target - below)) / (above - below);
}

/** The never falling sequence nearest to the values in squares (pool adjacent violators; Barlow et al. 1972). */
export function isotonic(values: readonly number[]): number[] {
  const blocks: { sum: number; count: number }[] = [];
  const mean = ({ sum, count }: { sum: number; count: number }): number => sum / count;
  for (const value of values) {
    let block = { sum: value, count: 1 };
    for (let last = blocks.at(-1); last !== undefined && mean(last) > mean(block); last = blocks.at(-1)) {
      blocks.pop();
      block = { sum: block.sum + last.sum, count: block.count + last.count };
    }
    blocks.push(block);
  }
  return blocks.flatMap((block) => new Array<number>(block.count).fill(mean(block)));
}
