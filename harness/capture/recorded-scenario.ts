/** A recording as a scenario: its callers in groups, an actor for each, and the files that say what each of them asks. */
import type { Label, RequestClass } from '../scenario/plan.js';
import { requestColumns } from '../trace/request-table.js';
import type { AskedAgain } from './asked-again.js';

export interface AskedRow {
  /** Whole microseconds since the first request of the recording. */
  readonly atUs: number;
  readonly who: string;
  readonly actor: { readonly name: string; readonly label: Label } | null;
  readonly asked: AskedAgain;
}

export interface ScenarioWish {
  readonly name: string;
  /** The recording's own name, for the claim. */
  readonly source: string;
  /** Path from the scenario. */
  readonly policy: string;
  readonly speed: number;
  /** Above 0 to 1. */
  readonly keepShare: number;
  readonly isLooped: boolean;
  /** Length of the run; null = as long as the recording at that speed. */
  readonly forUs: number | null;
}

export interface CallerGroup {
  readonly name: string;
  readonly label: Label;
  readonly callers: number;
  readonly requests: number;
  readonly classes: ReadonlyMap<RequestClass, number>;
}

export interface RecordedScenario {
  readonly yaml: string;
  /** By file name, beside the scenario. */
  readonly files: ReadonlyMap<string, string>;
  readonly groups: readonly CallerGroup[];
  readonly durationUs: number;
}

/** Groups at most: an actor of a plan each. */
const SECOND_US = 1_000_000;
const columns = ['timeUs', 'who', ...requestColumns];

/** @param rows - At least one, in rising order of time from 0. */
export function recordedScenario(rows: readonly AskedRow[], wish: ScenarioWish): RecordedScenario {
  const lastUs = rows.at(-1)?.atUs ?? 0;
  const groups = groupsOf(rows);
  // Looped, a file of one moment would have no end.
  const files = new Map(groups.map((group) => [fileOf(wish, group), csvOf(group.rows, lastUs)]));
  const recordedUs = Math.ceil(lastUs / wish.speed) + 1;
  const durationUs = wish.forUs ?? Math.max(1, Math.ceil(recordedUs / SECOND_US)) * SECOND_US;
  return { yaml: yamlOf(rows.length, groups, wish, durationUs), files, groups, durationUs };
}

interface Group extends CallerGroup {
  readonly rows: readonly AskedRow[];
}

/** By the actor of an earlier run, else by what a caller asks most: the first of these where several are alike. */
function groupsOf(rows: readonly AskedRow[]): readonly Group[] {
  const most = mostAsked(rows);
  const byName = new Map<string, AskedRow[]>();
  for (const row of rows) {
    const name = row.actor?.name ?? `${(most.get(row.who) ?? '').replaceAll('.', '-')}-callers`;
    const group = byName.get(name);
    if (group === undefined) byName.set(name, [row]);
    else group.push(row);
  }
  return [...byName].map(([name, own]) => ({
    name,
    label: own[0]?.actor?.label ?? 'legit',
    callers: new Set(own.map(({ who }) => who)).size,
    requests: own.length,
    classes: countsOf(own),
    rows: own,
  }));
}

function countsOf(rows: readonly AskedRow[]): ReadonlyMap<RequestClass, number> {
  const counts = new Map<RequestClass, number>();
  for (const { asked } of rows) counts.set(asked.requestClass, (counts.get(asked.requestClass) ?? 0) + 1);
  return counts;
}

function mostAsked(rows: readonly AskedRow[]): ReadonlyMap<string, RequestClass> {
  const counts = new Map<string, Map<RequestClass, number>>();
  for (const { who, asked } of rows) {
    const own = counts.get(who) ?? new Map<RequestClass, number>();
    own.set(asked.requestClass, (own.get(asked.requestClass) ?? 0) + 1);
    counts.set(who, own);
  }
  return new Map(
    [...counts].map(([who, own]) => {
      const [[name]] = [...own].sort(([, a], [, b]) => b - a) as [[RequestClass, number]];
      return [who, name];
    }),
  );
}

function fileOf({ name }: ScenarioWish, group: Pick<CallerGroup, 'name'>): string {
  return `${name}.${group.name}.csv`;
}

/**
 * A row without a class stands at the start and at the end of the whole recording where the group asks nothing then: a trace
 * begins with its first time, and all groups are to begin together. Callers have names that say nothing of who they were.
 */
function csvOf(rows: readonly AskedRow[], lastUs: number): string {
  const names = new Map<string, string>();
  const nameOf = (who: string): string => {
    const known = names.get(who) ?? `c${names.size + 1}`;
    names.set(who, known);
    return known;
  };
  const lines = [columns.join()];
  const first = rows[0] as AskedRow;
  if (first.atUs > 0) lines.push(`0,${nameOf(first.who)},,,,,`);
  for (const { atUs, who, asked } of rows) {
    const { requestClass, method, path, type, body } = asked;
    lines.push([String(atUs), nameOf(who), requestClass, method, path, type, body].map(field).join());
  }
  if ((rows.at(-1)?.atUs ?? 0) < lastUs) lines.push(`${lastUs},${nameOf(first.who)},,,,,`);
  return `${lines.join('\n')}\n`;
}

function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function yamlOf(requests: number, groups: readonly Group[], wish: ScenarioWish, durationUs: number): string {
  const { name, source, policy, speed, keepShare, isLooped } = wish;
  const extra = [
    ...(speed === 1 ? [] : [`speed: ${speed}`]),
    ...(keepShare === 1 ? [] : [`keep: ${Number((keepShare * 100).toPrecision(12))}%`]),
    ...(isLooped ? ['loop: true'] : []),
  ];
  const actor = (group: Group): string => {
    const file = JSON.stringify(fileOf(wish, group));
    const mix = [...group.classes].map(([one, count]) => `${count} ${one}`).join(', ');
    return [
      `  # ${mix}`,
      `  - name: ${group.name}`,
      `    label: ${group.label}`,
      `    population: ${group.callers}`,
      '    behaviour: recorded',
      `    who: { trace: ${file}, who: who }`,
      `    arrivals: { ${['process: trace', `file: ${file}`, ...extra].join(', ')} }`,
    ].join('\n');
  };
  const isHonest = groups.some(({ label }) => label === 'legit');
  return `version: 1
name: ${name}
claim: ${JSON.stringify(`The ${requests} requests of ${source}, asked again, get what the policy promises, and no more.`)}
tags: [recorded]
policy: ${JSON.stringify(policy)}

warmup: 0s
phases:
  - { name: recorded, for: ${durationUs % SECOND_US === 0 ? `${durationUs / SECOND_US}s` : `${durationUs}us`} }

actors:
${groups.map(actor).join('\n')}

expect:
  - all.leak <= 0
${isHonest ? '  - legit.falseBlockRate <= 0.1%\n' : ''}`;
}
