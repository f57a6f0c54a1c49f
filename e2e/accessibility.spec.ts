import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { filmPath, films } from './films.ts';
import { expect, test } from './station.ts';

async function isClean(page: Page, where: string): Promise<void> {
  // The page allows no script but its own; axe brings its own way around that in legacy mode.
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .setLegacyMode()
    .analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join('\n  ')}`);
  expect(found, where).toEqual([]);
}

test('every screen is clean by WCAG 2.2 AA, dark and light', async ({ station }) => {
  const { room, page } = station;
  await expect(room.worklist).toContainText('No films yet');
  await isClean(page, 'empty');
  await room.import([filmPath('hip'), filmPath('chest'), filmPath('text')], 'files');
  await expect(page.getByRole('dialog')).toContainText('Import finished');
  await isClean(page, 'import');
  await page.getByRole('button', { name: 'Close' }).click();
  await room.shown(films.hip.name);
  await isClean(page, 'without a reader');
  await room.beReader('AX');
  await expect(room.machine).toContainText('%', { timeout: 60_000 });
  await room.gradeAll('2');
  await page.keyboard.press('s');
  await expect(room.saliency).not.toHaveAttribute('data-maps', '0');
  await isClean(page, 'reading');
  await room.showWholeList();
  await isClean(page, 'reading with the whole list');
  await page.keyboard.press('?');
  await isClean(page, 'keys');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await isClean(page, 'palette');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+,');
  await expect(page.getByRole('table').first()).toBeVisible({ timeout: 60_000 });
  await isClean(page, 'settings');
  await page.getByText('Light office').click();
  await isClean(page, 'settings, light');
  await page.keyboard.press('Control+3');
  await expect(page.getByText('None yet. Read some films')).toBeVisible();
  await isClean(page, 'training, light');
  await page.keyboard.press('k');
  await expect(page.getByRole('dialog')).toBeVisible();
  await isClean(page, 'freezing, light');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+4');
  await expect(page.getByText('No model was evaluated yet')).toBeVisible();
  await isClean(page, 'evaluation, light');
  await page.keyboard.press('Control+5');
  await expect(page.getByRole('heading', { name: 'On test patients' })).toBeVisible();
  await isClean(page, 'models, light');
  await page.getByRole('button', { name: 'Rules' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await isClean(page, 'rules, light');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+1');
  await isClean(page, 'reading, light');
});
