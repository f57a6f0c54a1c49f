/** Real films that are no AP hips, of NEMA's WG04 sample set, must never be graded without a warning. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { filmTagsOf } from '../contract/reading.ts';
import { openRadiograph, toGreyImage } from '../dicom/index.ts';
import { filmWarnings, outcomeOf } from './gate.ts';

const folder = fileURLToPath(new URL('../../../shared/data/nema-wg04/', import.meta.url));
const isThere = existsSync(folder);
if (!isThere) console.warn('../shared/data/nema-wg04 is not here: the gate was not tried on real films.');

async function gate(name: string) {
  const film = await openRadiograph(readFileSync(`${folder}${name}`), name);
  const warnings = filmWarnings(toGreyImage(film), filmTagsOf(film.description));
  return { outcome: outcomeOf(warnings), kinds: warnings.map(({ kind }) => kind) };
}

describe.skipIf(!isThere)('the gate on real films', () => {
  it('doubts a frog-leg hip that names no view, for its view and for nothing else', async () => {
    const { outcome, kinds } = await gate('REF/RG2_UNC');
    expect(outcome).toBe('doubtful');
    expect(kinds).toEqual(['view']);
  });

  it('doubts a tibia that is tagged as an AP extremity', async () => {
    const { outcome, kinds } = await gate('REF/RG3_UNC');
    expect(outcome).toBe('doubtful');
    expect(kinds).toContain('body-part');
  });

  it('refuses a chest', async () => {
    const { outcome, kinds } = await gate('JLSN/RG1_JLSN');
    expect(outcome).toBe('refused');
    expect(kinds).toContain('body-part');
  });
});
