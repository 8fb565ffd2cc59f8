/** Three scenarios that fit what an API has: a flood of its costliest write, logins, forged proofs, or what else there is. */
import type { RequestClass } from '../scenario/plan-policy.js';
import type { WrittenLimit } from './openapi-policy.js';
import type { Security } from './openapi-security.js';

export interface ScenarioText {
  readonly name: string;
  readonly text: string;
  /** null = the policy says enough to judge it. */
  readonly unsaid: string | null;
}

export interface ScenarioParts {
  readonly classes: ReadonlySet<RequestClass>;
  readonly security: Security;
  readonly limits: readonly WrittenLimit[];
}

const COUNT = 3;
const FLOOD_PER_SECOND_MAX = 200;

export function openApiScenarios(parts: ScenarioParts): readonly ScenarioText[] {
  const { security } = parts;
  const fitting = [
    flood(parts, floods.orders),
    flood(parts, floods.logins),
    security.signed.has('order.place') ? forgery(parts) : null,
    flood(parts, floods.scrape),
    flood(parts, floods.accountReads),
    calm(parts),
  ];
  return fitting.filter((one) => one !== null).slice(0, COUNT);
}

interface Content {
  readonly name: string;
  readonly claim: string;
  readonly maps: string;
  readonly actor: string;
  readonly expect: readonly string[];
  /** The class that is flooded; null = none is. */
  readonly floods: RequestClass | null;
}

function scenario(parts: ScenarioParts, { name, claim, maps, actor, expect, floods }: Content): ScenarioText {
  const isPromised = floods === null || parts.limits.some(({ classes }) => classes.includes(floods));
  const missing = isPromised ? null : `no limit of the policy is for ${floods}: until one is, this is undecided`;
  const honest = honestActor(parts);
  const lines = [
    '# What every key means: docs/scenario-reference.md. Before anything is sent: floodproof explain THIS-FILE',
    ...(missing === null ? [] : [`# say in policy.yaml what is promised: ${missing}.`]),
    'version: 1',
    `name: ${name}`,
    `claim: ${claim}`,
    `maps: ${maps}`,
    'tags: [mine]',
    'policy: policy.yaml',
    'warmup: 0s',
    'phases: [{ name: calm, for: 1s }, { name: attack, for: 4s }, { name: recovery, for: 2s }]',
    '# Shared machines stall for a tenth of a second now and then; leaks and false blocks do not depend on it.',
    'generator: { ownDelayP99: 100ms, ownDelayP99WorstSecond: 500ms }',
    'actors:',
    ...(honest === null ? [] : [honest]),
    ...(actor === '' ? [] : [actor]),
    'expect:',
    ...expect.map((one) => `  - ${one}`),
    ...(honest === null ? [] : ['  - legit.falseBlockRate <= 0%']),
  ];
  const unsaid = missing === null ? null : `${name}.yaml: ${missing}`;
  return { name, text: `${lines.join('\n')}\n`, unsaid };
}

/** One customer far below what is promised: at most a third of the smallest limit that meets him. */
function honestActor({ classes, limits }: ScenarioParts): string | null {
  if (!classes.has('ticker')) return null;
  const slowest = Math.min(1, ...limits.map(({ told }) => told.count / told.windowSeconds));
  const period = Math.ceil(Math.max(3 / slowest, 1) * 10) / 10;
  const rate = slowest >= 1 ? '1/s' : `1 per ${period}s`;
  const share = (name: RequestClass, percent: number) => (classes.has(name) ? `${percent}%` : '0%');
  const cancels = classes.has('order.place') ? share('order.cancel', 100) : '0%';
  const shares = `orderShare: ${share('order.place', 20)}, cancelShare: ${cancels}, accountShare: ${share('account', 20)}, thinkTime: 100ms`;
  return `  - name: customer
    label: legit
    behaviour: retail-trader
    with: { ${shares} }
    arrivals: { process: constant, rate: ${rate} }`;
}

/** Five times what is promised, so that it must be held; 40 a second where nothing is. */
function rateAbove(
  limits: readonly WrittenLimit[],
  name: RequestClass,
): { readonly rate: number; readonly isHeld: boolean } {
  const own = limits.filter(({ classes }) => classes.includes(name));
  if (own.length === 0) return { rate: 40, isHeld: false };
  const perSecond = Math.min(...own.map(({ told }) => told.count / told.windowSeconds));
  const rate = Math.min(FLOOD_PER_SECOND_MAX, Math.max(20, Math.ceil(5 * perSecond)));
  const allowed = Math.min(...own.map(({ told }) => told.count * (2 + 4 / told.windowSeconds) + (told.burst ?? 0)));
  return { rate, isHeld: 4 * rate > 1.5 * allowed };
}

/** One class at five times what is promised of it. */
interface Flood {
  /** As the scenario and its behaviour are called. */
  readonly name: string;
  readonly class: RequestClass;
  readonly claim: string;
  readonly maps: string;
  readonly actor: string;
  /** Parameters of the behaviour; '' = none. */
  readonly with: string;
}

const floods = {
  orders: {
    name: 'order-flood',
    class: 'order.place',
    claim: 'One caller that floods the costliest write gets what is promised and no more, and nobody else notices.',
    maps: '[OAT-015, "API4:2023", T1499.003]',
    actor: 'flooder',
    with: '',
  },
  logins: {
    name: 'credential-stuffing',
    class: 'login',
    claim: 'Stolen names and passwords are tried no faster than the login promises.',
    maps: '[OAT-008, "API2:2023", T1110.004]',
    actor: 'stuffer',
    with: '{ ips: 1, combos: 1000, hitRate: 0% }',
  },
  scrape: {
    name: 'scrape',
    class: 'ticker',
    claim: 'What anybody may read is not for the taking.',
    maps: '[OAT-011, "API4:2023", T1595]',
    actor: 'scraper',
    with: '{ ips: 1 }',
  },
  accountReads: {
    name: 'heavy-requests',
    class: 'account',
    claim: 'Costly reads under one key are held to what is promised.',
    maps: '["API4:2023", T1499.003]',
    actor: 'reader',
    with: '',
  },
} as const satisfies Record<string, Flood>;

function flood(parts: ScenarioParts, { name, claim, maps, actor, ...own }: Flood): ScenarioText | null {
  if (!parts.classes.has(own.class)) return null;
  const { rate, isHeld } = rateAbove(parts.limits, own.class);
  const lines = [
    `  - name: ${actor}`,
    '    label: abuse',
    '    during: attack',
    `    behaviour: ${name}`,
    ...(own.with === '' ? [] : [`    with: ${own.with}`]),
    `    arrivals: { process: constant, rate: ${rate}/s }`,
  ];
  const expect = ['abuse.leak <= 0', ...(isHeld ? ['abuse.throttled >= 1'] : [])];
  return scenario(parts, { name, floods: own.class, claim, maps, actor: lines.join('\n'), expect });
}

function forgery(parts: ScenarioParts): ScenarioText {
  return scenario(parts, {
    name: 'signature-forgery',
    floods: null,
    claim: 'No proof but the right one is accepted, whatever it resembles.',
    maps: '["API2:2023", T1606, T1212]',
    actor: `  - name: forger
    label: abuse
    during: attack
    behaviour: signature-forgery
    with: { spoils: mac }
    arrivals: { process: constant, rate: 5/s }`,
    expect: ['forger.admitted <= 0', 'abuse.leak <= 0'],
  });
}

function calm(parts: ScenarioParts): ScenarioText | null {
  if (honestActor(parts) === null) return null;
  return scenario(parts, {
    name: 'calm',
    floods: null,
    claim: 'An honest customer is served.',
    maps: '[]',
    actor: '',
    expect: ['legit.errorRate <= 0.1%'],
  });
}
