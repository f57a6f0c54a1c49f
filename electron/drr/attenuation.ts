import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { CalcarError } from '../contract/errors.ts';
import type { KiloelectronVolt } from '../contract/units.ts';

const material = z.strictObject({
  /** g/cm³ */
  density: z.number().positive(),
  /** keV, rising; an edge stands twice. */
  energy: z.array(z.number().positive()),
  /** cm²/g */
  massAttenuation: z.array(z.number().positive()),
});
const tables = z.strictObject({
  source: z.string(),
  interpolation: z.string(),
  materials: z.strictObject({
    softTissue: material,
    muscle: material,
    adipose: material,
    water: material,
    corticalBone: material,
    aluminium: material,
    titanium: material,
    iron: material,
    tungsten: material,
  }),
});

/** The tables of NIST SRD 126 that the project ships; their source stands in the file. */
const { materials } = tables.parse(
  JSON.parse(readFileSync(new URL('../../resources/attenuation.json', import.meta.url), 'utf8')),
);
export type MaterialName = keyof typeof materials;

/** g/cm³ */
export const densityOf = (name: MaterialName): number => materials[name].density;

/**
 * Mass attenuation coefficient μ/ρ in cm²/g, from NIST SRD 126 by log-log interpolation.
 *
 * @throws CalcarError 'invalid-input' outside 15 to 150 keV.
 */
export function massAttenuation(name: MaterialName, energy: KiloelectronVolt): number {
  const { energy: energies, massAttenuation: values } = materials[name];
  const last = energies.length - 1;
  if (!(energy >= energies[0]! && energy <= energies[last]!)) {
    throw new CalcarError(
      'invalid-input',
      'X-ray attenuation is known here from 15 to 150 keV only. Choose a tube voltage of at most 150 kV.',
    );
  }
  let n = 0;
  while (n < last - 1 && energies[n + 1]! <= energy) n++;
  const along = Math.log(energy / energies[n]!) / Math.log(energies[n + 1]! / energies[n]!);
  return values[n]! * Math.exp(along * Math.log(values[n + 1]! / values[n]!));
}
