/** RTK's Joseph projector in a Python of its own, kept running so that only the projection is timed. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface RtkCase {
  readonly voxels: number;
  readonly pixels: number;
  /** Millimetres of the volume's side, of the detector's side, from source to isocentre and from source to detector. */
  readonly volumeSide: number;
  readonly detectorSide: number;
  readonly sourceToIsocentre: number;
  readonly sourceToDetector: number;
}

export interface Rtk {
  /** Seconds of one projection. */
  project(threads: number): Promise<number>;
  close(): Promise<void>;
}

export const hasRtk = (python: string): boolean =>
  spawnSync(python, ['-c', 'from itk import RTK'], { stdio: 'ignore' }).status === 0;

export async function openRtk(python: string, one: RtkCase): Promise<Rtk> {
  const script = fileURLToPath(new URL('./rtk.py', import.meta.url));
  const numbers = [
    one.voxels,
    one.pixels,
    one.volumeSide,
    one.detectorSide,
    one.sourceToIsocentre,
    one.sourceToDetector,
  ];
  const child = spawn(python, [script, ...numbers.map(String)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error('The Python that runs RTK ended.');
    return value;
  };
  await line();
  return {
    async project(threads) {
      child.stdin.write(`${String(threads)}\n`);
      return Number(await line());
    },
    async close() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}
