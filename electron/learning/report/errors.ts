import type { NamedError } from '../../contract/evaluation.ts';
import { gradeGroupOf, gradeGroups } from '../../contract/finding.ts';
import type { Box } from '../../contract/image.ts';
import type { ErrorPicture } from './errorPictures.ts';
import { escaped, paragraph } from './html.ts';

/** What went wrong, as a name. */
export function nameOfError({ grade, answer }: Pick<NamedError, 'grade' | 'answer'>): string {
  if (answer === null) return 'hip not found';
  if (answer === 'none') return 'fracture overlooked';
  if (gradeGroupOf(grade) === 'none') return 'fracture seen where none is';
  return 'displacement misjudged';
}

/** @param pictures in the order of the errors */
export function errorsHtml(
  errors: readonly NamedError[],
  pictures: readonly (ErrorPicture | null)[],
): string {
  if (errors.length === 0) return paragraph('No hip of the test was missed or answered wrongly.');
  return `${paragraph('Hips that were not found (at most six), then the wrong answers that gave the least probability to the truth. Solid white: the true box. Dashed yellow: the machine’s.', 'note')}
<div class="errors">${errors.map((error, i) => figureOf(error, pictures[i] ?? null)).join('\n')}</div>`;
}

function figureOf(error: NamedError, picture: ErrorPicture | null): string {
  const { patient, film, view, laterality, grade, answer, probabilities, overlap, implant } = error;
  const truth = grade === 'none' ? 'no fracture' : `Garden ${grade}`;
  const said =
    probabilities === null
      ? 'No answer.'
      : `Answered ${answer ?? ''}: ${gradeGroups.map((group) => `${group} ${(100 * probabilities[group]).toFixed(0)} %`).join(', ')}. Overlap ${overlap.toFixed(2)}.`;
  const more = implant === null ? '' : ` Implant: ${implant}.`;
  const name = nameOfError(error);
  const shown = picture === null ? '' : drawn(picture, `${truth}, ${laterality} hip: ${name}`);
  return `<figure>${shown}<figcaption><b>${escaped(`${truth}, ${laterality} hip: ${name}`)}</b>${escaped(`${said}${more}`)}<br>${escaped(`${patient}, film ${String(film + 1)} (${view})`)}</figcaption></figure>`;
}

function drawn({ uri, rows, columns, truth, answer }: ErrorPicture, name: string): string {
  return `<svg viewBox="0 0 ${columns} ${rows}" role="img" aria-label="${escaped(name)}"><image href="${uri}" width="${columns}" height="${rows}"/>${boxed(truth, 'truth')}${answer === null ? '' : boxed(answer, 'answer')}</svg>`;
}

const boxed = ({ x, y, width, height }: Box, of: string): string =>
  `<rect class="${of}" x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}"/>`;
