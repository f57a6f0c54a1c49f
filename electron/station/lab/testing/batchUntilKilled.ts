/** A station that makes one batch of a small phantom and says how far it is, until it is killed. */
import { openStation } from '../../openStation.ts';

const station = await openStation({ dataDir: process.argv[2]!, compute: false });
const phantom = { seed: 11, left: 'II', right: 'none', voxel: 3 };
const made = await station.call('lab.newPhantom', phantom);
if (!made.ok) throw new Error(made.error.sentence);
station.subscribe((event) => {
  if (event.event === 'lab-batch') process.stdout.write(`${event.batch.done}\n`);
});
const { volume } = made.value as { volume: string };
const started = await station.call('lab.startBatch', { volume, views: 4, seed: 2, style: 'drr' });
if (!started.ok) throw new Error(started.error.sentence);
