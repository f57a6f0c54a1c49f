import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from 'playwright-core';
import { expect, test } from './station.ts';
import { writeSmallSeries } from './smallSeries.ts';

/** The DRR lab in the words of a person. */
class LabRoom {
  readonly page: Page;
  readonly volumes: Locator;
  readonly subject: Locator;
  readonly drr: Locator;
  readonly picture: Locator;
  readonly line: Locator;
  readonly inspector: Locator;
  readonly batches: Locator;

  constructor(page: Page) {
    this.page = page;
    this.volumes = page.getByRole('navigation', { name: 'Volumes' });
    this.subject = page.getByRole('main', { name: 'DRR lab' });
    this.drr = page.getByTestId('drr');
    this.picture = page.locator('canvas[data-resolution]');
    this.line = page.getByTestId('picture-line');
    this.inspector = page.getByRole('complementary', { name: 'Tube and film' });
    this.batches = page.locator('[data-batch]');
  }

  async enter(): Promise<void> {
    await this.page.keyboard.press('Control+2');
    await expect(this.subject).toBeVisible();
  }

  /** Builds a phantom of coarse voxels, so that it is quick. */
  async buildPhantom(seed: number): Promise<void> {
    await this.page.keyboard.press('n');
    const dialog = this.page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Seed' }).fill(String(seed));
    await dialog.getByText('2 mm, quick').click();
    await dialog.getByRole('button', { name: 'Build' }).click();
    await expect(this.volumes.getByRole('option', { name: `Phantom ${String(seed)}` })).toBeVisible({
      timeout: 60_000,
    });
    await this.full();
  }

  /** Waits for the picture at full size. */
  async full(): Promise<void> {
    await expect(this.picture).toHaveAttribute('data-resolution', 'full', { timeout: 60_000 });
  }

  /** What the picture's canvas shows, as bytes that change when the picture does. */
  async pixels(): Promise<string> {
    return (await this.drr.screenshot()).toString('base64');
  }

  async addFolder(path: string): Promise<void> {
    const chosen = this.page.waitForEvent('filechooser');
    await this.page.evaluate(() => document.title);
    await this.page.keyboard.press('Control+Shift+o');
    await (await chosen).setFiles(path);
  }

  async slide(name: string, value: number): Promise<void> {
    await this.inspector.getByRole('slider', { name }).fill(String(value));
  }
}

async function isClean(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .setLegacyMode()
    .analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join('\n  ')}`);
  expect(found, where).toEqual([]);
}

test.describe.configure({ timeout: 240_000 });

test('a phantom, its slices, and the radiograph that follows tube, exposure and patient', async ({
  station,
}) => {
  const { page } = station;
  const lab = new LabRoom(page);
  await lab.enter();
  await expect(lab.subject).toContainText('Drop a CT of a pelvis here');
  await isClean(page, 'empty');
  await lab.buildPhantom(7);

  await test.step('three slices that cross in a hip, and the standard AP', async () => {
    for (const plane of ['Axial', 'Coronal', 'Sagittal']) {
      await expect(page.getByRole('img', { name: new RegExp(`^${plane} slice`) })).toHaveAttribute(
        'data-shown',
        'true',
      );
    }
    await expect(page.locator('[data-plane=coronal] [data-hip]')).toHaveCount(2);
    await expect(lab.subject).toContainText('SIMULATED');
    await expect(lab.line).toContainText('75 kV · 16 mAs · SID 1150 mm · SOD 1000 mm · beam straight');
    const slider = page.getByRole('slider', { name: 'Axial' });
    await slider.focus();
    const before = await slider.inputValue();
    await page.keyboard.press('ArrowRight');
    await expect(slider).toHaveValue(String(Number(before) + 1));
    await isClean(page, 'a volume');
  });

  await test.step('dragging the tube turns it; the line says how, the picture follows', async () => {
    const before = await lab.pixels();
    const place = await lab.drr.boundingBox();
    if (place === null) throw new Error('No picture is on the screen.');
    const [x, y] = [place.x + place.width / 2, place.y + place.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    const waits: number[] = [];
    for (let n = 1; n <= 10; n++) {
      await page.mouse.move(x + n * 8, y + n * 4);
      await page.waitForTimeout(100);
      waits.push(Number(await lab.picture.getAttribute('data-waited')));
    }
    await expect(lab.picture).toHaveAttribute('data-resolution', 'preview');
    await page.mouse.up();
    console.info(`previews while dragging: ${waits.join(', ')} ms`);
    await lab.full();
    await expect(lab.line).toContainText('beam 10° cranial, 20° to the right');
    expect(await lab.pixels()).not.toBe(before);
  });

  await test.step('voltage is developed again without tracing, and said', async () => {
    const before = await lab.pixels();
    await lab.slide('Tube voltage', 110);
    await expect(lab.line).toContainText('110 kV');
    await lab.full();
    await expect(lab.picture).toHaveAttribute('data-traced', 'false');
    expect(await lab.pixels()).not.toBe(before);
  });

  await test.step('undo, redo, and back to the standard AP', async () => {
    await page.keyboard.press('z');
    await expect(lab.line).toContainText('75 kV');
    await page.keyboard.press('Shift+z');
    await expect(lab.line).toContainText('110 kV');
    await page.keyboard.press('a');
    await expect(lab.line).toContainText('75 kV · 16 mAs · SID 1150 mm · SOD 1000 mm · beam straight');
  });

  await test.step('by keyboard alone: turn, move, one hip, its rotation', async () => {
    await page.keyboard.press('t');
    await page.keyboard.press('ArrowUp');
    await expect(lab.line).toContainText('1° caudal');
    await page.keyboard.press('e');
    await expect(lab.line).toContainText('Right hip');
    await lab.slide('Rotation at the hip', 15);
    await expect(lab.line).toContainText('15° internal');
    await lab.full();
  });

  await test.step('a head that a person moves is kept, and can go back', async () => {
    const circle = page.locator('[data-plane=coronal] [data-hip=right]');
    await circle.focus();
    await page.keyboard.press('ArrowLeft');
    const words = page.getByRole('region', { name: 'Slices' });
    await expect(words).toContainText('Right hip placed by you');
    await words.getByRole('button', { name: 'As it was' }).click();
    await expect(words).toContainText('Right hip known from the phantom');
  });

  await test.step('the film goes into the worklist, marked as simulated', async () => {
    await lab.full();
    await page.keyboard.press('u');
    await expect(station.room.statusLine).toContainText('is in the worklist, marked as simulated', {
      timeout: 60_000,
    });
    const [row] = await station.call('worklist.list', {});
    expect(row).toMatchObject({ simulated: true, laterality: 'right' });
  });
  await page.keyboard.press('Control+1');
  await page.keyboard.press('Control+2');
  await lab.full();
  expect(station.complaints).toEqual([]);
});

test('a CT goes in; a truncated one is refused with its sentence and nothing is lost', async ({
  station,
}) => {
  const { page } = station;
  const lab = new LabRoom(page);
  await lab.enter();
  const good = join(
    station.home,
    'A long name of a folder that a hospital information system thought of, 2026',
  );
  const bad = join(station.home, 'truncated');
  await mkdir(good);
  await mkdir(bad);
  const files = await writeSmallSeries(good);
  for (const [n, file] of files.entries()) {
    const bytes = await readFile(join(good, file));
    await writeFile(join(bad, file), n === 4 ? bytes.subarray(0, bytes.length / 2) : bytes);
  }
  await lab.addFolder(bad);
  await expect(lab.volumes.getByRole('alert')).toContainText('truncated was left out.', { timeout: 60_000 });
  await expect(lab.volumes.getByRole('alert')).toContainText(
    /breaks off|cut off|incomplete|truncated|damaged/,
  );
  expect(await station.call('lab.volumes', {})).toEqual([]);
  await isClean(page, 'refused');
  await lab.volumes.getByRole('button', { name: 'Close' }).click();

  await lab.addFolder(good);
  await expect(lab.volumes.getByRole('option')).toHaveCount(1, { timeout: 60_000 });
  await lab.full();
  await expect(page.getByRole('region', { name: 'Slices' })).toContainText(
    'No femoral head was found on the left side',
  );
  await page.keyboard.press('e');
  await expect(lab.subject.getByRole('alert')).toContainText('There is no picture.');
  await page.getByRole('button', { name: 'Mark the right head at the cross' }).click();
  await lab.full();
  await expect(lab.line).toContainText('Right hip');
  await isClean(page, 'a CT');
});

test('a batch runs, is stopped, outlives the station, and ends with the same films', async ({ station }) => {
  const lab = new LabRoom(station.page);
  await lab.enter();
  await lab.buildPhantom(3);
  const queue = async (room: LabRoom, views: number): Promise<void> => {
    await room.page.keyboard.press('q');
    const dialog = room.page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Films of each hip' }).fill(String(views));
    await dialog.getByRole('button', { name: 'Queue' }).click();
  };
  await queue(lab, 8);
  const batch = lab.batches.first();
  await expect(batch).toHaveAttribute('data-batch', 'running', { timeout: 60_000 });
  await expect(batch).toContainText(/Running, [1-9]\d* of 16 films/, { timeout: 60_000 });
  await batch.getByRole('button', { name: /^Stop/ }).click();
  await expect(batch).toHaveAttribute('data-batch', 'paused', { timeout: 60_000 });
  await expect(batch).toContainText('You stopped it.');

  await batch.getByRole('button', { name: /^Resume/ }).click();
  await expect(batch).toHaveAttribute('data-batch', 'running', { timeout: 60_000 });
  await station.restart();
  const after = new LabRoom(station.page);
  await after.enter();
  await expect(after.batches.first()).toContainText('The station was closed meanwhile');
  await after.batches
    .first()
    .getByRole('button', { name: /^Resume/ })
    .click();
  await expect(after.batches.first()).toHaveAttribute('data-batch', 'done', { timeout: 120_000 });

  await after.volumes.getByRole('option').first().click();
  await after.full();
  await queue(after, 8);
  await expect(after.batches).toHaveCount(2);
  await expect(after.batches.first()).toHaveAttribute('data-batch', 'done', { timeout: 120_000 });
  const [one, other] = await station.call('lab.batches', {});
  if (one === undefined || other === undefined) throw new Error('A batch is missing.');
  const films = (await readdir(join(one.folder, 'films'))).toSorted();
  expect(films.filter((name) => name.endsWith('.dcm'))).toHaveLength(16);
  for (const name of films) {
    const [first, second] = await Promise.all(
      [one, other].map(({ folder }) => readFile(join(folder, 'films', name))),
    );
    expect(first?.equals(second ?? Buffer.alloc(0)), name).toBe(true);
  }
  await isClean(station.page, 'batches');
});
