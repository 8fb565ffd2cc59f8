/** A log as a run that was played: who took part, from when to when, and what is expected of it. */
import { FloodproofError } from '../errors.js';
import type { KnownWorld } from '../judge/judged-world.js';
import { NONE } from '../judge/observation.js';
import { parseExpectation } from '../scenario/expectation.js';
import type { ActorPlan, Expectation, Label, Plan, Policy } from '../scenario/plan.js';
import { actorDefaults, planDefaults } from '../scenario/plan-defaults.js';
import type { Callers } from './callers.js';
import type { LogMap } from './log-map.js';

const LOG_PHASE = 'log';
/** Who is not told apart, and who is none of the actors that are. */
const EVERYONE = 'everyone';
const OTHERS = 'others';

/** The actors of a map in their order, and behind them all who are none of these. */
function actorsOfMap({ actors, others }: LogMap): readonly { readonly name: string; readonly label: Label }[] {
  return [...actors, { name: actors.length === 0 ? EVERYONE : OTHERS, label: others }];
}

/** @throws {FloodproofError} FP_USAGE with every expectation that can't be read. */
export function expectationsOf(texts: readonly string[], map: LogMap): readonly Expectation[] {
  const scope = { phases: [LOG_PHASE], actors: actorsOfMap(map) };
  const readings = texts.map((text) => ({ text, reading: parseExpectation(text, scope) }));
  const faults = readings.flatMap(({ text, reading }) =>
    reading.ok ? [] : [{ text, offset: reading.offset, complaint: reading.complaint }],
  );
  if (faults.length > 0) {
    const told = faults.map(
      ({ text, offset, complaint }) => `--expect "${text}" at ${offset + 1} ${complaint.message}`,
    );
    const hint = faults[0]?.complaint.hint;
    throw new FloodproofError('FP_USAGE', told.join('; '), hint === undefined ? {} : { hint });
  }
  return readings.flatMap(({ reading }) => (reading.ok ? [reading.expectation] : []));
}

export interface LogSpan {
  readonly startUs: number;
  readonly endUs: number;
}

export interface PlanParts {
  readonly name: string;
  readonly policy: Policy;
  readonly map: LogMap;
  readonly callers: Callers;
  /** On the rows' own clock. */
  readonly span: LogSpan;
  readonly expectations: readonly Expectation[];
}

export function planOfLog({ name, policy, map, callers, span, expectations }: PlanParts): Plan {
  const actors = actorsOfMap(map).map(
    ({ name: actor, label }, index): ActorPlan => ({
      ...actorDefaults,
      name: actor,
      label,
      population: Math.max(1, callers.population(index)),
      behaviour: 'log',
      params: {},
      arrivals: { process: 'constant', ratePerSecond: 1 },
      active: [span],
    }),
  );
  return {
    ...planDefaults,
    schema: 'floodproof/plan/1',
    name,
    file: name,
    claim: `${policy.name} kept what it promises.`,
    maps: [],
    policy,
    warmupUs: span.startUs,
    phases: [{ name: LOG_PHASE, ...span }],
    actors,
    expectations,
    generator: { ownDelayP99Us: 0, ownDelayP99WorstSecondUs: 0, sentShare: 0 },
    request: { timeoutUs: 1, connectionsPerIp: 1, openMax: 1 },
    holdUs: 1_000_000,
  };
}

/** Who is behind the numbers of the rows. @param offsets - of each actor the number of its first identity. */
export function worldOfLog(callers: Callers, offsets: readonly number[]): KnownWorld {
  const { ips, accounts, keys } = callers;
  const accountName = (index: number): string => accounts.texts[index] ?? '-';
  const ipName = (index: number): string => ips.texts[index] || '-';
  return {
    hasOneIpv4Each: callers.isIpv4,
    identityCount: offsets.at(-1) ?? 0,
    identity: (index) => {
      const actor = offsets.findLastIndex((offset) => offset <= index);
      const { ip, account } = callers.home(actor, index - (offsets[actor] ?? 0));
      return { account: account === NONE ? '-' : accountName(account), ip: ipName(ip) } as ReturnType<
        KnownWorld['identity']
      >;
    },
    ipCount: ips.texts.length,
    ipName,
    keyCount: keys.texts.length,
    keyName: (index) => keys.texts[index] ?? '-',
    accountCount: accounts.texts.length,
    accountName,
  };
}
