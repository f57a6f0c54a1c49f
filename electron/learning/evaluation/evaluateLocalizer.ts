/** How well hips are found: boxes, sides, and boxes where no hip is. */
import type { Estimate, EvaluationReport } from '../../contract/evaluation.ts';
import { estimateOf, meanByPatient, shareOf, weightedMean } from './evaluateSample.ts';
import type { PatientDraws, Sample } from './evaluateSample.ts';

/** Murphy 2022 (Sci Rep) counts a hip as located above this overlap. */
const locatedOverlap = 0.7;

/** @throws RangeError without a hip */
export function localizerReport(sample: Sample, draws: PatientDraws): EvaluationReport['localizer'] {
  const { hips } = sample;
  const overlap = ({ hip }: (typeof hips)[number]): number => hip.found?.overlap ?? 0;
  const found = hips.filter(({ hip }) => hip.found !== null);
  const films = sample.films.map((film) => ({ patient: film.place, falseBoxes: film.falseBoxes }));
  return {
    meanOverlap: defined(meanByPatient(draws, hips, overlap)),
    overlapAbove07: defined(shareOf(hips, (hip) => overlap(hip) > locatedOverlap)),
    found: defined(shareOf(hips, ({ hip }) => hip.found !== null)),
    falseBoxesPerFilm: defined(
      estimateOf(
        draws.interval(films, weightedMean(films.map(({ falseBoxes }) => falseBoxes))),
        films.length,
        'patient-bootstrap',
        'films',
      ),
    ),
    filmsWithFalseBox: defined(shareOf(films, ({ falseBoxes }) => falseBoxes > 0, 'films')),
    rightSide: shareOf(found, ({ hip }) => hip.found?.laterality === hip.laterality),
  };
}

export function defined(value: Estimate | null): Estimate {
  if (value === null) throw new RangeError('nothing to count');
  return value;
}
