/** `floodproof report` in a process of its own: how long it takes, what it holds, how large its page is. */
import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import process from 'node:process';
import { text } from 'node:stream/consumers';

const MINUTES_MAX = 10;

export interface ReportRun {
  readonly seconds: number;
  readonly peakMiB: number;
  readonly pageBytes: number;
}

/**
 * @param out - where the page is written.
 * @throws when the report fails.
 */
export async function reportRun(folder: string, out: string): Promise<ReportRun> {
  const preload = new URL('./peak-at-exit.js', import.meta.url).href;
  // Whatever started this benchmark is the program to be measured.
  const args = ['--import', preload, process.argv[1] ?? '', 'report', folder, '--format', 'html', '--out', out];
  const fromMs = performance.now();
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    timeout: MINUTES_MAX * 60_000,
  });
  const [, said, peak] = child.stdio.slice(1) as [null, NodeJS.ReadableStream, NodeJS.ReadableStream];
  const [errors, peakKiB, code] = await Promise.all([
    text(said),
    text(peak),
    new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    }),
  ]);
  const seconds = (performance.now() - fromMs) / 1000;
  if (code !== 0) throw new Error(`the report of ${folder} failed (${code}): ${errors}`);
  return { seconds, peakMiB: Math.round(Number(peakKiB) / 1024), pageBytes: statSync(out).size };
}
