/** Sharpest and flattest that a temperature may make the probabilities. */
const [leastTemperature, mostTemperature] = [0.01, 100];

/**
 * The one temperature T for which softmax(logits / T) has the greatest likelihood (Guo et al., ICML 2017). The loss is
 * convex in 1 / T, so Newton's method between brackets finds its only minimum. Kept within [0.01, 100]: cases that are
 * all answered right have no finite best 1 / T, and answers worse than chance none above 0.
 *
 * @param logits one row a case
 * @param truths class of each
 * @throws RangeError of nothing, or when a truth is not a column or a logit is not finite
 */
export function fitTemperature(logits: readonly (readonly number[])[], truths: readonly number[]): number {
  if (logits.length === 0 || logits.length !== truths.length) {
    throw new RangeError(`${String(logits.length)} rows of logits for ${String(truths.length)} truths`);
  }
  logits.forEach((row, i) => {
    if (row[truths[i]!] === undefined) throw new RangeError(`class ${String(truths[i])} has no logit`);
    if (!row.every(Number.isFinite)) throw new RangeError('a logit is not finite');
  });
  let [low, high] = [1 / mostTemperature, 1 / leastTemperature];
  if (slopeAndCurve(logits, truths, low).slope >= 0) return mostTemperature;
  if (slopeAndCurve(logits, truths, high).slope <= 0) return leastTemperature;
  let inverse = 1;
  for (let round = 0; round < 200; round++) {
    const { slope, curve } = slopeAndCurve(logits, truths, inverse);
    if (slope === 0) break;
    if (slope < 0) low = inverse;
    else high = inverse;
    const newton = inverse - slope / curve;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    const step = Math.abs(next - inverse);
    inverse = next;
    if (step < 1e-14 * inverse) break;
  }
  return 1 / inverse;
}

/** Of the summed negative log likelihood, by 1 / T. */
function slopeAndCurve(
  logits: readonly (readonly number[])[],
  truths: readonly number[],
  inverse: number,
): { slope: number; curve: number } {
  let [slope, curve] = [0, 0];
  logits.forEach((row, i) => {
    const probabilities = softmaxAt(row, 1 / inverse);
    const truth = row[truths[i]!]!;
    let [mean, square] = [0, 0];
    row.forEach((logit, k) => {
      const gap = logit - truth;
      mean += probabilities[k]! * gap;
      square += probabilities[k]! * gap * gap;
    });
    slope += mean;
    curve += square - mean * mean;
  });
  return { slope, curve };
}

/** Probabilities of one row of logits at a temperature; 1 leaves the network's own. */
export function softmaxAt(logits: readonly number[], temperature: number): number[] {
  const top = Math.max(...logits);
  const raised = logits.map((logit) => Math.exp((logit - top) / temperature));
  const sum = raised.reduce((total, value) => total + value, 0);
  return raised.map((value) => value / sum);
}
