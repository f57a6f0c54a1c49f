import type { EvaluationReport, NamedError } from '../../../contract/evaluation.ts';
import { gradeGroups } from '../../../contract/finding.ts';
import type { Box } from '../../../contract/image.ts';
import { countErrors, errorNames, nameOfError } from '../evaluateErrors.ts';
import type { ErrorPicture } from './errorPictures.ts';
import { escaped, paragraph } from './html.ts';

/** @param pictures of `report.errors`, in their order */
export function errorsHtml(
  { errors, classifier, test }: Pick<EvaluationReport, 'errors' | 'classifier' | 'test'>,
  pictures: readonly (ErrorPicture | null)[],
): string {
  if (errors.length === 0) return paragraph('No hip of the test was missed or answered wrongly.');
  const counts = countErrors(classifier);
  const kinds = errorNames.flatMap((name) => {
    const figures = errors.flatMap((error, i) =>
      nameOfError(error) === name ? [figureOf(error, pictures[i] ?? null)] : [],
    );
    if (figures.length === 0) return [];
    const heading = `${name[0]!.toUpperCase()}${name.slice(1)}: ${counts[name].toLocaleString('en')} of ${test.graded.toLocaleString('en')} hips`;
    return [`<h3>${escaped(heading)}</h3><div class="errors">${figures.join('\n')}</div>`];
  });
  return [
    paragraph(
      'Of each kind at most six are shown, those that gave the least probability to the truth. Solid white: the true box. Dashed yellow: the machine’s.',
      'note',
    ),
    ...kinds,
  ].join('\n');
}

function figureOf(error: NamedError, picture: ErrorPicture | null): string {
  const { patient, film, view, laterality, grade, answer, probabilities, overlap, implant } = error;
  const truth = grade === 'none' ? 'no fracture' : `Garden ${grade}`;
  const said =
    probabilities === null
      ? 'No answer.'
      : `Answered ${answer ?? ''}: ${gradeGroups.map((group) => `${group} ${(100 * probabilities[group]).toFixed(0)} %`).join(', ')}. Overlap ${overlap.toFixed(2)}.`;
  const more = implant === null ? '' : ` Implant: ${implant}.`;
  const name = `${truth}, ${laterality} hip`;
  const shown = picture === null ? '' : drawn(picture, `${name}: ${nameOfError(error)}`);
  return `<figure>${shown}<figcaption><b>${escaped(name)}</b>${escaped(`${said}${more}`)}<br>${escaped(`${patient}, film ${String(film + 1)} (${view})`)}</figcaption></figure>`;
}

/** The film around the hip with both boxes, as a picture that stands alone: SVG. */
export function drawn({ uri, rows, columns, truth, answer }: ErrorPicture, name: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${columns} ${rows}" role="img" aria-label="${escaped(name)}"><image href="${uri}" width="${columns}" height="${rows}"/>${boxed(truth, 'stroke="#fff"')}${answer === null ? '' : boxed(answer, 'stroke="#ffb000" stroke-dasharray="5 4"')}</svg>`;
}

const boxed = ({ x, y, width, height }: Box, line: string): string =>
  `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}" fill="none" stroke-width="1.5" vector-effect="non-scaling-stroke" ${line}/>`;
