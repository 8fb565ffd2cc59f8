/** The page of a run with the run before drawn behind it. */
import { readArchivedRun } from '../archive/read-archived-run.js';
import type { ComparisonDocument } from '../compare/comparison.js';
import { renderPage } from '../report/page.js';
import type { PageRun } from '../report/page-data.js';
import { pageRun, savedPage } from '../report/page-run.js';
import { readPageTemplate } from '../watch/page-file.js';

/** @throws {FloodproofError} FP_PAGE_ABSENT when the page was not built. */
export function comparedPage(run: string, baseline: string, comparison: ComparisonDocument): string {
  return renderPage(readPageTemplate(), savedPage([pageOf(run)], { run: pageOf(baseline), comparison }));
}

function pageOf(folder: string): PageRun {
  const { record, verdict, series, missing } = readArchivedRun(folder);
  const error = verdict === null ? 'there is no verdict that can be read' : null;
  const { plan = null, gatewayPolicy: enforcedPolicy = null } = record ?? {};
  return pageRun({ folder, state: 'ended', plan, enforcedPolicy, verdict, series, missing, error });
}
