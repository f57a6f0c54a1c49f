import { expect } from '@playwright/test';
import type { Locator, Page } from 'playwright-core';

/** The reading room in the words of a person; the only place that knows how the page is built. */
export class ReadingRoom {
  readonly page: Page;
  readonly worklist: Locator;
  readonly rows: Locator;
  readonly film: Locator;
  readonly machine: Locator;
  readonly read: Locator;
  readonly history: Locator;
  readonly statusLine: Locator;
  readonly machineBoxes: Locator;
  readonly personBoxes: Locator;
  readonly saliency: Locator;

  constructor(page: Page) {
    this.page = page;
    this.worklist = page.getByRole('navigation', { name: 'Worklist' });
    this.rows = this.worklist.getByRole('option');
    this.film = page.getByRole('main', { name: 'Film' });
    this.machine = page.getByRole('region', { name: "The machine's answer" });
    this.read = page.getByRole('region', { name: 'Your read' });
    this.history = page.getByRole('region', { name: 'History' });
    this.statusLine = page.getByRole('contentinfo', { name: 'Station' });
    this.machineBoxes = page.locator('[data-machine-box]');
    this.personBoxes = page.locator('[data-person-box=own]');
    this.saliency = page.locator('canvas[data-maps]');
  }

  row(name: string): Locator {
    return this.rows.filter({ hasText: name });
  }

  /** Chooses what to import: files or one folder, by the button that is there or the keys. */
  async import(paths: string | readonly string[], how: 'files' | 'folder'): Promise<void> {
    const chosen = this.page.waitForEvent('filechooser');
    // A round trip, so that the browser waits for the chooser before the key opens it.
    await this.page.evaluate(() => document.title);
    await this.page.keyboard.press(how === 'files' ? 'Control+o' : 'Control+Shift+o');
    await (await chosen).setFiles(typeof paths === 'string' ? paths : [...paths]);
  }

  /** Makes the worklist whole beside an open film. */
  async showWholeList(): Promise<void> {
    if (!(await this.page.getByRole('searchbox').isVisible())) await this.page.keyboard.press('l');
    await expect(this.page.getByRole('searchbox')).toBeVisible();
  }

  async openFilm(name: string): Promise<void> {
    await this.row(name).click();
    await this.shown(name);
  }

  /** Waits until the film of this name is on the screen. */
  async shown(name: string): Promise<void> {
    await expect(this.film.getByRole('heading', { level: 1 })).toContainText(name);
    await expect(this.film.locator('canvas[data-shown=true]')).toBeVisible();
  }

  async beReader(name: string): Promise<void> {
    await this.read.getByRole('textbox', { name: /Who is reading/ }).fill(name);
    await this.page.keyboard.press('Enter');
    await expect(this.read).toContainText(name);
  }

  async setBlinded(): Promise<void> {
    await this.page.keyboard.press('Control+,');
    await this.page.getByText('Blinded reading', { exact: true }).click();
    await expect(this.page.getByRole('switch', { name: 'Blinded reading' })).toBeChecked();
    await this.page.keyboard.press('Control+1');
  }

  /** Presses the mouse at one point of the film's viewport and lets go at another, both as parts of its size. */
  async drag(from: readonly [number, number], to: readonly [number, number]): Promise<void> {
    const room = await this.film.getByTestId('viewport').boundingBox();
    if (room === null) throw new Error('No film is on the screen.');
    const at = ([x, y]: readonly [number, number]) =>
      [room.x + x * room.width, room.y + y * room.height] as const;
    await this.page.mouse.move(...at(from));
    await this.page.mouse.down();
    await this.page.mouse.move(...at(to), { steps: 6 });
    await this.page.mouse.up();
  }

  /** Drags a handle of the selected box by CSS pixels. */
  async dragHandle(handle: string, dx: number, dy: number): Promise<void> {
    const grip = await this.page.locator(`[data-handle="${handle}"]`).first().boundingBox();
    if (grip === null) throw new Error(`No handle ${handle} is on the screen.`);
    const x = grip.x + grip.width / 2;
    const y = grip.y + grip.height / 2;
    await this.page.mouse.move(x, y);
    await this.page.mouse.down();
    await this.page.mouse.move(x + dx, y + dy, { steps: 6 });
    await this.page.mouse.up();
  }

  /** Grades every hip that has no grade with the key. */
  async gradeAll(key: string): Promise<void> {
    const open = this.read.getByText('no grade yet');
    for (let left = await open.count(); left > 0; left--) {
      await this.page.keyboard.press(key);
      await expect(open).toHaveCount(left - 1);
    }
  }

  async commit(): Promise<void> {
    await this.page.keyboard.press('Enter');
    await expect(this.statusLine).toContainText('Read committed.');
  }
}
