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
  inverted: ['as if black and white were exchanged', 'Invert the film and read it again.'],
  rotated: ['turned or lying upside down', 'Turn the film upright and read it again.'],
  cropped: ['cut, so that no hip is wholly on it', 'Find the whole film, or grade this one yourself.'],
  corrupt: ['damaged', 'Fetch the file again, or grade what can still be seen yourself.'],
  blank: ['empty', 'Look for the exposure that belongs to it.'],
};

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

function warningOf(
  { config: { scopes, refuseBelow, doubtBelow, strangeBelow } }: ScopeNetwork,
  { familiarity }: ScopeAnswer,
  probabilities: Float32Array,
): QualityWarning | null {
  const inScope = probabilities[0]!;
  if (inScope < doubtBelow) {
    const wrong = probabilities.indexOf(Math.max(...probabilities.subarray(1)), 1);
    const scope = filmScope.exclude(['in scope']).parse(scopes[wrong]);
    const [looks, mend] = words[scope];
    return inScope < refuseBelow
      ? {
          kind: kinds[scope],
          weight: 'refuse',
          sentence: `This film looks ${looks}, so it was not graded. ${mend}`,
        }
      : {
          kind: kinds[scope],
          weight: 'doubt',
          sentence: `This film looks a little ${looks}. ${mend} Trust your own eyes over the answer.`,
        };
  }
  return familiarity < strangeBelow
    ? {
        kind: 'out-of-scope',
        weight: 'doubt',
        sentence:
          'This film looks unlike those that the machine learned from, so its answer may mean nothing. Trust your own eyes over it.',
      }
    : null;
}
