/** Documents that are played: the files that they show are written, the commands given, what they print held to what is shown. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from './run-cli.js';

export type Step =
  /** A block whose first line is a comment that holds nothing but a path: the file that it is. */
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  /** `shown` is what the block without a language behind it shows; null = nothing. */
  | { readonly kind: 'commands'; readonly script: string; readonly shown: string | null }
  /** `node FILE` alone: a server, which serves until the next one or the end of the document. */
  | { readonly kind: 'server'; readonly file: string };

/** Blocks that are not played: they build this project, ask what only the reader has, or serve until they are interrupted. */
const unplayed = /^npm |127\.0\.0\.1:8080|\/var\/log\/|^npx floodproof (?:gateway|ui --open)/m;

/** The blocks of a Markdown text that do something, in their order. */
export function stepsOf(markdown: string): readonly Step[] {
  const blocks = [...markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({
    language,
    text,
  }));
  return blocks.flatMap(({ language, text }, index): Step[] => {
    const [, path] = /^(?:#|\/\/) ([\w./-]+\.\w+)\n/.exec(text) ?? [];
    if (language !== 'sh') return path === undefined ? [] : [{ kind: 'file', path, text }];
    if (unplayed.test(text)) return [];
    const [, server] = /^node (\S+)\n$/.exec(text) ?? [];
    if (server !== undefined) return [{ kind: 'server', file: server }];
    const next = blocks[index + 1];
    return [{ kind: 'commands', script: text, shown: next?.language === '' ? next.text : null }];
  });
}

/** A place like the root of a clone, as far as commands of documents look at it. */
export function makeClone(folder: string): void {
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  for (const name of ['scenarios', 'docs']) symlinkSync(join(projectRoot, name), join(folder, name));
  for (const name of ['express', 'express-rate-limit', 'ccxt']) {
    symlinkSync(join(projectRoot, 'node_modules', name), join(folder, 'node_modules', name));
  }
  symlinkSync(projectRoot, join(folder, 'node_modules', 'floodproof'));
}

export function writeStep(folder: string, { path, text }: Step & { kind: 'file' }): void {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
}

export interface Played {
  readonly code: number | null;
  /** stdout and stderr as they came. */
  readonly output: string;
}

/** Gives the commands of a block to a shell, in which `npx floodproof` is the one of this project. */
export async function playCommands(folder: string, script: string, deadlineMs = 120_000): Promise<Played> {
  const main = join(projectRoot, 'dist/cli/main.js');
  const npx = `set -e\nnpx() { shift; '${process.execPath}' '${main}' "$@"; }\n`;
  const child = spawn('bash', ['-c', npx + script], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  return await new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`no end after ${deadlineMs} ms of: ${script}\n${output}`));
    }, deadlineMs);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, output });
    });
  });
}

/** Starts the server of a step. @returns when it has said that it listens. */
export async function startServer(folder: string, file: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [file], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said.includes('listening')) resolve();
      });
    }
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}: ${said}`)));
  });
  return child;
}

export async function endServer(child: ChildProcess | null): Promise<void> {
  if (child === null || child.exitCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** How the commands of a block end: as what is shown says, or 0. */
export function codeShown(shown: string | null): number {
  if (shown === null) return 0;
  const said = /exit code (\d+)\s*$/.exec(shown)?.[1];
  if (said !== undefined) return Number(said);
  if (/^error FP_/m.test(shown)) return 2;
  // `judge` of a log says no exit code.
  if (/^\S+ {2}FAIL$/m.test(shown)) return 3;
  return /\d REGRESSION/.test(shown) ? 3 : 0;
}

/** Parts of what is shown, between `...` at ends of lines, that the output does not have in that order. */
export function missingParts(shown: string, output: string): string[] {
  const text = bare(output);
  let from = 0;
  return shown.split(/ *\.\.\.\n/).filter((part) => {
    const wanted = bare(part);
    const found = text.indexOf(wanted, from);
    if (found >= 0) from = found + wanted.length;
    return found < 0;
  });
}

/** What a clock has measured: over HTTP it differs from run to run. */
const measured = /\d[\d,.]* (?:us|ms|s)\b/g;

/** Without what differs from run to run: times, the moment in a folder's name, the engine, and how lines are broken. */
function bare(text: string): string {
  return text
    .replaceAll(measured, 'TIME')
    .replaceAll(/\d{8}-\d{6}-/g, 'MOMENT-')
    .replaceAll(/engine (?:native|ts)/g, 'engine ENGINE')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
