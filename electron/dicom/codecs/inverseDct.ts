/** cosines[8 x + u] = C(u)/2 · cos((2x + 1) u π / 16), C(0) = 1/√2. */
const cosines = Float64Array.from({ length: 64 }, (_, i) => {
  const [x, u] = [i >> 3, i & 7];
  return ((u === 0 ? Math.SQRT1_2 : 1) / 2) * Math.cos(((2 * x + 1) * u * Math.PI) / 16);
});

const column = new Float64Array(8);

/** The 8 × 8 inverse DCT of ITU-T T.81 A.3.3, in place, rows and columns apart. */
export function inverseDct(block: Float64Array): void {
  for (let row = 0; row < 64; row += 8) transform(block, row, 1);
  for (let start = 0; start < 8; start++) transform(block, start, 8);
}

function transform(block: Float64Array, start: number, step: number): void {
  for (let x = 0; x < 8; x++) {
    let sum = 0;
    for (let u = 0; u < 8; u++) sum += block[start + u * step]! * cosines[8 * x + u]!;
    column[x] = sum;
  }
  for (let x = 0; x < 8; x++) block[start + x * step] = column[x]!;
}
