import { filmPath, films } from './films.ts';
import { expect, test } from './station.ts';

test('compute dies in the middle of a read: the station says so, recovers, and nothing is lost', async ({
  station,
}) => {
  const { room, page } = station;
  await room.import([filmPath('hip')], 'files');
  await room.shown(films.hip.name);
  await room.beReader('CR');
  await expect(room.machine).toContainText('%', { timeout: 60_000 });
  await room.gradeAll('1');
  await expect(room.read).toContainText('Draft kept');

  const compute = room.statusLine.locator('[data-compute]');
  await expect(compute).toHaveAttribute('data-compute', 'ready');
  const seen = page.waitForFunction(
    () => document.querySelector('[data-compute]')?.getAttribute('data-compute') !== 'ready',
  );
  await room.import([filmPath('pelvis')], 'files');
  station.killCompute();
  await seen;
  await expect(room.read).toContainText('Garden I');
  await expect(compute).toHaveAttribute('data-compute', 'ready', { timeout: 60_000 });

  await room.commit();
  await room.openFilm(films.pelvis.name);
  await expect(room.machine).toContainText('%', { timeout: 60_000 });
  const { imageHash } = await station.row('hip');
  const reads = await station.call('reads.history', { imageHash });
  expect(reads.filter(({ by }) => by === 'person')).toMatchObject([{ read: { reader: 'CR' } }]);
});
