/** The text of `docs/errors.md`, made from the table of errors and what ARCHITECTURE.md says of each. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ErrorCode, ExitCode, errorTable } from '../../harness/errors.js';
import { traceFaultTable } from '../../harness/trace/faults.js';
import { markdownTable } from './markdown-table.js';
import { projectRoot } from './run-cli.js';

/** The headings, in the order of the page: what somebody at a terminal meets first stands first. */
const groups: readonly (readonly [ExitCode, string, string])[] = [
  [ExitCode.usage, 'Exit code 2: bad usage or file', 'Mend what was given, and give it again.'],
  [
    ExitCode.environment,
    'Exit code 4: the environment',
    'The files are right; the machine, or who is asked, is not ready.',
  ],
  [ExitCode.failed, 'Exit code 3: something did not hold', 'Most commands end so by a verdict, which is no error.'],
  [
    ExitCode.interrupted,
    'Exit code 130: interrupted',
    'Runs save what they saw until then; this is for what had seen nothing.',
  ],
  [ExitCode.bug, 'Exit code 1: a call that cannot be right', 'Of `floodproof/core` in a program of your own.'],
];

/** What ARCHITECTURE.md says of each code. */
function readMeanings(): ReadonlyMap<string, string> {
  const text = readFileSync(join(projectRoot, 'ARCHITECTURE.md'), 'utf8');
  return new Map(
    [...text.matchAll(/^\| `(FP_\w+)` \| \d+ \| (.+) \|$/gm)].map(([, code = '', means = '']) => [code, means]),
  );
}

export function errorsPage(): string {
  const meanings = readMeanings();
  const codes = Object.keys(errorTable) as ErrorCode[];
  const sections = groups.map(([exit, heading, words]) => {
    const rows = codes
      .filter((code) => errorTable[code].exit === exit)
      .map((code) => [`\`${code}\``, meanings.get(code) ?? '', errorTable[code].hint]);
    return `## ${heading}\n${words}\n\n${markdownTable(['code', 'when', 'what to do'], rows)}`;
  });
  const traces = Object.entries(traceFaultTable).map(([code, { means, hint }]) => [`\`${code}\``, means, hint]);
  return `# Errors
Made from \`harness/errors.ts\` and from the table of errors in [ARCHITECTURE.md](../ARCHITECTURE.md#errors); a test holds them
together.

An error is a code, what was wrong and what was received, and what to do. It stands on stderr. A program that calls Floodproof
gets a \`FloodproofError\` with \`code\`, \`hint\`, \`exitCode\` and \`faults\`: match on the code.

A refusal of a request is never an error: it is what the gate decided. Nor is a verdict: the exit codes of one are in
[ci.md](ci.md#exit-codes).

${sections.join('\n\n')}

## Faults of a file
With \`FP_FILE_INVALID\` and its like come all faults of all files at once, each with a finer code, file, line, column and what to
do. Those of scenarios and policies are listed in [scenario-reference.md](scenario-reference.md#faults). Those of recordings:

${markdownTable(['code', 'meaning', 'what to do'], traces)}
`;
}
