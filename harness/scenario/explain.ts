/** A plan in words, for people: what will be sent, by whom, when, how many, and what the policy makes of it. */
import { type BehaviourName, behaviourRow, fileKey } from './behaviours.js';
import { formatDuration } from './durations.js';
import { type ExpectedTraffic, expectedTraffic, isUpperEstimate, requestsPerArrival } from './expected-traffic.js';
import { arrivalsText, crowdTexts } from './explain-actor.js';
import { policyLines } from './explain-policy.js';
import { needLines, worldLines } from './explain-world.js';
import { type Mapping, mappingTable } from './mappings.js';
import { type MetricName, type MetricUnit, metricTable } from './metrics.js';
import { formatRatio } from './numbers.js';
import {
  type ActorPlan,
  type Expectation,
  type ExpectedValue,
  type Plan,
  partTable,
  planEndUs,
  requestClasses,
} from './plan.js';
import type { WaitingScenario } from './waiting.js';

const WIDTH = 100;

/** Lines of at most `WIDTH` characters, each begun with the indent. */
function wrap(text: string, indent: string): readonly string[] {
  const lines: string[] = [];
  let line = indent.trimEnd();
  for (const word of text.split(' ')) {
    const isFirst = line.trim() === '';
    if (!isFirst && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = `${indent}${word}`;
    } else line = isFirst ? `${indent}${word}` : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Columns padded to their widest cell, two blanks apart. */
function table(rows: readonly (readonly string[])[], indent: string): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return rows.map((row) => (indent + row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).trimEnd());
}

function spansText(plan: Plan, actor: ActorPlan): string {
  const [first] = actor.active;
  if (actor.active.length === 1 && first?.startUs === 0 && first.endUs === planEndUs(plan)) return 'the whole run';
  return actor.active.map(({ startUs, endUs }) => `${formatDuration(startUs)} to ${formatDuration(endUs)}`).join(', ');
}

function paramsText(actor: ActorPlan): string {
  const { params } = behaviourRow(actor.behaviour as BehaviourName);
  const parts = Object.entries(params).map(([key, row]) => {
    const value = actor.params[key];
    if (typeof value !== 'number') return `${fileKey(key, row)} ${value}`;
    const shown = row.kind === 'ratio' ? formatRatio(value) : row.kind === 'duration' ? formatDuration(value) : value;
    return `${fileKey(key, row)} ${shown}`;
  });
  return parts.join(', ');
}

function classesText(plan: Plan, actor: ActorPlan): string {
  const means = requestsPerArrival(plan, actor);
  return requestClasses.filter((_, index) => (means[index] ?? 0) > 0).join(', ');
}

function timeLines(plan: Plan): readonly string[] {
  const rows = plan.phases.map(({ name, startUs, endUs }) => [
    name,
    `${formatDuration(startUs)} to ${formatDuration(endUs)}`,
  ]);
  if (plan.warmupUs > 0) rows.unshift(['warm-up', `0s to ${formatDuration(plan.warmupUs)}`, 'not measured']);
  // Verdict, charts and evidence count from the first phase, so who reads both is told of the two zeros.
  const zero =
    plan.warmupUs > 0
      ? `; times here count from the start of the warm-up, those of results from its end at ${formatDuration(plan.warmupUs)}`
      : '';
  return [`When: ${formatDuration(planEndUs(plan))} of traffic${zero}`, ...table(rows, '  ')];
}

function actorLines(plan: Plan): readonly string[] {
  const lines = ['Who sends (numbers are expected ones; the seed fixes the exact requests)'];
  for (const actor of plan.actors) {
    const { arrivals, requests, isKnown } = expectedTraffic(plan, actor, 0, planEndUs(plan));
    const who = `${actor.name}: ${actor.label}, ${actor.population} x ${actor.behaviour}`;
    lines.push(`  ${who}, ${arrivalsText(plan, actor.arrivals)}, ${spansText(plan, actor)}`);
    lines.push(...wrap(behaviourRow(actor.behaviour as BehaviourName).does, '    '));
    const params = paramsText(actor);
    if (params !== '') lines.push(...wrap(`with ${params}`, '    '));
    for (const text of crowdTexts(plan, actor)) lines.push(...wrap(text, '    '));
    const many = isUpperEstimate(actor) ? 'at most ' : '';
    const amount = isKnown
      ? `${Math.round(arrivals)} arrivals, ${many}${Math.round(requests)} requests when all are admitted`
      : 'as many arrivals as the recording has';
    const classes = classesText(plan, actor);
    lines.push(`    ${amount}${classes === '' ? '' : `: ${classes}`}`);
  }
  return lines;
}

function loadLines(plan: Plan): readonly string[] {
  const spans = plan.phases.map(({ name, startUs, endUs }) => ({ name, startUs, endUs }));
  if (plan.warmupUs > 0) spans.unshift({ name: 'warm-up', startUs: 0, endUs: plan.warmupUs });
  const rows = spans.map(({ name, startUs, endUs }) => {
    const seconds = (endUs - startUs) / 1_000_000;
    const rateOf = (label: ActorPlan['label']) => {
      const traffic: readonly ExpectedTraffic[] = plan.actors
        .filter((actor) => actor.label === label)
        .filter(({ active }) => active.some((span) => span.startUs < endUs && span.endUs > startUs))
        .map((actor) => expectedTraffic(plan, actor, startUs, endUs));
      const known = traffic.filter(({ isKnown }) => isKnown);
      const rate = `${Math.round(known.reduce((sum, { requests }) => sum + requests, 0) / seconds)}/s`;
      if (known.length === traffic.length) return rate;
      return known.length === 0 ? 'as recorded' : `${rate} and what is recorded`;
    };
    return [name, `legit ${rateOf('legit')}`, `abuse ${rateOf('abuse')}`];
  });
  return ['Expected load', ...table(rows, '  ')];
}

function numberText(value: number, unit: MetricUnit): string {
  if (unit === 'us') return formatDuration(value);
  if (unit === 'ratio') return formatRatio(value);
  if (unit === 'perSecond') return `${value}/s`;
  return unit === 'cells' ? `${value} cells` : String(value);
}

function wantedText(value: ExpectedValue, unit: MetricUnit): string {
  if (value.kind === 'number') return numberText(value.value, unit);
  if (value.kind === 'relative') return `${value.factor} times that of ${value.phase}`;
  const which = value.kind === 'max' ? 'the larger' : 'the smaller';
  return `${which} of ${value.values.map((one) => wantedText(one, unit)).join(' and ')}`;
}

const operatorWords: Readonly<Record<Expectation['operator'], string>> = {
  '<=': 'at most',
  '<': 'below',
  '>=': 'at least',
  '>': 'above',
  '==': 'exactly',
};

function subjectText(subject: string): string {
  if (subject === 'all') return 'everybody';
  return subject === 'legit' || subject === 'abuse' ? `all ${subject} actors` : subject;
}

function expectationLines(plan: Plan): readonly string[] {
  const lines = ['What must hold'];
  for (const expectation of plan.expectations) {
    const { unit, means } = metricTable[expectation.metric as MetricName];
    const when = expectation.phase === null ? 'after the warm-up' : `in ${expectation.phase}`;
    const interval = expectation.wholeInterval ? ', with its whole 95 % interval' : '';
    const wanted = `${operatorWords[expectation.operator]} ${wantedText(expectation.wanted, unit)}${interval}`;
    lines.push(`  ${expectation.text}`);
    lines.push(...wrap(`${subjectText(expectation.subject)}, ${when}: ${wanted}. Measured: ${means}.`, '    '));
  }
  return lines;
}

function mapLines(maps: readonly string[]): readonly string[] {
  if (maps.length === 0) return [];
  const named = maps.map((id) => ({ id, name: Object.hasOwn(mappingTable, id) ? mappingTable[id as Mapping] : null }));
  return wrap(`maps to: ${named.map(({ id, name }) => (name === null ? id : `${id} (${name})`)).join(', ')}`, '  ');
}

/** The text of `floodproof explain`. The same plan gives the same text. */
export function explain(plan: Plan): string {
  const head = [`${plan.name} (${plan.file})`, ...wrap(plan.claim, '  ')];
  head.push(...mapLines(plan.maps));
  if (plan.tags.length > 0) head.push(`  tags: ${plan.tags.join(', ')}`);
  head.push(...needLines(plan));
  const { request, generator } = plan;
  const bounds = [
    'How it is sent',
    `  given up after ${formatDuration(request.timeoutUs)}; at most ${request.connectionsPerIp} connections for each address, ${request.openMax} requests open`,
    `  invalid when the generator's own delay (p99) is above ${formatDuration(generator.ownDelayP99Us)} in the run or ${formatDuration(generator.ownDelayP99WorstSecondUs)} in a second, or less than ${formatRatio(generator.sentShare)} is sent`,
  ];
  const parts = [
    head,
    timeLines(plan),
    actorLines(plan),
    loadLines(plan),
    policyLines(plan),
    expectationLines(plan),
    bounds,
    worldLines(plan),
  ];
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** The text of `floodproof explain` for a scenario that no target can play yet. */
export function explainWaiting(scenario: WaitingScenario): string {
  const head = [`${scenario.name} (${scenario.file})`, ...wrap(scenario.claim, '  ')];
  head.push(...mapLines(scenario.maps));
  const missing = scenario.missing.map((part) => `  ${part}: ${partTable[part]}`);
  const parts = [
    head,
    ['It is not played yet: no target has what it needs', ...missing],
    [
      'When',
      ...table(
        scenario.phases.map(({ name, lengthUs }) => [name, formatDuration(lengthUs)]),
        '  ',
      ),
    ],
    ['Who sends', ...scenario.actors.map(({ name, label, behaviour }) => `  ${name}: ${label}, ${behaviour}`)],
    [`What the policy promises: see ${scenario.policyFile}`],
    ['What must hold', ...scenario.expectations.map((text) => `  ${text}`)],
  ];
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
