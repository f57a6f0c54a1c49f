import { filmPath, films, filmsFolder } from './films.ts';
import { expect, test } from './station.ts';

const answer = /Garden I–II|Garden III–IV|Fracture not seen|Needs a human/;

test('a folder goes in, a read comes out, and it is there after a restart', async ({ station }) => {
  const { room, page } = station;

  await test.step('every file of the folder is in the list with its state, or left out with its reason', async () => {
    await room.import(filmsFolder(), 'folder');
    const panel = page.getByRole('dialog');
    await expect(panel).toContainText('Import finished', { timeout: 60_000 });
    await expect(panel).toContainText('4 films added, 2 left out.');
    await expect(panel.getByRole('listitem').filter({ hasText: films.text.name })).toContainText('left out');
    await expect(panel.getByRole('listitem').filter({ hasText: films.broken.name })).toContainText(
      'left out',
    );
    await panel.getByRole('button', { name: 'Close' }).click();
    await room.showWholeList();
    await expect(room.row(films.pelvis.name)).toContainText(answer, { timeout: 60_000 });
    await expect(room.row(films.hip.name)).toContainText(answer, { timeout: 60_000 });
    await expect(room.row(films.compressed.name)).toContainText(answer, { timeout: 60_000 });
    await expect(room.row(films.chest.name)).toContainText('Not analysed', { timeout: 60_000 });
    await expect(room.row(films.broken.name)).toContainText('breaks off');
  });

  await test.step('a film that is not a hip says so and offers no grade of its own', async () => {
    await room.openFilm(films.chest.name);
    await expect(room.machine).toContainText('Not analysed: needs a human');
    await expect(room.film).toContainText('OUTSIDE SCOPE');
    await expect(room.machineBoxes).toHaveCount(0);
  });

  await test.step('a broken file says what is wrong with it', async () => {
    await room.row(films.broken.name).click();
    await expect(room.film.getByRole('alert')).toContainText('breaks off');
  });

  await test.step('the answer: boxes, three probabilities, the model and its warning, saliency', async () => {
    await room.openFilm(films.pelvis.name);
    await expect(room.machineBoxes.first()).toBeVisible();
    await expect(room.film).toContainText('SIMULATED');
    const hip = room.machine.getByRole('article').first();
    const parts = (await hip.locator('dd').allInnerTexts()).map((text) => Number(/(\d+) %/.exec(text)?.[1]));
    expect(parts).toHaveLength(3);
    const sum = parts.reduce((all, part) => all + part, 0);
    expect(Math.abs(sum - 100)).toBeLessThanOrEqual(2);
    await expect(room.machine).toContainText(/not for clinical use/i);
    await expect(room.saliency).toHaveAttribute('data-maps', '0');
    await page.keyboard.press('s');
    await expect(room.saliency).not.toHaveAttribute('data-maps', '0');
    await expect(page.getByRole('complementary', { name: 'Saliency' })).toContainText(
      'Not where the fracture is',
    );
    await page.keyboard.press('s');
  });

  const { imageHash } = await station.row('pelvis');
  const drawn = await test.step('the person corrects a box, grades, and commits', async () => {
    await room.beReader('First Reader');
    const before = await station.call('film.read', { imageHash });
    await room.dragHandle('1 1', 24, 18);
    await expect(room.personBoxes).toHaveCount(1);
    await room.gradeAll('3');
    await page.keyboard.press('Shift+Digit5');
    await room.commit();
    const reads = await station.call('reads.history', { imageHash });
    const read = reads.find((each) => each.by === 'person');
    expect(read?.read).toMatchObject({ reader: 'First Reader', blinded: false });
    expect(read?.read.shownModelHash).toBe(before?.modelHash);
    const changed = read?.read.hips.find(
      ({ box }) => !before?.hips.some((hip) => hip.box.width === box.width),
    );
    expect(changed?.grade).toBe('III');
    return changed?.box;
  });

  await test.step('after a restart the read is in the list, in the history, and in the database', async () => {
    await station.restart();
    const after = station.room;
    await after.openFilm(films.pelvis.name);
    await expect(after.history).toContainText('First Reader');
    await expect(after.history).toContainText('Garden III');
    await after.showWholeList();
    await expect(after.row(films.pelvis.name)).toContainText('Garden III');
    const reads = await station.call('reads.history', { imageHash });
    const boxes = reads.flatMap((each) => (each.by === 'person' ? each.read.hips.map(({ box }) => box) : []));
    expect(boxes).toContainEqual(drawn);
  });
  expect(station.complaints).toEqual([]);
});

test('an unfinished read is there after a restart, and only then becomes a read', async ({ station }) => {
  await station.room.import([filmPath('hip')], 'files');
  await station.room.shown(films.hip.name);
  await station.room.beReader('AB');
  await station.page.keyboard.press('b');
  await station.room.drag([0.35, 0.3], [0.6, 0.6]);
  await station.page.keyboard.press('c');
  await station.page.keyboard.type('Look again at the calcar');
  await expect(station.room.read).toContainText('Draft kept');
  await station.restart();
  const { room, page } = station;
  await room.openFilm(films.hip.name);
  await expect(page.getByRole('textbox', { name: 'Comment' })).toHaveValue('Look again at the calcar');
  await expect(room.personBoxes).not.toHaveCount(0);
  const { imageHash } = await station.row('hip');
  expect((await station.call('reads.history', { imageHash })).filter(({ by }) => by === 'person')).toEqual(
    [],
  );
});
