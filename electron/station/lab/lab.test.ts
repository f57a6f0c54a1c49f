import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallInput, CallName, CallOutput } from '../../contract/api.ts';
import { api, assetRoutes } from '../../contract/api.ts';
import { wireError } from '../../contract/errors.ts';
import {
  labPictureHeader,
  labSliceHeader,
  standardSetup,
  type LabPictureHeader,
  type LabSetup,
  type LabVolume,
} from '../../contract/lab.ts';
import { mm } from '../../contract/units.ts';
import { openRadiograph } from '../../dicom/index.ts';
import { exposeFilm } from '../../drr/film.ts';
import { projectMaterials } from '../../drr/projector.ts';
import { seeded } from '../../random/random.ts';
import { alignedDirection } from '../../volume/volume.ts';
import type { OpenStation } from '../openStation.ts';
import { openStation } from '../openStation.ts';
import { centreOf, exposureOf, filmLookOf, geometryOf } from './picture.ts';

const size = [60, 40, 50] as const;
const spacing = [4, 5, 6] as const;
const origin = [-118, -97.5, -147] as const;

/** A soft cylinder along the body with a bone rod in its left half, by the voxel's own place. */
function hounsfield(): Int16Array {
  const values = new Int16Array(size[0] * size[1] * size[2]);
  for (let n = 0; n < values.length; n++) {
    const x = origin[0] + (n % size[0]) * spacing[0];
    const y = origin[1] + (Math.floor(n / size[0]) % size[1]) * spacing[1];
    const inside = (x / 105) ** 2 + (y / 80) ** 2 < 1;
    values[n] = Math.hypot(x - 50, y - 10) < 16 ? 900 : inside ? 40 : -1000;
  }
  return values;
}

/** MetaImage with its data in the same file, as ITK's documentation of the format has it. */
function metaImage(): Uint8Array {
  const header = [
    'ObjectType = Image',
    'NDims = 3',
    'BinaryData = True',
    'BinaryDataByteOrderMSB = False',
    'CompressedData = False',
    'TransformMatrix = 1 0 0 0 1 0 0 0 1',
    `Offset = ${origin.join(' ')}`,
    'CenterOfRotation = 0 0 0',
    'AnatomicalOrientation = LPS',
    `ElementSpacing = ${spacing.join(' ')}`,
    `DimSize = ${size.join(' ')}`,
    'ElementType = MET_SHORT',
    'ElementDataFile = LOCAL',
    '',
  ].join('\n');
  return Buffer.concat([Buffer.from(header), Buffer.from(hounsfield().buffer)]);
}

describe('the lab of a station', () => {
  let dataDir: string;
  let station: OpenStation;
  let volume: LabVolume;

  const call = async <N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> => {
    const reply = await station.call(name, input);
    if (!reply.ok) throw new Error(`${reply.error.kind}: ${reply.error.sentence}`);
    return api[name].output.parse(reply.value) as CallOutput<N>;
  };
  const upload = async (id: string, name: string, bytes: Uint8Array, part = 100_000): Promise<void> => {
    for (let at = 0; at < bytes.length; at += part) {
      const body = bytes.subarray(at, at + part);
      expect(await station.asset('POST', assetRoutes.labFile(id, name, at), body)).toMatchObject({
        status: 200,
      });
    }
  };
  const split = (bytes: Uint8Array): { header: unknown; body: Uint8Array } => {
    const end = bytes.indexOf(10);
    return {
      header: JSON.parse(Buffer.from(bytes.subarray(0, end)).toString()),
      body: Uint8Array.from(bytes.subarray(end + 1)),
    };
  };
  const picture = async (
    setup: LabSetup,
    resolution: 'preview' | 'full',
  ): Promise<{ header: LabPictureHeader; pixels: Uint16Array }> => {
    const body = Buffer.from(JSON.stringify({ setup, resolution }));
    const answer = await station.asset('POST', assetRoutes.labPicture(volume.volume), body);
    expect(answer.status).toBe(200);
    const { header, body: bytes } = split(answer.bytes);
    return { header: labPictureHeader.parse(header), pixels: new Uint16Array(bytes.buffer) };
  };
  const leftovers = (folder: string): string[] =>
    existsSync(join(dataDir, folder)) ? readdirSync(join(dataDir, folder)) : [];

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'calcar-lab-'));
    station = await openStation({ dataDir, compute: false });
    await upload('upload-one', 'rod.mha', metaImage());
    volume = await call('lab.addVolume', { upload: 'upload-one', name: 'A rod' });
    await call('lab.open', { volume: volume.volume });
  });
  afterAll(async () => {
    await station.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('keeps a CT that came in parts, says why hips are missing, and clears the files away', async () => {
    expect(volume).toMatchObject({ kind: 'ct', name: 'A rod', frame: { size, spacing, origin } });
    for (const hip of [volume.hips.left, volume.hips.right])
      expect(hip).toMatchObject({ state: 'missing', reason: expect.stringMatching(/\.$/) as string });
    expect(await call('lab.volumes', {})).toEqual([volume]);
    expect(leftovers('uploads')).toEqual([]);
    expect(leftovers('volumes')).toEqual([volume.volume]);
  });

  it('gives slices in well under 50 ms of the station', async () => {
    const begun = performance.now();
    const route = assetRoutes.labSlice(volume.volume, 'axial', 25, 'bone');
    const { header, body } = split((await station.asset('GET', route)).bytes);
    console.info(`one slice: ${(performance.now() - begun).toFixed(1)} ms`);
    expect(labSliceHeader.parse(header)).toEqual({ rows: 40, columns: 60 });
    const at = (x: number, y: number) =>
      body[Math.round((y - origin[1]) / spacing[1]) * 60 + Math.round((x - origin[0]) / spacing[0])];
    // 900 HU in a window of 400 ± 900; air is black.
    expect(at(50, 10)).toBe(Math.trunc(((900 + 500) / 1800) * 255));
    expect(at(-118, -97.5)).toBe(0);
    const beyond = await station.asset('GET', assetRoutes.labSlice(volume.volume, 'axial', 50, 'bone'));
    expect(beyond.status).toBe(404);
  });

  it('makes the picture that the projector and the film room make', async () => {
    const setup: LabSetup = {
      ...standardSetup('pelvis'),
      axialAngle: 12,
      craniocaudalAngle: -7,
      tubeVoltage: 81,
    };
    const { header, pixels } = await picture(setup, 'full');
    const memory = {
      size,
      spacing: spacing.map(mm) as never,
      origin: origin.map(mm) as never,
      direction: alignedDirection,
      hounsfield: hounsfield(),
    };
    const integrals = projectMaterials(memory, geometryOf(setup, centreOf(volume, 'pelvis')));
    const noise = seeded(setup.seed).stream('noise');
    const film = exposeFilm(integrals, exposureOf(setup), filmLookOf(setup), noise);
    expect(header).toMatchObject({
      rows: film.rows,
      columns: film.columns,
      setup,
      resolution: 'full',
      beyondScan: true,
    });
    const worst = film.pixels.reduce((most, value, n) => Math.max(most, Math.abs(value - pixels[n]!)), 0);
    // A projector may round a line integral differently in its last digit; 4095 is white.
    expect(worst).toBeLessThanOrEqual(8);
  });

  it('develops voltage, charge and look again without tracing a ray', async () => {
    const setup = standardSetup('pelvis');
    expect((await picture({ ...setup, axialAngle: 3 }, 'preview')).header.traced).toBe(true);
    const again = await picture({ ...setup, axialAngle: 3, tubeVoltage: 110, charge: 40 }, 'preview');
    const look = await picture({ ...setup, axialAngle: 3, look: { ...setup.look, gamma: 2 } }, 'preview');
    expect([again.header.traced, look.header.traced]).toEqual([false, false]);
    expect(Buffer.compare(Buffer.from(again.pixels.buffer), Buffer.from(look.pixels.buffer))).not.toBe(0);
  });

  it('drops what a newer wish overtook', async () => {
    const setup = standardSetup('pelvis');
    const answers = await Promise.all(
      [20, 21, 22].map((axialAngle) =>
        station.asset(
          'POST',
          assetRoutes.labPicture(volume.volume),
          Buffer.from(JSON.stringify({ setup: { ...setup, axialAngle }, resolution: 'full' })),
        ),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([409, 409, 200]);
    expect(wireError.parse(JSON.parse(Buffer.from(answers[0]!.bytes).toString())).kind).toBe('cancelled');
  });

  it('refuses a single hip that is missing until a person marks it', async () => {
    const body = Buffer.from(JSON.stringify({ setup: standardSetup('left'), resolution: 'preview' }));
    const refused = await station.asset('POST', assetRoutes.labPicture(volume.volume), body);
    expect(refused.status).toBe(404);
    expect(wireError.parse(JSON.parse(Buffer.from(refused.bytes).toString())).sentence).toMatch(/Mark the/);
    const head = { centre: [50, 10, 0] as [number, number, number], radius: 20 };
    const marked = await call('lab.placeHip', { volume: volume.volume, side: 'left', head });
    expect(marked.hips.left).toMatchObject({ by: 'person', headCentre: head.centre });
    expect((await picture(standardSetup('left'), 'preview')).header.setup.view).toBe('left');
    const back = await call('lab.placeHip', { volume: volume.volume, side: 'left', head: null });
    expect(back.hips.left.state).toBe('missing');
  });

  it('sends a film to the worklist that says that it is simulated, and how it was taken', async () => {
    const setup = { ...standardSetup('pelvis'), tubeVoltage: 72 };
    const outcome = await call('lab.send', { volume: volume.volume, setup });
    if (outcome.state !== 'imported') throw new Error(outcome.state);
    const film = await call('film.describe', { imageHash: outcome.imageHash });
    expect(film).toMatchObject({ simulated: true, rows: 778, columns: 956, spacing: { source: 'detector' } });
    const path = join(dataDir, 'films', outcome.imageHash.slice(0, 2), `${outcome.imageHash}.dcm`);
    const bytes = readFileSync(path);
    expect((await openRadiograph(bytes, 'film.dcm')).description.simulated).toBe(true);
    expect(bytes.includes('"tubeVoltage":72')).toBe(true);
    expect(bytes.includes('A rod')).toBe(false);
  });

  it('refuses a file that breaks off with its sentence, and keeps nothing of it', async () => {
    await upload('upload-two', 'half.mha', metaImage().subarray(0, 90_000));
    await expect(call('lab.addVolume', { upload: 'upload-two', name: 'Half' })).rejects.toThrow(
      /(truncated|invalid-volume|bad-header): .+\.$/,
    );
    expect(leftovers('uploads')).toEqual([]);
    expect(leftovers('volumes')).toEqual([volume.volume]);
  });

  it('refuses names that could climb out of the upload', async () => {
    for (const name of ['../x', 'a/b', 'a\\b', '..', '']) {
      const answer = await station.asset(
        'POST',
        assetRoutes.labFile('upload-three', name, 0),
        Uint8Array.of(1),
      );
      expect(answer.status).toBe(400);
    }
    expect((await station.asset('POST', assetRoutes.labFile('../up', 'x', 0), Uint8Array.of(1))).status).toBe(
      400,
    );
  });

  it('builds a phantom beside the station, which goes on answering; stops it when asked', async () => {
    const request = { seed: 4, left: 'III', right: 'none', voxel: 3 } as const;
    let longest = 0;
    let last = performance.now();
    const watch = setInterval(() => {
      longest = Math.max(longest, performance.now() - last - 5);
      last = performance.now();
    }, 5);
    const phantom = await call('lab.newPhantom', request);
    clearInterval(watch);
    console.info(`longest the station did not answer while a phantom was built: ${longest.toFixed(0)} ms`);
    expect(phantom).toMatchObject({
      kind: 'phantom',
      simulated: true,
      description: expect.stringMatching(/left Garden III$/) as string,
    });
    expect(phantom.hips.left).toMatchObject({ state: 'here', by: 'phantom' });
    const again = await call('lab.newPhantom', request);
    expect(again).toEqual(phantom);

    const other = call('lab.newPhantom', { ...request, seed: 5 }).catch(String);
    await expect(call('lab.newPhantom', { ...request, seed: 6 })).rejects.toThrow(/being prepared/);
    await call('lab.cancel', {});
    expect(await other).toMatch(/cancelled/);
    expect(leftovers('volumes').toSorted()).toEqual([phantom.volume, volume.volume].toSorted());
  });
});
