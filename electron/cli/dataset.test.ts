import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  datasetListOutput,
  datasetMakeOutput,
  datasetShowOutput,
  datasetVerifyOutput,
  failedOutput,
} from '../contract/cli.ts';
import { datasetRow, freezeResult } from '../contract/snapshot.ts';
import { openSnapshot, sealed, writeManifest } from '../learning/snapshots/snapshot.ts';
import { tinySnapshot, writeTinyPatients } from '../learning/testing/tinySnapshot.ts';
import { openStation } from '../station/openStation.ts';
import { smallFilm } from '../station/testing/films.ts';

let folder: string;
/** A simulated study whose patients were all made before. */
let made: string;

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function calcar(...words: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...words], {
      env: { ...process.env, CALCAR_HOME: join(folder, 'home') },
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'calcar-dataset-'));
  made = join(folder, 'made');
  writeTinyPatients(made);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it(
  'calcar dataset make freezes with its command, and gives the same again',
  { timeout: 180_000 },
  async () => {
    const counts = ['--learn', '6', '--tune', '3', '--test', '1'];
    const make = ['dataset', 'make', '--data', made, '--name', 'Made before', ...counts];
    const first = await calcar(...make, '--json');
    expect(first.code, first.err).toBe(0);
    const output = datasetMakeOutput.parse(JSON.parse(first.out));
    expect(output).toMatchObject({ name: 'Made before', made: 0, counts: { learn: { patients: 6 } } });
    expect(openSnapshot(made).manifest).toMatchObject({
      study: 'simulated study',
      hash: output.hash,
      command: `calcar dataset make --data ${made} --name 'Made before' --learn 6 --tune 3 --test 1`,
    });
    expect((await calcar(...make)).out).toContain(output.hash.slice(0, 12));
  },
);

describe('calcar dataset', { timeout: 180_000 }, () => {
  it('freezes the reads of the data folder, and lists and shows what it froze', async () => {
    expect(await calcar('dataset', 'freeze', '--name', 'mine')).toMatchObject({ code: 2 });
    const station = await openStation({ dataDir: join(folder, 'home'), compute: false });
    for (let seed = 1; seed <= 9; seed++) {
      const answer = await station.asset('POST', `import?name=${String(seed)}.dcm`, smallFilm(seed));
      const [{ imageHash }] = JSON.parse(Buffer.from(answer.bytes).toString()) as [{ imageHash: string }];
      const box = { x: 4, y: 5, width: 30, height: 40 };
      const grade = ['none', 'II', 'IV'][seed % 3]!;
      const hips = [{ box, laterality: 'right', grade, confidence: 4 }];
      const read = {
        imageHash,
        reader: 'one',
        hips,
        comment: '',
        blinded: true,
        shownModelHash: null,
        durationMs: 1,
      };
      expect(await station.call('reads.commit', read)).toMatchObject({ ok: true });
    }
    const busy = await calcar('dataset', 'list');
    expect(busy.code).toBe(3);
    await station.close();

    const froze = await calcar('dataset', 'freeze', '--name', 'mine', '--study', 'simulated', '--json');
    expect(froze.code, froze.err).toBe(0);
    const { dataset, leftOut } = freezeResult.parse(JSON.parse(froze.out));
    expect(leftOut).toEqual([]);
    const listed = await calcar('dataset', 'list', '--json');
    expect(datasetListOutput.parse(JSON.parse(listed.out))).toEqual([dataset]);
    expect((await calcar('dataset', 'list')).out).toContain('mine');

    const shown = await calcar('dataset', 'show', dataset.hash.slice(0, 8), '--json');
    expect(shown.code).toBe(0);
    expect(datasetShowOutput.parse(JSON.parse(shown.out))).toMatchObject({
      folder: dataset.folder,
      hash: dataset.hash,
      counts: dataset.counts,
      classes: { 'I-II': { learn: 1, tune: 1, test: 1 } },
      labels: { 'reads, single': { learn: 3, tune: 3, test: 3 } },
      sexes: { F: { learn: 3, tune: 3, test: 3 } },
      leaks: [],
    });
    const text = (await calcar('dataset', 'show', dataset.folder)).out;
    expect(text).toContain('no figure of it speaks of patients');
    expect(text).toContain('Nothing of a patient is in two splits.');
    expect(await calcar('dataset', 'show', 'abcdef012345')).toMatchObject({ code: 1 });
  });

  it('adds a folder, verifies it, and says which file changed', async () => {
    const data = join(folder, 'frozen');
    tinySnapshot(data, { keyOf: (split, number) => `elsewhere-${split}-${String(number)}` });
    const added = await calcar('dataset', 'add', data, '--json');
    expect(added.code, added.err).toBe(0);
    expect(datasetRow.parse(JSON.parse(added.out))).toMatchObject({ name: 'tiny', folder: data });

    expect(await calcar('dataset', 'verify', data)).toMatchObject({
      code: 0,
      out: expect.stringContaining('10 patients') as string,
    });
    const file = join(data, 'tune-000001.u16');
    const greys = readFileSync(file);
    greys[0]! ^= 1;
    writeFileSync(file, greys);
    const verified = await calcar('dataset', 'verify', data, '--json');
    expect(verified.code).toBe(1);
    expect(datasetVerifyOutput.parse(JSON.parse(verified.out)).problems).toEqual([
      expect.stringContaining('tune-000001'),
    ]);
  });

  it('shows what leaks, and does not add it', async () => {
    const data = join(folder, 'leaking');
    const { entries, name, study, software, command } = tinySnapshot(data);
    const [first, ...others] = entries;
    const leaking = [{ ...first!, cts: ['test-0'] }, ...others];
    writeManifest(data, sealed({ name, study, software, command }, leaking));
    const shown = await calcar('dataset', 'show', data, '--json');
    expect(shown.code).toBe(1);
    expect(datasetShowOutput.parse(JSON.parse(shown.out)).leaks).toEqual([expect.stringContaining('test-0')]);
    const added = await calcar('dataset', 'add', data, '--json');
    expect(added.code).toBe(1);
    expect(failedOutput.parse(JSON.parse(added.out)).error).toMatchObject({ kind: 'leak' });
  });
});
