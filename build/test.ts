/**
 * `npm test`: every check there is, one after the other, and one line that sums them up.
 *
 * A static check (format, types, lint, renderer build) counts as one test, so that the last line cannot
 * say "0 failed" while the compiler complains.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const root = join(import.meta.dirname, '..');
const results = join(root, 'test-results');
const binary = (name: string) => join(root, 'node_modules', '.bin', name);

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  reasons: string[];
}

/** Runs a command with its output on ours; true when it ended with 0. */
function run(name: string, command: string, args: string[]): boolean {
  const started = performance.now();
  process.stdout.write(`\n── ${name}\n`);
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: process.env });
  process.stdout.write(
    `── ${name}: ${status === 0 ? 'passed' : 'FAILED'} in ${((performance.now() - started) / 1000).toFixed(0)} s\n`,
  );
  return status === 0;
}

function check(tally: Tally, name: string, command: string, args: string[]): void {
  if (run(name, binary(command), args)) tally.passed++;
  else tally.failed++;
}

const vitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  testResults: z.array(
    z.object({
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});
const playwrightReport = z.object({
  stats: z.object({
    expected: z.number(),
    unexpected: z.number(),
    flaky: z.number(),
    skipped: z.number(),
  }),
});

/** Reads a runner's own report; a runner that died without one is a failure, whatever it printed. */
function report<T>(tally: Tally, path: string, schema: z.ZodType<T>): T | null {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    process.stdout.write(`No usable report at ${path}: ${String(error)}\n`);
    tally.failed++;
    return null;
  }
}

function unitTests(tally: Tally): void {
  const path = join(results, 'unit.json');
  const ended = run('unit tests', binary('vitest'), [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${path}`,
  ]);
  const unit = report(tally, path, vitestReport);
  if (!unit) return;
  tally.passed += unit.numPassedTests;
  tally.failed += unit.numFailedTests;
  tally.skipped += unit.numPendingTests + unit.numTodoTests;
  // A suite that throws before its first test fails the run without counting a test.
  if (!ended && unit.numFailedTests === 0) tally.failed++;
  for (const file of unit.testResults)
    for (const test of file.assertionResults)
      if (test.status !== 'passed' && test.status !== 'failed') tally.reasons.push(test.fullName);
}

function browserTests(tally: Tally): void {
  const path = join(results, 'e2e.json');
  const ended = run('browser tests', binary('playwright'), ['test', '--config', 'e2e/playwright.config.ts']);
  const e2e = report(tally, path, playwrightReport);
  if (!e2e) return;
  tally.passed += e2e.stats.expected;
  // A test that passes only at the second try is a failure here: nobody may learn to press "again".
  tally.failed += e2e.stats.unexpected + e2e.stats.flaky;
  tally.skipped += e2e.stats.skipped;
  if (!ended && e2e.stats.unexpected + e2e.stats.flaky === 0) tally.failed++;
}

const tally: Tally = { passed: 0, failed: 0, skipped: 0, reasons: [] };
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
check(tally, 'format', 'prettier', ['--check', '--log-level', 'warn', '.']);
check(tally, 'types', 'tsc', ['-b']);
check(tally, 'lint', 'eslint', ['.']);
check(tally, 'renderer build', 'vite', [
  'build',
  '--config',
  'renderer/vite.config.ts',
  '--logLevel',
  'warn',
]);
unitTests(tally);
browserTests(tally);
if (tally.reasons.length > 0)
  process.stdout.write(`\nSkipped:\n${tally.reasons.map((reason) => `  ${reason}`).join('\n')}\n`);
process.stdout.write(`\n${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped\n`);
process.exitCode = tally.failed > 0 ? 1 : 0;
