/** `floodproof judge`: what a server's log says of the promises of its policy. */
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import process from 'node:process';
import { FloodproofError } from '../errors.js';
import { type JudgeLogTask, judgeLog } from '../intake/judge-log.js';
import { type LogMap, loadLogMap, noMap } from '../intake/log-map.js';
import { expectationsOf } from '../intake/log-plan.js';
import { readLog } from '../intake/read-log.js';
import { renderJson, suiteDocument } from '../report/json.js';
import { renderJunit } from '../report/junit.js';
import { renderVerdict } from '../report/terminal.js';
import { loadPolicy } from '../scenario/policy.js';
import type { Console } from './console.js';
import { fileReader } from './file-reader.js';
import { ownCommand } from './own-command.js';
import { versions } from './versions.js';

export interface JudgeFlags {
  readonly policy: string;
  readonly map: string | null;
  readonly logFormat: string | null;
  readonly longestUs: number | null;
  readonly windowUs: number | null;
  /** Texts of expectations; none = the usual ones. */
  readonly expected: readonly string[];
  readonly json: boolean;
  readonly junit: string | null;
}

/** @returns the exit code. @throws {FloodproofError} whatever stands in the way of a verdict. */
export async function judgeCommand(logs: readonly string[], flags: JudgeFlags, console: Console): Promise<number> {
  const startedAt = new Date();
  const policy = loadPolicy(fileReader, flags.policy);
  const map = mapOf(flags);
  // Before gigabytes are read for it.
  expectationsOf(flags.expected, map);
  const read = await readLog({ files: logs, map, policy });
  try {
    const document = judgeLog({
      read,
      map,
      policy,
      name: nameOf(logs),
      expected: flags.expected,
      again: commandOf(logs, flags),
      versions: versions(),
      startedAt: startedAt.toISOString(),
      durationMs: () => Date.now() - startedAt.getTime(),
    } satisfies JudgeLogTask);
    const suite = suiteDocument([document]);
    if (flags.junit !== null) writeJunit(flags.junit, renderJunit(suite));
    console.result(
      flags.json ? renderJson(suite) : renderVerdict(document, { color: console.colorOut, width: console.widthOut }),
    );
    return suite.exitCode;
  } finally {
    read.store.close();
  }
}

/** Options stand above what the file says. */
function mapOf({ map: file, logFormat, longestUs, windowUs }: JudgeFlags): LogMap {
  const map = file === null ? noMap : loadLogMap(fileReader, file);
  return {
    ...map,
    logFormat: logFormat ?? map.logFormat,
    longestUs: longestUs ?? map.longestUs,
    windowUs: windowUs ?? map.windowUs,
  };
}

function nameOf(logs: readonly string[]): string {
  const [first = '', ...more] = logs;
  const name = first === '-' ? 'stdin' : basename(first);
  return more.length === 0 ? name : `${name} and ${more.length} more`;
}

function commandOf(logs: readonly string[], flags: JudgeFlags): string {
  const options: readonly (readonly [string, string | null])[] = [
    ['--policy', flags.policy],
    ['--map', flags.map],
    ['--log-format', flags.logFormat],
    ['--longest', flags.longestUs === null ? null : `${flags.longestUs}us`],
    ['--window', flags.windowUs === null ? null : `${flags.windowUs}us`],
    ...flags.expected.map((text) => ['--expect', text] as const),
  ];
  const given = options.flatMap(([option, value]) => (value === null ? [] : [option, quoted(value)]));
  const command = ownCommand(process.argv[1] ?? 'floodproof', process.cwd());
  return [`${command} judge`, ...logs.map(quoted), ...given].join(' ');
}

/** As a POSIX shell takes it for one word. */
function quoted(text: string): string {
  return /^[\w./:=+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function writeJunit(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new FloodproofError('FP_DISK', `cannot write ${file}: ${(cause as Error).message}`, { cause });
  }
}
