import { afterEach, describe, expect, it } from 'vitest';
import { mm } from '../contract/units.ts';
import { seeded } from '../random/random.ts';
import type { Volume } from '../volume/volume.ts';
import { alignedDirection } from '../volume/volume.ts';
import { openCpuProjector } from './cpuProjector.ts';
import { anteroposterior } from './geometry.ts';
import { openProjector } from './openProjector.ts';
import { projectMaterials } from './projector.ts';
import type { Projector } from './projector.ts';

function grainyVolume(): Volume {
  const random = seeded(0x9a11);
  const hounsfield = new Int16Array(40 * 30 * 25);
  for (let n = 0; n < hounsfield.length; n++) hounsfield[n] = random.integer(2000) - 900;
  return {
    size: [40, 30, 25],
    spacing: [mm(5), mm(6), mm(7)],
    origin: [mm(-100), mm(-90), mm(-85)],
    direction: alignedDirection,
    hounsfield,
  };
}

const geometry = anteroposterior({
  isocentre: [mm(0), mm(0), mm(0)],
  sourceToImageDistance: mm(1150),
  sourceToObjectDistance: mm(1000),
  rows: 75,
  columns: 60,
  spacing: mm(4),
});

const opened: Projector[] = [];
async function open(volume: Volume, threads: number): Promise<Projector> {
  const projector = await openProjector(volume, { backend: 'cpu', threads });
  opened.push(projector);
  return projector;
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((projector) => projector.close()));
});

describe('openProjector on the CPU', () => {
  it('gives the bytes of the single-threaded call with any number of threads, again and again', async () => {
    const volume = grainyVolume();
    const wanted = projectMaterials(volume, geometry);
    for (const threads of [1, 2, 3]) {
      const projector = await open(volume, threads);
      expect(projector.name).toBe('cpu');
      const [first, second] = await Promise.all([projector.project(geometry), projector.project(geometry)]);
      expect(first).toEqual(wanted);
      expect(second).toEqual(wanted);
    }
  });

  it('computes only the rows asked for', async () => {
    const volume = grainyVolume();
    const rowRange = { first: 7, end: 52 };
    const projector = await open(volume, 2);
    const part = await projector.project(geometry, { rowRange, beyondEnds: 'air' });
    expect(part).toEqual(projectMaterials(volume, geometry, { rowRange, beyondEnds: 'air' }));
    await expect(projector.project(geometry, { rowRange: { first: 70, end: 76 } })).rejects.toMatchObject({
      kind: 'invalid-input',
    });
  });

  it('refuses what is asked after it was closed, and what was underway', async () => {
    const projector = await open(grainyVolume(), 2);
    const underway = expect(projector.project(geometry)).rejects.toMatchObject({ kind: 'cancelled' });
    await projector.close();
    await underway;
    await expect(projector.project(geometry)).rejects.toMatchObject({ kind: 'cancelled' });
  });

  it('says that its threads died, and starts afresh for the next picture', async () => {
    // A thread that ends by itself as long as the first voxel says so, and otherwise is the real one.
    const real = new URL('./projectorWorker.ts', import.meta.url).href;
    const code = `import { parentPort, workerData } from 'node:worker_threads';
      if (workerData.hounsfield[0] === 77) parentPort.on('message', () => process.exit(3));
      else await import(${JSON.stringify(real)});`;
    const volume = grainyVolume();
    const hounsfield = new Int16Array(new SharedArrayBuffer(2 * volume.hounsfield.length));
    hounsfield.set(volume.hounsfield);
    hounsfield[0] = 77;
    const sharedVolume = { ...volume, hounsfield };
    const projector = openCpuProjector(
      sharedVolume,
      2,
      new URL(`data:text/javascript,${encodeURIComponent(code)}`),
    );
    opened.push(projector);
    await expect(projector.project(geometry)).rejects.toMatchObject({ kind: 'compute-crashed' });
    hounsfield[0] = 78;
    expect(await projector.project(geometry)).toEqual(projectMaterials(sharedVolume, geometry));
  });
});
