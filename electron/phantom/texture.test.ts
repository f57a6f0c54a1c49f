import { describe, expect, it } from 'vitest';
import { seeded } from '../random/random.ts';
import { Texture } from './texture.ts';

describe('Texture', () => {
  const texture = new Texture(seeded(31), 0.72);

  it('has mean 0 and deviation 1, and repeats after 128 mm', () => {
    let sum = 0;
    let squares = 0;
    let count = 0;
    for (let z = 0; z < 128; z += 3) {
      for (let y = 0; y < 128; y += 3) {
        for (let x = 0; x < 128; x += 3) {
          const value = texture.at(x, y, z);
          sum += value;
          squares += value * value;
          count++;
        }
      }
    }
    expect(sum / count).toBeCloseTo(0, 1);
    expect(squares / count).toBeCloseTo(1, 1);
    expect(texture.at(-5, 7, 130)).toBe(texture.at(123, 135, 2));
  });

  it('has more power at long than at short wavelengths: averages of 8 mm cubes vary far more than white noise', () => {
    let squares = 0;
    for (let block = 0; block < 16 ** 3; block++) {
      const x = 8 * (block % 16);
      const y = 8 * (Math.floor(block / 16) % 16);
      const z = 8 * Math.floor(block / 256);
      let mean = 0;
      for (let i = 0; i < 512; i++)
        mean += texture.at(x + (i % 8), y + (Math.floor(i / 8) % 8), z + Math.floor(i / 64)) / 512;
      squares += mean * mean;
    }
    // White noise would give 1 / 512.
    expect(squares / 16 ** 3).toBeGreaterThan(20 / 512);
  });
});
