/** Runs a scenario file of `test/http/files` through the command line, against a server of the test. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SuiteDocument, VerdictDocument } from '../../harness/judge/verdict.js';
import { runCli } from '../support/run-cli.js';
import { temporaryFolder } from './temporary-folder.js';

const files = fileURLToPath(new URL('files/', import.meta.url));

export interface JudgedBy {
  /** A policy file that lies beside the scenario's. */
  readonly policy: string;
  /** One more expectation than the scenario has. */
  readonly alsoExpect?: string;
}

export interface RunOfFile {
  readonly exitCode: number | null;
  readonly document: VerdictDocument;
}

export async function runFile(scenario: string, url: string, { policy, alsoExpect }: JudgedBy): Promise<RunOfFile> {
  const folder = temporaryFolder();
  const text = readFileSync(join(files, scenario), 'utf8')
    .replace(/^policy: .*$/m, `policy: ${policy}`)
    .replace(/^expect:$/m, alsoExpect === undefined ? 'expect:' : `expect:\n  - ${alsoExpect}`);
  writeFileSync(join(folder, scenario), text);
  writeFileSync(join(folder, policy), readFileSync(join(files, policy), 'utf8'));
  const out = join(folder, 'runs');
  const { code, stdout, stderr } = await runCli([
    'run',
    join(folder, scenario),
    '--target',
    url,
    '--json',
    '--out',
    out,
  ]);
  const suite = JSON.parse(stdout || '{"scenarios":[]}') as SuiteDocument;
  const document = suite.scenarios[0];
  if (document === undefined) throw new Error(`nothing was judged; stderr says: ${stderr}`);
  return { exitCode: code, document };
}

/** The metrics of which the verdict did not say that they hold. */
export function notPassed({ document }: RunOfFile): readonly string[] {
  return document.expectations.filter(({ pass }) => pass !== true).map(({ metric }) => metric);
}
