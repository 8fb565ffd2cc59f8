/** What a CI host is told beside the exit code: the suite on the page of the job, and what failed at the pull request. */
import { appendFileSync } from 'node:fs';
import type { SuiteDocument } from '../judge/verdict.js';
import { annotationLines } from '../report/annotations.js';
import { renderMarkdown } from '../report/markdown.js';
import type { Console } from './console.js';

export interface CiEnvironment {
  /** File that the host shows as Markdown; an empty name = none. */
  readonly GITHUB_STEP_SUMMARY?: string | undefined;
  readonly GITHUB_ACTIONS?: string | undefined;
}

/** Changes neither verdict nor exit code: a summary that can't be written is told and left out. */
export function tellCi(suite: SuiteDocument, environment: CiEnvironment, console: Console): void {
  const { GITHUB_STEP_SUMMARY: path = '', GITHUB_ACTIONS } = environment;
  if (GITHUB_ACTIONS === 'true') for (const line of annotationLines(suite)) console.command(line);
  appendSummary(renderMarkdown(suite), { GITHUB_STEP_SUMMARY: path }, console);
}

/** @param text - Markdown, behind what stands on the page of the job. */
export function appendSummary(text: string, { GITHUB_STEP_SUMMARY: path = '' }: CiEnvironment, console: Console): void {
  if (path === '') return;
  try {
    appendFileSync(path, `${text}\n`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`the step summary could not be written: ${reason}`);
  }
}
