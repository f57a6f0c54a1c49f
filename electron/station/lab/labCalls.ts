import type { Calls } from '../calls.ts';
import type { Lab } from './lab.ts';

/** The lab's use case behind each of its calls. */
export function labCallsOf(lab: Lab): Pick<Calls, Extract<keyof Calls, `lab.${string}`>> {
  return {
    'lab.volumes': () => lab.volumes(),
    'lab.open': ({ volume }) => lab.open(volume),
    'lab.close': async () => {
      await lab.letGo();
      return {};
    },
    'lab.addVolume': (input) => lab.add(input),
    'lab.newPhantom': (input) => lab.buildPhantom(input),
    'lab.cancel': async ({ upload }) => {
      await lab.cancel(upload);
      return {};
    },
    'lab.placeHip': (input) => lab.placeHip(input),
    'lab.send': ({ volume, setup }) => lab.send(volume, setup),
    'lab.batches': () => Promise.resolve(lab.batches.list()),
    'lab.startBatch': (input) => lab.startBatch(input),
    'lab.stopBatch': ({ id }) => lab.batches.stop(id),
    'lab.resumeBatch': ({ id }) => lab.batches.resume(id),
  };
}
