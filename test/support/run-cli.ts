/** Spawns the built command line as a person would, with a deadline: nothing waits for ever, nothing is left behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = fileURLToPath(new URL('../../', import.meta.url));
export const cliFiles = fileURLToPath(new URL('../cli/files/', import.meta.url));
const builtMain = join(projectRoot, 'dist/cli/main.js');

export interface CliResult {
  /** null when a signal ended the process. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  /** The root of the project when left out. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The process is killed after this, and the test fails. */
  readonly deadlineMs?: number;
  /** Another program than the built main, for example a shell around it; `args` are its arguments. */
  readonly command?: string;
  /** Another main than the one of this project. */
  readonly main?: string;
  /** A file descriptor that takes stdout's place. */
  readonly stdout?: number;
}

export interface RunningCli {
  readonly pid: number;
  readonly child: ChildProcess;
  readonly ended: Promise<CliResult>;
  /** What was written so far. */
  readonly stdout: string;
  readonly stderr: string;
  /** Done when the stream holds a match. @throws when the process ends or the deadline passes before. */
  waitFor(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpMatchArray>;
}

/** No colours of the test runner's own, no page of the CI host, and no setting of whoever runs the tests. */
function environment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { FORCE_COLOR: _force, NO_COLOR: _no, NODE_OPTIONS: _options, ...others } = process.env;
  const { GITHUB_ACTIONS: _actions, GITHUB_STEP_SUMMARY: _summary, ...rest } = others;
  return { ...rest, ...extra };
}

export function startCli(args: readonly string[], options: CliOptions = {}): RunningCli {
  if (!existsSync(builtMain)) throw new Error('these tests need dist: run "npm run build" first');
  const main = options.main ?? builtMain;
  const { command = process.execPath, deadlineMs = 30_000 } = options;
  const child = spawn(command, options.command === undefined ? [main, ...args] : [...args], {
    cwd: options.cwd ?? projectRoot,
    env: environment(options.env ?? {}),
    stdio: ['ignore', options.stdout ?? 'pipe', 'pipe'],
  });
  const text = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<CliResult>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`no end after ${deadlineMs} ms of: ${args.join(' ')}\n${text.stdout}\n${text.stderr}`));
    }, deadlineMs);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, ...text });
    });
  });
  return {
    pid: child.pid ?? 0,
    child,
    ended,
    get stdout() {
      return text.stdout;
    },
    get stderr() {
      return text.stderr;
    },
    async waitFor(stream, pattern) {
      const found = new Promise<RegExpMatchArray>((resolve) => {
        const look = (): void => {
          const match = text[stream].match(pattern);
          if (match === null) return;
          listeners.delete(look);
          resolve(match);
        };
        listeners.add(look);
        look();
      });
      const over = ended.then(({ code, signal }) => {
        // What it wrote last may hold the match.
        const match = text[stream].match(pattern);
        if (match !== null) return match;
        throw new Error(`ended (${signal ?? code}) before ${pattern}: ${text.stdout}\n${text.stderr}`);
      });
      return await Promise.race([found, over]);
    },
  };
}

export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return await startCli(args, options).ended;
}

/** Polls until `isThere` says yes; the deadline is generous, since machines that test are busy. */
export async function until(isThere: () => boolean, what: string, deadlineMs = 20_000): Promise<void> {
  const end = Date.now() + deadlineMs;
  while (!isThere()) {
    if (Date.now() > end) throw new Error(`still not after ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A folder of its own, and how to be rid of it. */
export function scratch(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'floodproof-cli-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Paths of the run folders in `parent`, in the order in which they were made. */
export function runFolders(parent: string): string[] {
  return readdirSync(parent)
    .sort()
    .map((name) => join(parent, name));
}

/** The only run folder in `parent`. */
export function onlyRunFolder(parent: string): string {
  const [folder, ...more] = runFolders(parent);
  if (folder === undefined || more.length > 0) throw new Error(`not one run folder in ${parent}: ${more.length + 1}`);
  return folder;
}

/** State and parent of a process; null when it is gone or has ended and nobody has asked for its exit code yet. */
function parentOf(pid: number): number | null {
  try {
    // pid (name, which may hold anything) state parent ...
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return state === 'Z' || state === 'X' ? null : Number(parent);
  } catch {
    return null;
  }
}

export function isRunning(pid: number): boolean {
  return parentOf(pid) !== null;
}

export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => parentOf(candidate) === pid);
}
