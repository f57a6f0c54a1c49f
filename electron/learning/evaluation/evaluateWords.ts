/** Numbers of an evaluation as they are said: never without interval and n. */
import type { Estimate, EvaluationReport } from '../../contract/evaluation.ts';
import type { Study } from '../../contract/snapshot.ts';

/** The first words of everything that reports on a simulated study. */
export const simulationWarning =
  'Simulated radiographs only: these numbers prove the software and say nothing of patients. Not for clinical use.';

export const warningOf = (study: Study): string | null =>
  study === 'simulated study' ? simulationWarning : null;

const nothing = 'nothing to count';

/** Without the sign of a nothing that was rounded. */
const fixed = (value: number, decimals: number): string =>
  value.toFixed(decimals).replace(/^-(0(?:\.0*)?)$/, '$1');

/** A decimal of a percentage says nothing of fewer cases than this. */
const leastForDecimals = 200;

/** "85.2 % (81.0 to 88.9; n = 450 hips)", "85 % (70 to 93; n = 40 hips)" */
export function percent(value: Estimate | null): string {
  if (value === null) return nothing;
  const decimals = value.n < leastForDecimals ? 0 : 1;
  const [p, low, high] = [value.estimate, value.low, value.high].map((share) => fixed(100 * share, decimals));
  return `${p!} % (${low!} to ${high!}; ${counted(value)})`;
}

/** "0.871 (0.862 to 0.880; n = 450 hips)" */
export function ratio(value: Estimate | null, decimals = 3): string {
  if (value === null) return nothing;
  const [p, low, high] = [value.estimate, value.low, value.high].map((number) => fixed(number, decimals));
  return `${p!} (${low!} to ${high!}; ${counted(value)})`;
}

/** "n = 450 hips" */
export const counted = ({ n, of }: Estimate): string => `n = ${n.toLocaleString('en')} ${of}`;

/** "3,000 hips on 2,000 films of 1,000 patients" */
export function membersInWords({ patients, films, hips }: EvaluationReport['test']): string {
  const [p, f, h] = [patients, films, hips].map((count) => count.toLocaleString('en'));
  return `${h!} hips on ${f!} films of ${p!} patients`;
}
