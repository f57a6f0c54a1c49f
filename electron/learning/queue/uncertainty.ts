/** Numbers that say how little is known of a hip: 0 where all is settled, 1 where nothing is. */

/** Shannon's entropy over its maximum, the logarithm of the number of classes. */
export function entropy(probabilities: readonly number[]): number {
  return nats(probabilities) / Math.log(probabilities.length);
}

/**
 * How far several readings of one hip lie apart: their Jensen–Shannon divergence (Lin, IEEE Trans Inf Theory 1991; the
 * mutual information by which a committee asks: McCallum and Nigam, ICML 1998), over the most it can be.
 *
 * @param readings probabilities over the same classes, at least two
 */
export function disagreement(readings: readonly (readonly number[])[]): number {
  const classes = readings[0]!.length;
  const mean = Array.from(
    { length: classes },
    (_, k) => readings.reduce((sum, reading) => sum + reading[k]!, 0) / readings.length,
  );
  const within = readings.reduce((sum, reading) => sum + nats(reading), 0) / readings.length;
  return Math.max(0, nats(mean) - within) / Math.log(Math.min(classes, readings.length));
}

const nats = (probabilities: readonly number[]): number =>
  probabilities.reduce((sum, p) => sum - (p > 0 ? p * Math.log(p) : 0), 0);
