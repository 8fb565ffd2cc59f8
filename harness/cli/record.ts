/** `floodproof record`: a scenario of real traffic. */
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import process from 'node:process';
import { Asking } from '../capture/asked-again.js';
import { type RecordingFormat, readRecording } from '../capture/read-recording.js';
import { type AskedRow, type RecordedScenario, recordedScenario } from '../capture/recorded-scenario.js';
import type { Recording } from '../capture/recording.js';
import { FloodproofError } from '../errors.js';
import { ClassPaths, type ClassPatterns, housePatterns, isPattern } from '../intake/class-paths.js';
import type { Adapter, Template } from '../scenario/adapter.js';
import type { Policy, RequestClass } from '../scenario/plan.js';
import { requestClasses } from '../scenario/plan.js';
import { parseName } from '../scenario/texts.js';
import { profileOf } from '../signing/profiles.js';
import { grouped } from '../trace/line-tally.js';
import { loadAdapterFile } from './adapted-run.js';
import { loadPolicyFile } from './load.js';
import { ownCommand, quote } from './own-command.js';
import { packageFile } from './package-file.js';
import { isHousePath } from './recorded-paths.js';

export interface RecordFlags {
  readonly out: string | null;
  readonly policy: string | null;
  readonly format: RecordingFormat | null;
  readonly adapter: string | null;
  /** `NAME=METHOD /path`. */
  readonly classes: readonly string[];
  /** null = as recorded, or the house's where the file tells classes alone. */
  readonly as: 'recorded' | 'house' | null;
  readonly speed: number;
  readonly keepShare: number;
  readonly isLooped: boolean;
  readonly forUs: number | null;
}

/**
 * Writes the scenario and the requests of each of its actors, all or nothing, and never over a file that is there.
 * @returns what is printed.
 * @throws {FloodproofError} FP_USAGE, FP_FILE_UNREADABLE, FP_FILE_INVALID, FP_DISK
 */
export async function recordCommand(file: string, flags: RecordFlags): Promise<string> {
  if (flags.isLooped && flags.forUs === null) {
    throw new FloodproofError('FP_USAGE', 'a recording that is looped has no end of its own', {
      hint: 'say with --for how long the run is',
    });
  }
  const out = flags.out ?? `${nameFrom(file)}.yaml`;
  const name = nameFrom(out);
  const policyFile = flags.policy ?? packageFile('scenarios', 'policies', 'spot-exchange.yaml');
  const policy = loadPolicyFile(policyFile);
  const adapter = flags.adapter === null ? null : loadAdapterFile(flags.adapter);
  const asking = new Asking({
    classes: new ClassPaths({
      ...(adapter === null ? housePatterns : patternsOf(adapter)),
      ...writtenPatterns(flags.classes),
    }),
    profile: profileFor(policy, adapter),
    as: flags.as ?? 'recorded',
  });
  const recording = await readRecording(file, flags.format);
  const rows = askedRows(recording, asking);
  if (rows.length === 0) {
    const why = [...asking.leftOut].map(([one, count]) => `${grouped(count)}: ${one}`).join('; ');
    throw new FloodproofError('FP_USAGE', `no request of ${file} can be asked again (${why})`, {
      hint: ['say with --class which requests are of which class', ...asking.unnamed.options].join(' '),
    });
  }
  const scenario = recordedScenario(rows, {
    name,
    source: basename(file),
    policy: pathFrom(out, policyFile),
    speed: flags.speed,
    keepShare: flags.keepShare,
    isLooped: flags.isLooped,
    forUs: flags.forUs,
  });
  writeAll(new Map([...scenario.files].map(([one, text]) => [join(dirname(out), one), text])).set(out, scenario.yaml));
  const isOwn = adapter !== null || rows.some(({ asked }) => !isHousePath(asked.method, asked.path));
  return [
    ...summary(rows, scenario, recording, asking),
    ...(isOwn ? needLines(rows, policy) : []),
    ...nextLines(out, isOwn ? targetFlags(recording, flags) : ''),
  ].join('\n');
}

function askedRows({ rows }: Recording, asking: Asking): readonly AskedRow[] {
  const asked = rows.flatMap((row): AskedRow[] => {
    const again = asking.again(row);
    return again === null ? [] : [{ atUs: row.atUs, who: row.who, actor: row.actor, asked: again }];
  });
  asked.sort((a, b) => a.atUs - b.atUs);
  const firstUs = asked[0]?.atUs ?? 0;
  return asked.map((row) => ({ ...row, atUs: row.atUs - firstUs }));
}

function profileFor({ auth }: Policy, adapter: Adapter | null) {
  if (adapter?.sign.kind === 'profile') return profileOf(adapter.sign.profile);
  return auth === null ? null : profileOf(auth.profile, auth);
}

/** @throws {FloodproofError} FP_USAGE for all that are not of the form at once. */
function writtenPatterns(texts: readonly string[]): ClassPatterns {
  const patterns: Partial<Record<RequestClass, string[]>> = {};
  const wrong: string[] = [];
  for (const text of texts) {
    const [, name = '', pattern = ''] = /^([a-z.]+)=(.*)$/.exec(text) ?? [];
    if (!(requestClasses as readonly string[]).includes(name) || !isPattern(pattern)) wrong.push(JSON.stringify(text));
    else patterns[name as RequestClass] = [...(patterns[name as RequestClass] ?? []), pattern];
  }
  if (wrong.length === 0) return patterns;
  throw new FloodproofError('FP_USAGE', `--class can not be ${wrong.join(', ')}`, {
    hint: `write "NAME=METHOD /path", with NAME one of ${requestClasses.join(', ')}`,
  });
}

/** Each call of an adapter by its method and path; a place in a path stands for any segment. */
function patternsOf({ calls }: Adapter): ClassPatterns {
  const textOf = (path: Template): string =>
    path
      .map((part) => (typeof part === 'string' ? part : '\0'))
      .join('')
      .replace(/[^/]*\0[^/]*/g, '*');
  return Object.fromEntries(
    Object.entries(calls).map(([name, call]) => {
      const forms = call.batch === null ? [call] : [call, call.batch];
      return [name, forms.map(({ method, path }) => `${method} ${textOf(path)}`)];
    }),
  );
}

/** As a scenario may be called: of the file's name, without its ending. @throws {FloodproofError} FP_USAGE */
function nameFrom(file: string): string {
  const bare = basename(resolve(file)).replace(/(?:\.[a-z]+)+$/i, '');
  const name = bare
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 64)
    .replace(/-+$/, '');
  if (parseName(name).ok) return name;
  throw new FloodproofError('FP_USAGE', `no scenario can be named after ${JSON.stringify(basename(file))}`, {
    hint: 'say with --out NAME.yaml what it is to be called',
  });
}

/** As YAML files have it, with slashes on every system. */
function pathFrom(target: string, file: string): string {
  return relative(dirname(resolve(target)), resolve(file))
    .split(sep)
    .join('/');
}

/** @throws {FloodproofError} FP_USAGE when one of them is there, FP_DISK; nothing is left then. */
function writeAll(files: ReadonlyMap<string, string>): void {
  for (const file of files.keys()) {
    if (!existsSync(file)) continue;
    throw new FloodproofError('FP_USAGE', `${file} is there already`, { hint: 'choose another file with --out' });
  }
  const written: string[] = [];
  try {
    for (const [file, text] of files) {
      written.push(`${file}.part`);
      writeFileSync(`${file}.part`, text, { flag: 'wx', mode: 0o600 });
    }
    for (const file of files.keys()) {
      renameSync(`${file}.part`, file);
      written.push(file);
    }
  } catch (cause) {
    for (const file of written) rmSync(file, { force: true });
    throw new FloodproofError('FP_DISK', `cannot write ${written.at(-1)}: ${(cause as Error).message}`, { cause });
  }
}

function summary(
  rows: readonly AskedRow[],
  { groups, durationUs }: RecordedScenario,
  { format, leftOut, headers }: Recording,
  asking: Asking,
): readonly string[] {
  const line = (count: number, text: string): string[] => (count === 0 ? [] : [`  ${grouped(count)} ${text}`]);
  return [
    `${grouped(rows.length)} requests in ${Number((durationUs / 1e6).toFixed(3))} s, of ${format}`,
    ...groups.map(({ name, callers, requests, classes }) => {
      const mix = [...classes].map(([one, count]) => `${one} ${grouped(count)}`).join(', ');
      return `  ${name}: ${grouped(callers)} callers, ${grouped(requests)} requests (${mix})`;
    }),
    ...line(leftOut, 'lines or entries held no request'),
    ...[...asking.leftOut].flatMap(([why, count]) => line(count, `left out: ${why}`)),
    ...(asking.unnamed.options.length === 0 ? [] : [`    to ask them too: ${asking.unnamed.options.join(' ')}`]),
    ...line(asking.bodiesLost, 'asked without their body, which is neither JSON nor a form'),
    ...(headers.length === 0 ? [] : [`  headers not asked again: ${headers.join(', ')}`]),
    ...(asking.changed.size === 0 ? [] : [`  fields made anew or taken out: ${[...asking.changed].sort().join(', ')}`]),
  ];
}

/** What the adapter has to have: of callers alone who sign or log in. */
function needLines(rows: readonly AskedRow[], { auth }: Policy): readonly string[] {
  const who = ({ who: name, actor }: AskedRow): string => JSON.stringify([actor?.name, name]);
  const signed = rows.filter(({ asked }) => auth?.signed[requestClasses.indexOf(asked.requestClass)] === true);
  const keys = new Set(signed.map(who)).size;
  const logins = new Set(rows.filter(({ asked }) => asked.requestClass === 'login').map(who)).size;
  const needed = [
    ...(keys === 0 ? [] : [`${grouped(keys)} key${keys === 1 ? '' : 's'}, one for each caller that signs`]),
    ...(logins === 0 ? [] : [`${grouped(logins)} account${logins === 1 ? '' : 's'} to log in with`]),
  ];
  return needed.length === 0 ? [] : [`  credentials of your own that an adapter needs for it: ${needed.join('; ')}`];
}

function targetFlags({ origin }: Recording, { adapter }: RecordFlags): string {
  const target = ` --target ${quote(origin ?? 'http://127.0.0.1:PORT')}`;
  return adapter === null ? target : `${target} --adapter ${quote(adapter)}`;
}

function nextLines(out: string, target: string): readonly string[] {
  const command = ownCommand(process.argv[1] ?? 'floodproof', process.cwd());
  return [`written: ${out}`, `next: ${command} explain ${quote(out)}`, `      ${command} run ${quote(out)}${target}`];
}
