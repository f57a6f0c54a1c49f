/** No real picture that is here, none of them an AP film of a hip, is answered without a warning, whatever its tags say. */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { expect, it } from 'vitest';
import { filmTagsOf } from '../../contract/reading.ts';
import { openRadiograph, toGreyImage } from '../../dicom/index.ts';
import { loadTrainedReader } from '../loadTrainedModels.ts';

const weights = fileURLToPath(new URL('../../../models/weights', import.meta.url));
const data = fileURLToPath(new URL('../../../../shared/data/', import.meta.url));
/** One CT, MR, ultrasound, test pattern or film of each kind; their other encodings hold the same pictures. */
const folders = ['nema-wg04/REF', 'dicom-conformance/pydicom/test_files', 'dicom-conformance/dicomParser'];
const areThere = existsSync(data) && existsSync(join(weights, 'scope.weights'));
if (!areThere) console.warn('../shared/data or the gate is not here: it was not tried on real pictures.');

it.skipIf(!areThere)(
  'grades no real picture that is no AP hip without a warning',
  async () => {
    expect(await tf.setBackend('wasm')).toBe(true);
    const reader = await loadTrainedReader(weights);
    let read = 0;
    for (const folder of folders) {
      for (const name of readdirSync(join(data, folder))) {
        const file = join(data, folder, name);
        if (!statSync(file).isFile()) continue;
        const film = await openRadiograph(readFileSync(file), name).catch(() => null);
        if (film === null) continue;
        const tags = filmTagsOf(film.description);
        const asHip = { ...tags, modality: 'DX', bodyPart: 'HIP', view: 'AP', notes: [] };
        for (const said of [tags, asHip])
          expect((await reader.read(toGreyImage(film), said)).outcome, name).not.toBe('answered');
        read += 1;
      }
    }
    reader.dispose();
    expect(read).toBeGreaterThan(20);
  },
  60_000,
);
