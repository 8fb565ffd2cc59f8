/** The built command line on a pseudo terminal, as `script` of util-linux makes one: it sees a window and a keyboard. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { quote } from '../../harness/cli/own-command.js';
import { projectRoot } from './run-cli.js';

export interface Typed {
  /** As soon as this has been written, `keys` are typed. */
  readonly after: RegExp;
  readonly keys: string;
}

export interface TerminalRun {
  readonly code: number | null;
  /** All that was written, commands to the terminal and all. */
  readonly written: string;
}

export interface TerminalOptions {
  readonly columns: number;
  readonly rows: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly typed?: Typed;
  /** Where else than to the terminal stdout goes. */
  readonly stdout?: string;
}

const DEADLINE_MS = 60_000;

export async function runOnTerminal(args: readonly string[], options: TerminalOptions): Promise<TerminalRun> {
  const { columns, rows, env = {}, typed, stdout } = options;
  const words = [process.execPath, join(projectRoot, 'dist/cli/main.js'), ...args].map(quote).join(' ');
  const command = `stty cols ${columns} rows ${rows}; exec ${words}${stdout === undefined ? '' : ` > ${quote(stdout)}`}`;
  const { NO_COLOR: _no, FORCE_COLOR: _force, NODE_OPTIONS: _options, CI: _ci, ...rest } = process.env;
  const child = spawn('script', ['--quiet', '--flush', '--return', '--command', command, '/dev/null'], {
    cwd: projectRoot,
    env: { ...rest, SHELL: '/bin/sh', TERM: 'xterm-256color', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let written = '';
  let isTyped = typed === undefined;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    written += chunk;
    if (isTyped || typed === undefined || !typed.after.test(written)) return;
    isTyped = true;
    child.stdin.write(typed.keys);
  });
  return await new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`no end after ${DEADLINE_MS} ms of: ${args.join(' ')}\n${written}`));
    }, DEADLINE_MS);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, written });
    });
  });
}
