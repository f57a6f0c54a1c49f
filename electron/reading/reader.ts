import { CalcarError } from '../contract/errors.ts';
import {
  gradeGroups,
  type GradeGroup,
  type HipFinding,
  type Probabilities,
  type SaliencyMap,
} from '../contract/finding.ts';
import type { Box, GreyImage } from '../contract/image.ts';
import type { FilmTags, Reading } from '../contract/reading.ts';
import type { SaliencyMethod } from '../contract/saliencyTests.ts';
import type { HipDetection, Models } from '../../models/index.ts';
import { certaintyOf, humanReasonsOf } from './certainty.ts';
import type { FixedConfidence } from './certainty.ts';
import {
  cutOffWarning,
  faintHip,
  filmWarnings,
  hipOnlyWhenInverted,
  isRefused,
  missedHipWarning,
  noHipFound,
  outcomeOf,
} from './gate.ts';
import { inputStatistics } from './inputStatistics.ts';
import { faceEachOther, sidesOf, sideWarning, type SidedBox } from './laterality.ts';
import { classifierInput, localizerInput, type LocalizerInput } from './prepare.ts';
import { saliencyMap } from './saliencyMap.ts';
import { judgeFilm } from './scope.ts';

/** Reads films with one pair of models. Makes tensors on the current backend and leaves none behind. */
export interface Reader {
  readonly modelName: string;
  readonly modelHash: string;
  /**
   * Quality gate, hips, three probabilities a hip. A film that is refused costs no network.
   *
   * @throws CalcarError 'invalid-input' when the image is not rows × columns finite values, 'compute-failed'
   *   when a network gives no number
   */
  read(image: GreyImage, tags: FilmTags): Promise<Reading>;
  /**
   * The evidence for one group, or for the likeliest where none is named, over the square that the classifier saw
   * around `box`; Grad-CAM unless another method is named.
   *
   * @throws CalcarError as `read`
   */
  saliency(image: GreyImage, box: Box, group?: GradeGroup, method?: SaliencyMethod): Promise<SaliencyMap>;
}

export type ReaderModels = Pick<Models, 'localizer' | 'classifier' | 'hash' | 'name'> &
  Partial<Pick<Models, 'scope'>>;

/** Under this score a hip was found, but weakly; under the localizer's own threshold it was not. */
const faintPresence = 0.5;
/** A hip on the turned-over film must be plain to see, or any texture could accuse the file of a wrong polarity. */
const plainPresence = 0.6;

/** What was fixed for the models, and the hash of the file that says it. */
export interface ReaderConfidence {
  readonly value: FixedConfidence;
  readonly hash: string;
}

/** @param confidence null for models whose confidence was never fixed */
export function createReader(
  { localizer, classifier, scope: learnedGate = null, hash, name }: ReaderModels,
  confidence: ReaderConfidence | null = null,
): Reader {
  const confidenceHash = confidence?.hash ?? null;

  async function locate(
    image: GreyImage,
    input: LocalizerInput,
    threshold?: number,
  ): Promise<(HipDetection & SidedBox)[]> {
    const found = await localizer.locate(input.data, threshold);
    const hips = found
      .map((hip) => ({ ...hip, box: input.toImage(hip.box) }))
      .filter(({ box }) => reachesFilm(box, image));
    const [first, second] = hips;
    // Two hips that do not face each other are not of one pelvis: the weaker one is a mistake.
    return first && second && !faceEachOther(first, second) ? [first] : hips;
  }

  async function classify(image: GreyImage, boxes: readonly Box[]): Promise<Probabilities[]> {
    const answers = await classifier.classify(boxes.map((box) => classifierInput(image, box)));
    return answers.map(probabilitiesOf);
  }

  return {
    modelName: name,
    modelHash: hash,

    async read(image, tags) {
      checkImage(image);
      const start = performance.now();
      const warnings = filmWarnings(image, tags);
      const refused = (statistics: Reading['input'] = null, scope: Reading['scope'] = null): Reading => ({
        outcome: 'refused',
        warnings,
        hips: [],
        confidenceHash,
        scope,
        input: statistics,
        timings: { localizeMs: performance.now() - start, classifyMs: 0 },
      });
      if (isRefused(warnings)) return refused();

      const input = localizerInput(image);
      const statistics = inputStatistics(input.data, image);
      const judged = learnedGate && (await judgeFilm(learnedGate, input.data));
      const scope = judged?.answer ?? null;
      if (judged?.warning) warnings.push(judged.warning);
      if (isRefused(warnings)) return refused(statistics, scope);

      const hips = await locate(image, input);
      if (hips.length === 0) {
        const turned = negative(image);
        const onNegative = await locate(turned, localizerInput(turned), plainPresence);
        warnings.push(onNegative.length > 0 ? hipOnlyWhenInverted : noHipFound);
        return refused(statistics, scope);
      }
      if (hips.some(({ score }) => score < faintPresence)) warnings.push(faintHip);
      const found = hips.map(({ box }) => box);
      for (const warning of [
        missedHipWarning(hips.length, tags),
        cutOffWarning(found, image),
        sideWarning(hips, tags.laterality),
      ])
        if (warning !== null) warnings.push(warning);
      const located = performance.now();

      const boxes = found.map((box) => onFilm(box, image));
      const probabilities = await classify(image, boxes);
      const sides = sidesOf(hips, tags.laterality);
      const outcome = outcomeOf(warnings);
      const findings = hips.map((hip, i): HipFinding => {
        const answer = {
          probabilities: probabilities[i]!,
          gradeGroup: likeliest(probabilities[i]!),
          certainty: confidence && certaintyOf(probabilities[i]!, confidence.value),
          scope: null,
        };
        return {
          box: boxes[i]!,
          ...sides[i]!,
          presence: hip.score,
          ...answer,
          needsHuman: humanReasonsOf(answer, outcome === 'doubtful'),
        };
      });
      return {
        outcome,
        warnings,
        hips: findings.sort((a, b) => a.box.x - b.box.x),
        confidenceHash,
        scope,
        input: statistics,
        timings: { localizeMs: located - start, classifyMs: performance.now() - located },
      };
    },

    async saliency(image, box, group, method = 'grad-cam') {
      checkImage(image);
      if (!reachesFilm(box, image))
        throw new CalcarError(
          'invalid-input',
          'This box lies outside the film, so there is nothing to explain.',
        );
      const of = group ?? likeliest((await classify(image, [box]))[0]!);
      return saliencyMap(classifier, image, box, of, method);
    },
  };
}

function checkImage({ rows, columns, values }: GreyImage): void {
  if (!(rows > 0 && columns > 0 && values.length === rows * columns && areFinite(values)))
    throw new CalcarError(
      'invalid-input',
      'The pixels of this film do not fit its size, so it was not graded. Import the film again.',
    );
}

/**
 * One pass: a sum of finite single-precision numbers stays finite in double precision, any other does not.
 * Four sums that do not wait for each other take less than half the time of one.
 */
function areFinite(values: Float32Array): boolean {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = values.length - (values.length % 4);
  for (let i = 0; i < whole; i += 4) {
    a += values[i]!;
    b += values[i + 1]!;
    c += values[i + 2]!;
    d += values[i + 3]!;
  }
  for (let i = whole; i < values.length; i++) a += values[i]!;
  return Number.isFinite(a + b + c + d);
}

function probabilitiesOf(answer: Float32Array): Probabilities {
  const sum = answer.reduce((total, value) => total + value, 0);
  // NaN fails the comparison too.
  if (!(Math.abs(sum - 1) < 1e-3))
    throw new CalcarError(
      'compute-failed',
      'The model gave no answer for this film. Read it again; if it happens twice, run `calcar doctor`.',
    );
  const [none, undisplaced, displaced] = [...answer].map((value) => value / sum);
  return { none: none!, 'I-II': undisplaced!, 'III-IV': displaced! };
}

const likeliest = (probabilities: Probabilities) =>
  gradeGroups.reduce((best, group) => (probabilities[group] > probabilities[best] ? group : best));

const negative = (image: GreyImage): GreyImage => ({ ...image, values: image.values.map((value) => -value) });

const reachesFilm = ({ x, y, width, height }: Box, { rows, columns }: GreyImage) =>
  x < columns - 1 && y < rows - 1 && x + width > 1 && y + height > 1;

/** The part of a box that is on the film. */
function onFilm(box: Box, { rows, columns }: GreyImage): Box {
  const x = Math.max(0, box.x);
  const y = Math.max(0, box.y);
  return {
    x,
    y,
    width: Math.min(columns, box.x + box.width) - x,
    height: Math.min(rows, box.y + box.height) - y,
  };
}
