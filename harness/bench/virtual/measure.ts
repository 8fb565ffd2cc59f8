/** Virtual time measured: requests a second by kind and engine, the verdict, the curve over identities, where time goes. */
import { execFile } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Spread, spreadOf } from '../spread.js';
import type { VirtualFigures, VirtualMode } from './virtual-child.js';
import { type VirtualKind, virtualKinds } from './virtual-plan.js';

const CHILD_MINUTES_MAX = 20;
const DAY_REQUESTS = 86_400 * 1_000;
const CROWD = 10_000;
/** A verdict of a long run reads its rows from a file as that of a short one does. */
const CHILD_HEAP_MB = 4_000;

export interface VirtualOptions {
  readonly isQuick: boolean;
  /** Also plays a whole day of a thousand requests a second. */
  readonly isLarge: boolean;
  readonly say: (line: string) => void;
}

interface VirtualRow {
  readonly kind: VirtualKind;
  readonly engine: 'native' | 'ts';
  readonly identities: number;
  readonly requests: number;
  /** Processor time of the whole process for each request. */
  readonly nsPerRequest: Spread;
  readonly requestsPerSecond: number;
  readonly peakMiB: number;
}

type Child = readonly [kind: VirtualKind, engine: 'native' | 'ts', identities: number, requests: number];

/** @throws when a play fails, or when the engines do not decide alike. */
export async function measureVirtual(engine: 'native' | 'ts', options: VirtualOptions): Promise<unknown> {
  const { isQuick, isLarge, say } = options;
  const requests = isQuick ? 100_000 : 1_000_000;
  const engines = engine === 'native' ? (['native', 'ts'] as const) : (['ts'] as const);
  await demandEqual(engines, say);

  say('');
  say('Requests a second on one core: played in virtual time, by processor time');
  const kinds = virtualKinds.flatMap((kind) => engines.map((one): Child => [kind, one, CROWD, requests]));
  const rows = await measureRows(kinds, isQuick ? 1 : 3);
  for (const row of rows) say(rowText(row));

  say('');
  say('Identities in one scenario, of which each request picks one: signed');
  const crowds = isQuick ? [10_000, 100_000] : [10_000, 100_000, 1_000_000, 10_000_000];
  const curve = await measureRows(
    crowds.map((identities): Child => ['signed', engine, identities, requests]),
    isQuick ? 1 : 2,
  );
  for (const row of curve) say(`  ${count(row.identities).padStart(10)} identities: ${rowText(row).trim()}`);

  say('');
  const judged = await inChild(['signed', engine, CROWD, requests], 'judge');
  const judgeNs = (judged.judgeNs ?? 0) / judged.requests;
  say(`The verdict takes ${judgeNs.toFixed(0)} ns a request more; at most ${judged.peakMiB} MiB with it`);
  const played = rows.find((row) => row.kind === 'signed' && row.engine === engine)?.nsPerRequest.median ?? 0;
  say(`A day of 1,000 signed requests a second: ${dayText(played)} played, ${dayText(played + judgeNs)} judged`);
  const day = isLarge ? await inChild(['signed', engine, CROWD, DAY_REQUESTS], 'judge') : null;
  if (day !== null) say(dayLine(day));

  say('');
  const sampled = await inChild(['signed', engine, CROWD, requests], 'parts');
  say('Where the time of a signed request goes, by file:');
  for (const { part, share } of sampled.parts) {
    say(`  ${(100 * share).toFixed(1).padStart(5)} %  ${(share * played).toFixed(0).padStart(5)} ns  ${part}`);
  }
  return { rows, curve, judgeNsPerRequest: judgeNs, day, parts: sampled.parts };
}

async function demandEqual(engines: readonly ('native' | 'ts')[], say: (line: string) => void): Promise<void> {
  for (const kind of virtualKinds) {
    const hashes = new Set<string>();
    for (const engine of engines) hashes.add((await inChild([kind, engine, 1_000, 20_000], 'play')).decisionHash);
    if (hashes.size > 1) throw new Error(`the engines do not decide alike: ${kind} ${[...hashes].join(' and ')}`);
  }
  if (engines.length > 1) say('Both engines have the same decision hash, for every kind of request.');
}

/** Rounds over all rows, so that a busy moment of the machine does not fall on one of them alone. */
async function measureRows(children: readonly Child[], rounds: number): Promise<readonly VirtualRow[]> {
  const figures = children.map((): VirtualFigures[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, child] of children.entries()) figures[index]?.push(await inChild(child, 'play'));
  }
  return children.map(([kind, engine, identities], index) => {
    const all = figures[index] ?? [];
    const nsPerRequest = spreadOf(all.map(({ cpuNs, requests }) => cpuNs / requests));
    return {
      kind,
      engine,
      identities,
      requests: all[0]?.requests ?? 0,
      nsPerRequest,
      requestsPerSecond: 1e9 / nsPerRequest.median,
      peakMiB: Math.max(...all.map(({ peakMiB }) => peakMiB)),
    };
  });
}

function rowText({ kind, engine, nsPerRequest, requestsPerSecond, peakMiB }: VirtualRow): string {
  const { median, min, max } = nsPerRequest;
  const spread = `${median.toFixed(0)} ns (${min.toFixed(0)} to ${max.toFixed(0)})`;
  const rate = count(Math.round(requestsPerSecond)).padStart(9);
  return `  ${kind.padEnd(8)} ${engine.padEnd(6)} ${rate}/s, ${spread} a request, at most ${peakMiB} MiB`;
}

function dayText(nsPerRequest: number): string {
  return `${((DAY_REQUESTS * nsPerRequest) / 1e9).toFixed(0)} s`;
}

function dayLine({ requests, realNs, judgeNs, peakMiB }: VirtualFigures): string {
  const [real, judged] = [realNs / 1e9, (judgeNs ?? 0) / 1e9];
  return `Played for once: ${count(requests)} requests in ${real.toFixed(0)} s, judged in ${judged.toFixed(0)} s, at most ${peakMiB} MiB`;
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}

async function inChild(child: Child, mode: VirtualMode): Promise<VirtualFigures> {
  const module = fileURLToPath(new URL('./virtual-child.js', import.meta.url));
  const args = [`--max-old-space-size=${CHILD_HEAP_MB}`, module, ...child.map(String), mode];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: CHILD_MINUTES_MAX * 60_000 });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as VirtualFigures;
}
