import { defineConfig } from '@playwright/test';

/**
 * The whole station as a person uses it: a real station with its own data folder, real compute, and the
 * page in an installed Chromium through the shell. One at a time: each of them has a browser and a model.
 */
export default defineConfig({
  testDir: '.',
  globalSetup: './globalSetup.ts',
  outputDir: '../test-results/e2e',
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  forbidOnly: true,
  reporter: [['list'], ['json', { outputFile: '../test-results/e2e.json' }]],
});
