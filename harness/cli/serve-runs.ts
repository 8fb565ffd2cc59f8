/** The list of runs in a browser: on loopback, to whoever has its URL, until it is interrupted. */
import process from 'node:process';
import { readArchivedRun } from '../archive/read-archived-run.js';
import { withSeries } from '../archive/remade-series.js';
import { type ListedRun, listFolder, listRuns } from '../archive/run-list.js';
import { ExitCode, FloodproofError } from '../errors.js';
import { renderPage } from '../report/page.js';
import { savedPage } from '../report/page-run.js';
import { renderRunsPage } from '../report/runs-page.js';
import { LoopbackServer, type Route, randomToken } from '../watch/loopback-server.js';
import { pagePolicy, readPageTemplate } from '../watch/page-file.js';
import { pageRunOf } from './archived-runs.js';
import type { Console } from './console.js';
import { openUrl } from './open-file.js';
import { visible } from './visible.js';

const HINT = 'choose another port with --serve, or leave the number out for a free one';
const TEXT = { 'Content-Type': 'text/plain; charset=utf-8' };
const HTML = { 'Content-Type': 'text/html; charset=utf-8' };
/** The list has no script, and needs nothing but its own style. */
const LIST_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'";

/**
 * The list is read anew each time it is asked for, and a run's page is made from its folder then, so that it is never older
 * than what lies there.
 *
 * @param port - 0 = a free one.
 * @throws {FloodproofError} FP_RUN_UNREADABLE, FP_PORT_TAKEN, FP_PAGE_ABSENT
 */
export async function serveRuns(parent: string, port: number, opens: boolean, console: Console): Promise<number> {
  listRuns(parent);
  const template = readPageTemplate();
  const policy = pagePolicy(template);
  const token = randomToken();
  const list: Route = (_, response) => {
    const listed = listFolder(parent);
    const runs = listed.runs.map((run) => ({
      ...run,
      href: `/run?token=${token}&name=${encodeURIComponent(run.name)}`,
    }));
    response.setHeader('Content-Security-Policy', LIST_POLICY);
    response.writeHead(200, HTML).end(renderRunsPage(parent, runs, listed.unusable));
  };
  const page: Route = ({ url = '' }, response) => {
    const name = new URLSearchParams(url.slice(url.indexOf('?') + 1)).get('name');
    const run = listRuns(parent).find((one) => one.name === name);
    if (run === undefined) {
      response.writeHead(404, TEXT).end('no such run\n');
      return;
    }
    const html = pageOf(template, run);
    if (html instanceof FloodproofError) {
      response.writeHead(500, TEXT).end(`${visible(html.message)}\n`);
      return;
    }
    response.setHeader('Content-Security-Policy', policy);
    response.writeHead(200, HTML).end(html);
  };
  const server = await LoopbackServer.open({ port, token, hint: HINT, routes: { '/': list, '/run': page } });
  const url = server.url(`/?token=${token}`);
  console.result(url);
  console.note('the runs are shown there until this is interrupted (Ctrl-C)');
  try {
    if (opens) await openUrl(url, process.platform);
    await interrupted();
  } finally {
    await server.close();
  }
  return ExitCode.pass;
}

/**
 * Only names that the list has just told are looked up, so no path of the asker's own is ever opened.
 *
 * @returns the error of a run that nothing can be read of, for whoever asked for it.
 */
function pageOf(template: string, { folder }: ListedRun): string | FloodproofError {
  try {
    return renderPage(template, savedPage([pageRunOf(withSeries(readArchivedRun(folder)))]));
  } catch (error) {
    if (error instanceof FloodproofError) return error;
    throw error;
  }
}

async function interrupted(): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = (): void => {
      process.off('SIGINT', end);
      process.off('SIGTERM', end);
      resolve();
    };
    process.on('SIGINT', end);
    process.on('SIGTERM', end);
  });
}
