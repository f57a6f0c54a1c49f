import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { agreementReport } from '../contract/agreement.ts';
import { consistencyOutput, failedOutput } from '../contract/cli.ts';

const home = mkdtempSync(join(tmpdir(), 'calcar-consistency-'));
afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

function calcar(...words: string[]): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...words], {
      env: { ...process.env, CALCAR_HOME: home },
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

/** The numbers of the paper's abstract on 70 broken and 35 whole hips. */
const abstract =
  '--positives 70 --negatives 35 --sensitivity 0.91 --specificity 0.93 --ppv 0.96 --npv 0.86'.split(' ');

describe('calcar consistency', () => {
  it("finds that the paper's abstract fits only with sensitivity and specificity exchanged, and ends with 1", async () => {
    const { code, out } = await calcar('consistency', ...abstract, '--accuracy', '92.3 %');
    expect(code).toBe(1);
    expect(out).toMatch(/with sensitivity and specificity\s+exchanged/i);
    expect(out).toMatch(/sensitivity +0\.91 +\S+ +0\.9286/);
    expect(out).toMatch(/specificity +0\.93 +\S+ +0\.9143/);
    expect(out).toMatch(/truly positive +65 +5\n *truly negative +3 +32/);
  });

  it("fits the paper's three classes as the mean of one-versus-rest accuracies, and ends with 0", async () => {
    const numbers =
      '--sizes 35,35,35 --sensitivity 0.79 --specificity 0.90 --accuracy 0.860 --ppv 0.80 --npv 0.90';
    const { code, out } = await calcar('consistency', ...numbers.split(' '), '--json');
    expect(code).toBe(0);
    const output = consistencyOutput.parse(JSON.parse(out));
    expect(output).toMatchObject({ verdict: 'fits', right: [83], swap: null, cases: [35, 35, 35] });
    expect(output.asPrinted.accuracyIs).toBe('mean one-versus-rest');
    // Of 105 cases 22 are wrong, each in two of three questions.
    expect(output.asPrinted.shares.accuracy).toBeCloseTo(1 - 44 / 315, 12);
    expect(output.asPrinted.shares.sensitivity).toBeCloseTo(83 / 105, 12);
  });

  it.each([
    ['no number', ['--positives', '70', '--negatives', '35']],
    ['no cases', ['--sensitivity', '0.9']],
    ['what is no share', ['--positives', '7', '--negatives', '3', '--sensitivity', '1.2']],
    ['too many tables', ['--sizes', '1000,1000,1000', '--sensitivity', '0.5']],
  ])('refuses %s with a sentence and 2', async (_, words) => {
    const { code, out, err } = await calcar('consistency', ...words, '--json');
    expect(code).toBe(2);
    expect(failedOutput.parse(JSON.parse(out)).error.sentence).toMatch(/^Nothing was checked: .+\.$/);
    expect(err).toBe('');
  });
});

describe('calcar agreement', () => {
  it('says in a sentence that nobody has read yet, and ends with 1', async () => {
    const { code, out } = await calcar('agreement');
    expect(code).toBe(1);
    expect(out.replaceAll('\n', ' ')).toContain('Nobody has committed reads in this data folder yet');
    const json = await calcar('agreement', '--blinded', '--json');
    expect(agreementReport.parse(JSON.parse(json.out))).toMatchObject({
      blinded: true,
      readers: [],
      study: null,
    });
  });
});
