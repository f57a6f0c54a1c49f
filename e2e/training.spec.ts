import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { PhantomGrade } from '../electron/phantom/phantom.ts';
import { writeLabelledFilms } from './labelledFilms.ts';
import { expect, test } from './station.ts';
import { TrainingRoom } from './trainingRoom.ts';

const films = 20;
const keys: Record<PhantomGrade, string> = { none: '0', I: '1', II: '2', III: '3', IV: '4' };

/** The README's own words: label twenty films, freeze, train, evaluate. */
test('from twenty labelled films to an evaluated model, through a killed training', async ({ station }) => {
  test.setTimeout(480_000);
  const folder = await mkdtemp(join(tmpdir(), 'calcar-e2e-labelled-'));
  const grades = await writeLabelledFilms(folder, films);
  const { room, page } = station;

  await test.step('label', async () => {
    await room.import(folder, 'folder');
    await room.showWholeList();
    const read = async (): Promise<number> =>
      (await station.call('worklist.list', {})).filter(({ state }) => state !== 'new' && state !== 'reading')
        .length;
    await expect.poll(read, { timeout: 180_000 }).toBe(films);
    const heading = room.film.getByRole('heading', { level: 1 });
    const shownNow = async (): Promise<string> =>
      /SIM-\d{4}/.exec((await heading.textContent()) ?? '')?.[0] ?? '';
    // From the first of the list each commit opens the next.
    const [first] = await station.call('worklist.list', {});
    await room.showWholeList();
    await room.rows.first().click();
    for (let i = 0; i < films && (await shownNow()) !== first!.patientId; i++) {
      const before = await shownNow();
      await page.keyboard.press('ArrowUp');
      await expect.poll(shownNow).not.toBe(before);
    }
    await room.beReader('Reader A');
    const waiting = new Set(grades.keys());
    while (waiting.size > 0) {
      await expect.poll(async () => waiting.has(await shownNow())).toBe(true);
      const id = await shownNow();
      await room.shown(id);
      if ((await room.read.getByText('no grade yet').count()) === 0) {
        await page.keyboard.press('b');
        await page.keyboard.press('Enter');
      }
      await room.gradeAll(keys[grades.get(id)!]);
      await room.commit();
      waiting.delete(id);
    }
  });

  const training = new TrainingRoom(page);
  await test.step('freeze', async () => {
    await training.enter();
    await training.freeze();
    const [dataset] = await station.call('datasets.list', {});
    expect(dataset).toMatchObject({ study: 'simulated study' });
    const { learn, tune, test: held } = dataset!.counts;
    // A film on which machine and reader put two boxes on one hip is left out, with the reason.
    const { leftOut } = await station.call('datasets.preview', { study: null });
    expect(leftOut.length).toBeLessThan(4);
    expect(learn.patients + tune.patients + held.patients).toBe(films - leftOut.length);
    expect(Math.min(tune.patients, held.patients)).toBeGreaterThanOrEqual(3);
    await expect(page.getByText('SIMULATED STUDY', { exact: true })).toBeVisible();
  });

  await test.step('a training that is killed goes on where it was', async () => {
    await training.start({ name: 'Killed', epochs: 400 });
    await training.state(/Training/);
    await expect(page.getByRole('img', { name: 'Loss, by epoch' })).toBeVisible({ timeout: 120_000 });
    const [run] = await station.call('training.list', {});
    process.kill(await trainerPid(join(station.home, 'data', 'runs', run!.id)), 'SIGKILL');
    await training.state('Interrupted');
    await page.getByRole('button', { name: 'Resume' }).click();
    await training.state(/Training/);
    const before = run!.epochs.length;
    await expect
      .poll(async () => (await station.call('training.list', {}))[0]!.epochs.length, { timeout: 120_000 })
      .toBeGreaterThan(before);
    await page.getByRole('button', { name: 'Pause' }).click();
    await training.state('Paused');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await training.state('Cancelled');
  });

  await test.step('train, and evaluate', async () => {
    await training.start({ name: 'Whole', epochs: 3 });
    await training.state('Finished');
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
      .setLegacyMode()
      .analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    await training.report.getByRole('button', { name: 'Evaluate' }).click();
    await expect(training.report.getByRole('row', { name: /Balanced accuracy/ })).toBeVisible({
      timeout: 120_000,
    });
    await expect(training.report).toContainText('Simulated');
    const [run] = await station.call('training.list', {});
    const made = await station.call('training.report', { id: run!.id });
    expect(made!.report.independence.known).toBe('independent');
    expect(await readFile(made!.page, 'utf8')).toContain('<svg');
  });

  await test.step('all of it is there after a restart', async () => {
    await station.restart();
    const again = new TrainingRoom(station.page);
    await again.enter();
    await expect(again.datasets.getByRole('option')).toHaveCount(1);
    await expect(again.runs.getByRole('option')).toHaveCount(2);
    await again.runs.getByRole('option', { name: 'Whole' }).click();
    await expect(again.report.getByRole('row', { name: /Balanced accuracy/ })).toBeVisible();
  });
  expect(station.complaints).toEqual([]);
  await rm(folder, { recursive: true });
});

/** The training process of a run, which has the run's folder as its argument. */
async function trainerPid(folder: string): Promise<number> {
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const words = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    if (words.includes('trainerProcess') && words.includes(folder)) return Number(name);
  }
  throw new Error(`No process trains ${folder}.`);
}
