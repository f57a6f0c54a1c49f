import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ComparisonReport } from '../../contract/comparison.ts';
import { writeDurably, writeJsonDurably } from '../training/durableFile.ts';
import { comparisonPage } from './report/comparisonPage.ts';
import { writeFailure } from '../writeFailure.ts';

/** Writes `comparison.json` and the page. @returns the page's path. @throws CalcarError 'disk-full', 'read-only' */
export function saveComparison(folder: string, report: ComparisonReport): string {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw writeFailure(error);
  }
  writeJsonDurably(join(folder, 'comparison.json'), report);
  const page = join(folder, 'comparison.html');
  writeDurably(page, [Buffer.from(comparisonPage(report))]);
  return page;
}
