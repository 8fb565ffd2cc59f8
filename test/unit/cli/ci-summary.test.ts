import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type CiEnvironment, tellCi } from '../../../harness/cli/ci-summary.js';
import { suiteDocument } from '../../../harness/report/json.js';
import { renderMarkdown } from '../../../harness/report/markdown.js';
import { aFailure, aVerdict } from '../report/verdict-samples.js';

const folder = mkdtempSync(join(tmpdir(), 'floodproof-ci-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const failed = suiteDocument([aFailure()]);

function errorsOf(suite: typeof failed, environment: CiEnvironment): string[] {
  const errors: string[] = [];
  const console = {
    error: (text: string) => errors.push(text),
    command: (text: string) => errors.push(text),
  } as unknown as Parameters<typeof tellCi>[2];
  tellCi(suite, environment, console);
  return errors;
}

describe('what a CI host is told', () => {
  test('the summary is appended to the file that is named, behind what other steps wrote', () => {
    const path = join(folder, 'summary');
    writeFileSync(path, 'before\n');
    expect(errorsOf(suiteDocument([aVerdict()]), { GITHUB_STEP_SUMMARY: path })).toEqual([]);
    expect(errorsOf(failed, { GITHUB_STEP_SUMMARY: path })).toEqual([]);
    expect(readFileSync(path, 'utf8')).toBe(
      `before\n${renderMarkdown(suiteDocument([aVerdict()]))}\n${renderMarkdown(failed)}\n`,
    );
  });

  test('without the variables, or with empty ones, nothing', () => {
    expect(errorsOf(failed, {})).toEqual([]);
    expect(errorsOf(failed, { GITHUB_STEP_SUMMARY: '', GITHUB_ACTIONS: 'false' })).toEqual([]);
  });

  test('within GitHub Actions what failed is told as its commands', () => {
    expect(errorsOf(failed, { GITHUB_ACTIONS: 'true' })).toEqual([
      expect.stringMatching(/^::error title=Floodproof order-flood-5x%3A FAIL::abuse\.leak/),
      expect.stringMatching(/^::error /),
    ]);
    expect(errorsOf(suiteDocument([aVerdict()]), { GITHUB_ACTIONS: 'true' })).toEqual([]);
  });

  test('a file that can not be written is told, and changes nothing', () => {
    expect(errorsOf(failed, { GITHUB_STEP_SUMMARY: join(folder, 'no', 'such') })).toEqual([
      expect.stringMatching(/^the step summary could not be written: ENOENT/),
    ]);
  });
});
