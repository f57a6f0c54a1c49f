import { filmPath, films } from './films.ts';
import { expect, test } from './station.ts';

test('a whole read without a mouse', async ({ station }) => {
  const { room, page } = station;
  await room.import([filmPath('hip'), filmPath('chest')], 'files');
  await room.shown(films.hip.name);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('settings');
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: /Name or initials/ }).focus();
  await page.keyboard.type('Keyboard Reader');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Control+1');
  await expect(room.read).toContainText('Keyboard Reader');

  await page.keyboard.press('ArrowUp');
  await room.shown(films.chest.name);
  await page.keyboard.press('b');
  await page.keyboard.press('Enter');
  await expect(room.personBoxes).toHaveCount(1);
  const placed = await boxOf();
  for (let i = 0; i < 5; i++) await page.keyboard.press('Alt+ArrowRight');
  await page.keyboard.press('Shift+ArrowDown');
  const moved = await boxOf();
  expect(moved.x - placed.x).toBeCloseTo(50, 0);
  expect(moved.height - placed.height).toBeCloseTo(1, 0);

  await page.keyboard.press('2');
  await page.keyboard.press('Shift+Digit2');
  await expect(room.read).toContainText('Unsure');
  await expect(room.read).toContainText('Garden II');
  await page.keyboard.press('z');
  await page.keyboard.press('z');
  await expect(room.read).toContainText('no grade yet');
  await page.keyboard.press('Shift+z');
  await page.keyboard.press('Shift+z');
  await expect(room.read).toContainText('Unsure');
  await page.keyboard.press('c');
  await page.keyboard.type('no hip: 1234 x z');
  await page.keyboard.press('Escape');
  await page.keyboard.press('i');
  await page.keyboard.press('r');
  await page.keyboard.press('f');
  await room.commit();
  await room.shown(films.hip.name);

  const { imageHash } = await station.row('chest');
  const [read] = (await station.call('reads.history', { imageHash })).filter(({ by }) => by === 'person');
  expect(read).toMatchObject({
    read: { reader: 'Keyboard Reader', comment: 'no hip: 1234 x z', hips: [{ grade: 'II', confidence: 2 }] },
  });

  async function boxOf() {
    const box = await page.locator('[data-person-box=own] rect').nth(1).boundingBox();
    if (box === null) throw new Error('The box is not on the screen.');
    return box;
  }
});

test('a key that was changed is the key everywhere', async ({ station }) => {
  const { room, page } = station;
  await room.import([filmPath('chest')], 'files');
  await room.shown(films.chest.name);
  await page.keyboard.press('Control+,');
  await page.getByRole('button', { name: /^Key of Invert: I/ }).click();
  await page.keyboard.press('q');
  await expect(page.getByRole('button', { name: /^Key of Invert: Q/ })).toBeVisible();
  await page.keyboard.press('Control+1');
  await page.keyboard.press('q');
  await expect(page.getByRole('button', { name: 'Invert' })).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog').locator('dl > div').filter({ hasText: 'Invert' })).toContainText('Q');
});
