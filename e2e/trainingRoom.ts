import { expect } from '@playwright/test';
import type { Locator, Page } from 'playwright-core';

/** The training room in the words of a person. */
export class TrainingRoom {
  readonly page: Page;
  readonly datasets: Locator;
  readonly runs: Locator;
  readonly progress: Locator;
  readonly report: Locator;

  constructor(page: Page) {
    this.page = page;
    const list = page.getByRole('complementary', { name: 'Data sets and trainings' });
    this.datasets = list.getByRole('listbox', { name: 'Data sets' });
    this.runs = list.getByRole('listbox', { name: 'Trainings' });
    this.progress = page.getByRole('region', { name: 'Progress' });
    this.report = page.getByRole('region', { name: 'On the test patients' });
  }

  async enter(): Promise<void> {
    await this.page.keyboard.press('Control+3');
    await expect(this.page.getByRole('button', { name: 'Freeze my reads' })).toBeVisible();
  }

  /** Two clicks. */
  async freeze(): Promise<void> {
    await this.page.getByRole('button', { name: 'Freeze my reads' }).click();
    await this.page.getByRole('dialog').getByRole('button', { name: 'Freeze', exact: true }).click();
    await expect(this.datasets.getByRole('option')).toHaveCount(1, { timeout: 60_000 });
  }

  async start(settings: { readonly name: string; readonly epochs: number }): Promise<void> {
    await this.page.getByRole('button', { name: 'New training' }).click();
    const dialog = this.page.getByRole('dialog');
    await dialog.getByText('Trial', { exact: true }).click();
    await dialog.getByRole('textbox', { name: 'Name' }).fill(settings.name);
    await dialog.getByRole('textbox', { name: 'Epochs at most' }).fill(String(settings.epochs));
    // None ends early: what is done to a training that is under way must find it under way.
    await dialog.getByRole('textbox', { name: 'without a better one' }).fill(String(settings.epochs));
    await dialog.getByRole('textbox', { name: 'Pictures a step' }).fill('4');
    await dialog.getByRole('button', { name: 'Start' }).click();
    await expect(this.page.getByRole('heading', { name: settings.name })).toBeVisible();
  }

  async state(words: string | RegExp, timeout = 120_000): Promise<void> {
    await expect(this.progress.getByRole('status')).toContainText(words, { timeout });
  }
}
