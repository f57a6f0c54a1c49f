/** A station that commits reads as fast as it can and says each one when it is acknowledged, until it is killed. */
import { openStation } from '../openStation.ts';
import { smallFilm } from './films.ts';

const station = await openStation({ dataDir: process.argv[2]!, compute: false });
const answer = await station.asset('POST', 'import?name=a.dcm', smallFilm(1));
const [{ imageHash }] = JSON.parse(Buffer.from(answer.bytes).toString()) as [{ imageHash: string }];
for (let n = 0; ; n++) {
  const reply = await station.call('reads.commit', {
    imageHash,
    reader: `reader ${n % 3}`,
    hips: [{ box: { x: 1, y: 2, width: 30, height: 40 }, laterality: 'left', grade: 'II', confidence: 3 }],
    comment: 'x'.repeat((n * 37) % 2000),
    blinded: false,
    shownModelHash: null,
    durationMs: n,
  });
  if (!reply.ok) throw new Error(reply.error.sentence);
  process.stdout.write(`${(reply.value as { id: number }).id}\n`);
}
