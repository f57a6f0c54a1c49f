/**
 * A map of guided backpropagation: how much each pixel matters, whichever way, as the mean over equal squares, divided
 * by the largest. All zero where no pixel does.
 *
 * @param gradient side × side values, row-major
 * @param size divides `side`
 * @returns size × size values in 0..1
 */
export function guidedMap(gradient: Float32Array, side: number, size: number): Float32Array {
  const block = side / size;
  const map = new Float32Array(size * size);
  gradient.forEach((slope, i) => {
    const row = Math.floor(Math.floor(i / side) / block);
    map[row * size + Math.floor((i % side) / block)]! += Math.abs(slope);
  });
  const largest = map.reduce((most, value) => Math.max(most, value), 0);
  return largest > 0 ? map.map((value) => value / largest) : map;
}
