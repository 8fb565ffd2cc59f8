/** The page of a run with the run before drawn behind it. */
import { readArchivedRun } from '../archive/read-archived-run.js';
import type { ComparisonDocument } from '../compare/comparison.js';
import { renderPage } from '../report/page.js';
import type { PageRun } from '../report/page-data.js';
import { savedPage } from '../report/page-run.js';
import { readPageTemplate } from '../watch/page-file.js';
import { pageRunOf } from './archived-runs.js';

/** @throws {FloodproofError} FP_PAGE_ABSENT when the page was not built. */
export function comparedPage(run: string, baseline: string, comparison: ComparisonDocument): string {
  const pageOf = (folder: string): PageRun => pageRunOf(readArchivedRun(folder));
  return renderPage(readPageTemplate(), savedPage([pageOf(run)], { run: pageOf(baseline), comparison }));
}
