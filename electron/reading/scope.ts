/** What the learned gate says of a film, in words. */
import type { QualityWarning } from '../contract/finding.ts';
import { filmScope, type FilmScope, type ScopeAnswer } from '../contract/scope.ts';
import type { ScopeNetwork } from '../../models/index.ts';

type Wrong = Exclude<FilmScope, 'in scope'>;

const kinds: Record<Wrong, QualityWarning['kind']> = {
  'other body part': 'body-part',
  'other view': 'view',
  inverted: 'inverted',
  rotated: 'rotated',
  cropped: 'cropped',
  corrupt: 'corrupt',
  blank: 'blank',
};

/** What the film looks like, and what to do about it. */
const words: Record<Wrong, readonly [looks: string, mend: string]> = {
  'other body part': ['unlike a film of a hip or pelvis', 'Check that this is the right film.'],
  'other view': [
    'like a view other than from front to back',
    'The machine learned from AP films only: take one, or grade this film yourself.',
  ],
  inverted: ['like a negative, black and white exchanged', 'Invert the film and read it again.'],
  rotated: ['turned or lying upside down', 'Turn the film upright and read it again.'],
  cropped: ['cut, so that no hip is wholly on it', 'Find the whole film, or grade this one yourself.'],
  corrupt: ['damaged', 'Fetch the file again, or grade what can still be seen yourself.'],
  blank: ['empty', 'Look for the exposure that belongs to it.'],
};

const strangeWords = [
  'unlike the AP hip and pelvis films that the machine learned from',
  'Check that it is the right film, whole and upright.',
] as const;

/** @throws ZodError when the network names a scope that no contract knows */
export async function judgeFilm(
  gate: ScopeNetwork,
  localizerData: Float32Array,
): Promise<{ readonly answer: ScopeAnswer; readonly warning: QualityWarning | null }> {
  const { config } = gate;
  const { probabilities, familiarity } = await gate.judge(localizerData);
  const best = probabilities.indexOf(Math.max(...probabilities));
  const answer = {
    scope: filmScope.parse(config.scopes[best]),
    probability: Math.min(1, probabilities[best]!),
    familiarity,
  };
  return { answer, warning: warningOf(gate, answer, probabilities) };
}

/** A strange film is given a name only by a network that is this sure of it. */
const sureOfName = 0.8;

function warningOf(
  { config: { scopes, refuseBelow, doubtBelow, strangeBelow } }: ScopeNetwork,
  { familiarity }: ScopeAnswer,
  probabilities: Float32Array,
): QualityWarning | null {
  const inScope = probabilities[0]!;
  const isStrange = familiarity < strangeBelow;
  if (inScope >= doubtBelow && !isStrange) return null;
  const wrong = probabilities.indexOf(Math.max(...probabilities.subarray(1)), 1);
  const isNamed = inScope < doubtBelow && (!isStrange || probabilities[wrong]! >= sureOfName);
  const scope = isNamed ? filmScope.exclude(['in scope']).parse(scopes[wrong]) : null;
  const [looks, mend] = scope === null ? strangeWords : words[scope];
  const kind = scope === null ? 'out-of-scope' : kinds[scope];
  return inScope < refuseBelow
    ? { kind, weight: 'refuse', sentence: `This film looks ${looks}, so it was not graded. ${mend}` }
    : {
        kind,
        weight: 'doubt',
        sentence: `This film looks a little ${looks}. ${mend} Trust your own eyes over the answer.`,
      };
}
