import * as tf from '@tensorflow/tfjs';

const size = 128;
const channels = 32;
const batch = 8;
const kernel = 3;
/** A run that takes longer says enough: compiling the kernel is no great part of it. */
const enoughMs = 2000;
/** Two operations (multiply, add) a tap: 2 · 9 · 32 · 32 · 128² · 8. */
const operations = 2 * kernel ** 2 * channels ** 2 * size ** 2 * batch;

/**
 * Throughput of one 3 × 3 convolution, 32 to 32 channels, 128 × 128, batch 8, on the current backend: the best of
 * `runs` after one warm-up, because whatever else the machine does can only slow it down.
 *
 * @returns GFLOP/s
 */
export async function convolutionGigaflops(runs: number): Promise<number> {
  const x = tf.fill<tf.Rank.R4>([batch, size, size, channels], 0.5);
  const w = tf.fill<tf.Rank.R4>([kernel, kernel, channels, channels], 0.01);
  let best = Number.POSITIVE_INFINITY;
  for (let run = runs > 1 ? -1 : 0; run < runs; run++) {
    const start = performance.now();
    // One value is read back, so that a device that works on its own time has finished.
    const last = tf.tidy(() => tf.slice4d(tf.conv2d(x, w, 1, 'same'), [batch - 1, 0, 0, 0], [1, 1, 1, 1]));
    await last.data();
    last.dispose();
    const taken = performance.now() - start;
    if (run >= 0 || taken > enoughMs) best = Math.min(best, taken);
    if (taken > enoughMs) break;
  }
  tf.dispose([x, w]);
  return operations / (best * 1e6);
}
