import { filmPath, films } from './films.ts';
import { expect, test } from './station.ts';

test('a blinded reader sees nothing of the machine until the read is committed', async ({ station }) => {
  const { room, page } = station;
  await room.import([filmPath('hip')], 'files');
  await room.shown(films.hip.name);
  await room.beReader('Blind Reader');
  await expect(room.machineBoxes.first()).toBeVisible({ timeout: 60_000 });

  await room.setBlinded();
  await room.import([filmPath('compressed')], 'files');
  await room.openFilm(films.compressed.name);
  await expect(room.machine).toContainText('shows it after you commit yours');
  await expect(room.machineBoxes).toHaveCount(0);
  await expect(room.read).toContainText('No hip is marked');
  await expect(room.history).not.toContainText('%');
  await room.showWholeList();
  await expect(room.row(films.compressed.name)).not.toContainText(/Garden|Fracture not seen/);
  await expect(room.row(films.compressed.name)).toContainText('Ready to read', { timeout: 60_000 });

  await page.keyboard.press('b');
  await room.drag([0.3, 0.3], [0.65, 0.65]);
  await page.keyboard.press('4');
  await room.commit();
  await room.openFilm(films.compressed.name);
  await expect(room.machineBoxes.first()).toBeVisible();
  await expect(room.machine).toContainText('%');
  await expect(room.history).toContainText('blinded');
  const { imageHash } = await station.row('compressed');
  const read = (await station.call('reads.history', { imageHash })).find(({ by }) => by === 'person');
  expect(read).toMatchObject({ read: { blinded: true, shownModelHash: null } });
});
