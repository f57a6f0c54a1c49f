const digitBits = 11;
const digits = 1 << digitBits;
const passes = 3;

/**
 * The values in rising order, as Float32Array.sort gives them and several times as fast on a picture's worth: a
 * radix sort of their bits, which order as whole numbers once the sign is turned about.
 *
 * @param values finite
 */
export function sortFloats(values: Float32Array): Float32Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  let from = new Uint32Array(values.length);
  let to = new Uint32Array(values.length);
  const counts = new Uint32Array(passes * digits);
  for (let i = 0; i < bits.length; i++) {
    const bit = bits[i]!;
    const key = (bit ^ ((bit >> 31) | 0x8000_0000)) >>> 0;
    from[i] = key;
    for (let pass = 0; pass < passes; pass++)
      counts[pass * digits + ((key >>> (pass * digitBits)) & (digits - 1))]! += 1;
  }
  for (let pass = 0; pass < passes; pass++) {
    const shift = pass * digitBits;
    const places = counts.subarray(pass * digits, (pass + 1) * digits);
    let sum = 0;
    for (let digit = 0; digit < digits; digit++) {
      const count = places[digit]!;
      places[digit] = sum;
      sum += count;
    }
    for (let i = 0; i < from.length; i++) {
      const key = from[i]!;
      const digit = (key >>> shift) & (digits - 1);
      to[places[digit]!++] = key;
    }
    [from, to] = [to, from];
  }
  for (let i = 0; i < from.length; i++) {
    const key = from[i]!;
    from[i] = key ^ (key >>> 31 === 1 ? 0x8000_0000 : 0xffff_ffff);
  }
  return new Float32Array(from.buffer);
}
