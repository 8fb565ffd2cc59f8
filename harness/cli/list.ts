/** `floodproof list`: which scenarios there are, what they are about, how long they take, and what they wait for. */
import { expectedTraffic } from '../scenario/expected-traffic.js';
import { type Part, type Plan, planEndUs } from '../scenario/plan.js';
import type { WaitingScenario } from '../scenario/waiting.js';
import { type Choice, chooseScenarios } from './catalogue.js';

/**
 * Requests of a run in virtual time that a second of real time is taken to do, with the judge: a modest machine. It only
 * serves to tell a second from an hour.
 */
const CORE_PER_SECOND = 200_000;

export interface ListFlags extends Choice {
  readonly json: boolean;
  /** Characters of a line of the terminal; infinity = there is none. Columns that do not fit are left out. */
  readonly width: number;
}

interface Row {
  readonly name: string;
  readonly file: string;
  readonly claim: string;
  readonly tags: readonly string[];
  readonly maps: readonly string[];
  readonly needs: readonly Part[];
  /** Of `needs` those that no target has yet. */
  readonly missing: readonly Part[];
  /** Length of the run over HTTP; null when it is not played so. */
  readonly httpSeconds: number | null;
  /** Estimate for `--target core`; null when it is not played so, or when only a recording tells. */
  readonly coreSeconds: number | null;
  readonly weakPolicy: string | null;
}

/** What is printed. @throws {FloodproofError} FP_USAGE, FP_FILE_INVALID with the faults of all files. */
export function listCommand(paths: readonly string[], { json, width, ...choice }: ListFlags): string {
  const { plans, waiting } = chooseScenarios(paths, choice);
  const rows = [...plans.map(rowOf), ...waiting.map(waitingRow)].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (json) return `${JSON.stringify({ schema: 'floodproof/list/1', scenarios: rows }, null, 2)}\n`;
  return `${[...table(rows, width), '', ...legend(rows)].join('\n')}\n`;
}

function rowOf(plan: Plan): Row {
  const { name, file, claim, tags, maps, needs, weak } = plan;
  const traffic = plan.actors.map((actor) => expectedTraffic(plan, actor, 0, planEndUs(plan)));
  const requests = traffic.reduce((sum, one) => sum + one.requests, 0);
  const isKnown = traffic.every((one) => one.isKnown);
  return {
    name,
    file,
    claim,
    tags,
    maps,
    needs,
    missing: [],
    httpSeconds: needs.includes('virtual-time') ? null : planEndUs(plan) / 1_000_000,
    coreSeconds: needs.includes('http') || !isKnown ? null : Number((requests / CORE_PER_SECOND).toPrecision(2)),
    weakPolicy: weak?.policy.file ?? null,
  };
}

function waitingRow({ name, file, claim, tags, maps, needs, missing }: WaitingScenario): Row {
  return { name, file, claim, tags, maps, needs, missing, httpSeconds: null, coreSeconds: null, weakPolicy: null };
}

function secondsText(seconds: number | null): string {
  if (seconds === null) return '-';
  if (seconds < 1) return '<1s';
  return seconds < 600 ? `${Math.round(seconds)}s` : `${Math.round(seconds / 60)}min`;
}

function needsText({ needs, missing }: Row): string {
  return needs.map((part) => (missing.includes(part) ? `${part} (waits)` : part)).join(', ');
}

/** In this order a column is left out where the table is too wide. */
const spared = ['maps', 'tags', 'needs'];

function table(rows: readonly Row[], width: number): readonly string[] {
  const left: readonly string[][] = spared.map((_, count) => spared.slice(0, count + 1));
  const tables = [[], ...left].map((without) => tableWithout(rows, without));
  const fits = (lines: readonly string[]): boolean => lines.every((line) => line.length <= width);
  return tables.find(fits) ?? tables.at(-1) ?? [];
}

function tableWithout(rows: readonly Row[], without: readonly string[]): readonly string[] {
  const all = ['scenario', 'http', 'core', 'needs', 'tags', 'maps', 'file'];
  const isShown = (_: string, column: number): boolean => !without.includes(all[column] ?? '');
  const head = all.filter(isShown);
  const cells = rows.map((row) =>
    [
      row.name,
      secondsText(row.httpSeconds),
      secondsText(row.coreSeconds),
      needsText(row),
      row.tags.join(', '),
      row.maps.join(', '),
      row.file,
    ].filter(isShown),
  );
  const widths = head.map((text, column) => Math.max(text.length, ...cells.map((line) => line[column]?.length ?? 0)));
  return [head, ...cells].map((line) =>
    line
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function legend(rows: readonly Row[]): readonly string[] {
  const waiting = rows.filter(({ missing }) => missing.length > 0).length;
  const count = `${rows.length} scenario${rows.length === 1 ? '' : 's'}`;
  const waits =
    waiting === 0 ? '' : `; ${waiting} of them wait${waiting === 1 ? 's' : ''} for a part that no target has yet`;
  return [
    `${count}${waits}`,
    `http: length of the run; core: expected requests at ${CORE_PER_SECOND} a second, in virtual time (--target core)`,
  ];
}
