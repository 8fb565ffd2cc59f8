/**
 * Signed requests of every rule of freshness, in histories of a few microseconds, and a plain model of what must be said to
 * each: it forgets nothing, has no window of its own but what the rules say, and counts with plain numbers.
 */
import { Decision, type Gate, type GateSpec, type HashSecret } from '../../harness/core/spec.js';
import { type Policy, type PolicyAuth, requestClasses, type Weakness } from '../../harness/scenario/plan.js';
import type { Claim, FreshnessClaim } from '../../harness/signing/profile.js';
import { Defence } from '../../harness/venue/defence.js';
import { anEarnedBudget, aPolicy } from './plan-builder.js';

const ORIGIN_US = 1_700_000_000_000_000;
const WINDOW_US = 5;
const FUTURE_US = 2;
const ORDER = requestClasses.indexOf('order.place');
const holders = [
  { keyId: 'ann', secret: 'of ann', account: 'a' },
  { keyId: 'bob', secret: 'of bob', account: 'b' },
];

export interface Setup {
  readonly because: string;
  readonly auth: Pick<PolicyAuth, 'profile' | 'hash' | 'encoding' | 'replay'>;
  readonly requests: readonly Request[];
}

export interface Request {
  readonly keyId: 'ann' | 'bob' | 'nobody';
  readonly message: string;
  readonly isForged?: boolean;
  readonly freshness: FreshnessClaim;
}

/** A request, and how far both clocks have gone on before it; a wall clock that goes on by less has fallen back. */
export interface Step {
  readonly request: Request;
  readonly passedUs: number;
  readonly wallPassedUs: number;
  readonly restarts: boolean;
}

function windowed(timestampUs: number, windowUs: number): FreshnessClaim {
  return { rule: 'window', timestampUs: ORIGIN_US + timestampUs, windowUs };
}

function expiring(expiresUs: number, notBeforeUs: number | null): FreshnessClaim {
  return {
    rule: 'expiry',
    expiresUs: ORIGIN_US + expiresUs,
    notBeforeUs: notBeforeUs === null ? null : ORIGIN_US + notBeforeUs,
  };
}

function numbered(nonce: bigint): FreshnessClaim {
  return { rule: 'nonce', nonce };
}

const expiries: readonly Request[] = [
  { keyId: 'ann', message: 'x', freshness: expiring(3, null) },
  { keyId: 'ann', message: 'y', freshness: expiring(6, 1) },
  { keyId: 'ann', message: 'x', freshness: expiring(3, null), isForged: true },
  { keyId: 'nobody', message: 'x', freshness: expiring(3, null) },
  { keyId: 'ann', message: 'z', freshness: expiring(7, 2) },
  { keyId: 'bob', message: 'x', freshness: expiring(8, null) },
];
/** A signature is as good without the number, when that has moved into what is signed. */
const numberedToo: readonly Request[] = [
  { keyId: 'ann', message: 'x', freshness: { rule: 'none' } },
  { keyId: 'ann', message: 'x', freshness: numbered(2n) },
  { keyId: 'ann', message: 'y', freshness: numbered(1n) },
  { keyId: 'ann', message: 'z', freshness: numbered(3n) },
  { keyId: 'ann', message: 'z', freshness: numbered(3n), isForged: true },
  { keyId: 'bob', message: 'x', freshness: numbered(1n) },
];
const timeless: readonly Request[] = ['x', 'y'].flatMap((message) => [
  { keyId: 'ann', message, freshness: { rule: 'none' } },
  { keyId: 'ann', message, freshness: { rule: 'none' }, isForged: true },
  { keyId: message === 'x' ? 'bob' : 'nobody', message, freshness: { rule: 'none' } },
]);

const hmacHex = { hash: 'sha256', encoding: 'hex' } as const;

export const setups: readonly Setup[] = [
  {
    because: 'what expires is remembered until then',
    auth: { profile: 'bitmex', ...hmacHex, replay: 'refuse' },
    requests: expiries,
  },
  {
    because: 'what expires may come again where nothing is remembered',
    auth: { profile: 'bitmex', ...hmacHex, replay: 'allow' },
    requests: expiries,
  },
  {
    because: 'numbers rise',
    auth: { profile: 'kraken', hash: 'sha512', encoding: 'base64', replay: 'refuse' },
    requests: [
      { keyId: 'ann', message: '1', freshness: numbered(1n) },
      { keyId: 'ann', message: '2', freshness: numbered(2n) },
      { keyId: 'ann', message: 'high', freshness: numbered(2n ** 64n - 2n) },
      { keyId: 'ann', message: 'higher', freshness: numbered(2n ** 64n - 1n) },
      { keyId: 'ann', message: 'higher', freshness: numbered(2n ** 64n - 1n), isForged: true },
      { keyId: 'nobody', message: 'higher', freshness: numbered(2n ** 64n - 1n) },
      { keyId: 'bob', message: '1', freshness: numbered(1n) },
    ],
  },
  {
    because: 'what is never stale is remembered for good',
    auth: { profile: 'github', ...hmacHex, replay: 'refuse' },
    requests: timeless,
  },
  {
    because: 'what is never stale may come again where nothing is remembered',
    auth: { profile: 'github', ...hmacHex, replay: 'allow' },
    requests: timeless,
  },
  {
    because: 'a number may rise where none is asked for, and what it signs is remembered',
    auth: { profile: 'kraken-futures', hash: 'sha512', encoding: 'base64', replay: 'refuse' },
    requests: numberedToo,
  },
  {
    because: 'a number may rise where none is asked for, and all else may come again',
    auth: { profile: 'kraken-futures', hash: 'sha512', encoding: 'base64', replay: 'allow' },
    requests: numberedToo,
  },
  {
    because: 'a proof of its own is remembered like a MAC',
    auth: { profile: 'bearer', ...hmacHex, replay: 'refuse' },
    requests: timeless,
  },
  {
    because: 'a time within a window',
    auth: { profile: 'binance', ...hmacHex, replay: 'refuse' },
    requests: [
      { keyId: 'ann', message: 'x', freshness: windowed(0, 0) },
      { keyId: 'ann', message: 'y', freshness: windowed(2, 3) },
      { keyId: 'ann', message: 'x', freshness: windowed(0, 0), isForged: true },
      { keyId: 'nobody', message: 'x', freshness: windowed(0, 0) },
      { keyId: 'bob', message: 'x', freshness: windowed(1, 9) },
    ],
  },
];

export interface Arrangement {
  readonly nodes: number;
  readonly weaknesses: readonly Weakness[];
  /** Cells that the address, and that each key, has for good. */
  readonly addressCells: number;
  readonly keyCells: number;
}

function policyOf({ auth }: Setup, { nodes, weaknesses, addressCells, keyCells }: Arrangement): Policy {
  const budget = { trickleUs: null, maxKeys: 4 };
  const plain = aPolicy([
    anEarnedBudget({ ...budget, name: 'address', by: ['ip'], capacity: addressCells }),
    anEarnedBudget({ ...budget, name: 'key', by: ['key'], capacity: keyCells }),
  ]);
  const signed = requestClasses.map((_, id) => id === ORDER);
  const numbers = { windowUs: WINDOW_US, futureUs: FUTURE_US, replayCapacity: 50, replayPerKey: 50 };
  return { ...plain, nodes, weaknesses, auth: { signed, ...numbers, ...auth } };
}

function fallsOf(steps: readonly Step[]): number {
  return steps.reduce((sum, { passedUs, wallPassedUs }) => sum + Math.max(0, passedUs - wallPassedUs), 0);
}

/** What the defence says, step by step. */
export function played(
  setup: Setup,
  arrangement: Arrangement,
  steps: readonly Step[],
  createGate: (spec: GateSpec, secret: HashSecret) => Gate,
): Decision[] {
  const policy = policyOf(setup, arrangement);
  const options = { policy, createGate, hashSecret: [1, 2] as const, originUs: ORIGIN_US, fallsUs: fallsOf(steps) };
  const defence = new Defence(options);
  for (const holder of holders) defence.addKey({ ...holder, account: holder.account });
  let nowUs = ORIGIN_US;
  let wallUs = ORIGIN_US;
  return steps.map(({ request, passedUs, wallPassedUs, restarts }) => {
    nowUs += passedUs;
    wallUs += wallPassedUs;
    if (restarts) defence.restart();
    return defence.decideClaim(nowUs, wallUs, ORDER, '::1', '', claimOf(defence, setup, request), 1, 0);
  });
}

function claimOf(defence: Defence, setup: Setup, { keyId, message, isForged = false, freshness }: Request): Claim {
  if (setup.auth.profile === 'bearer') {
    return { keyId, message, signature: 'sent', freshness, proves: () => !isForged, carriedBody: null };
  }
  const right = defence.sign(keyId === 'nobody' ? 'ann' : keyId, isForged ? `not ${message}` : message);
  return { keyId, message, signature: right, freshness, proves: null, carriedBody: null };
}

/** What must be said. */
export function modelled(setup: Setup, arrangement: Arrangement, steps: readonly Step[]): Decision[] {
  const { nodes, weaknesses, addressCells, keyCells } = arrangement;
  const forgets = weaknesses.includes('forgets-replays-on-restart');
  const isLocal = weaknesses.includes('node-local-replays');
  const memories = Array.from({ length: nodes }, () => ({
    used: new Set<string>(),
    numbers: new Map<string, bigint>(),
  }));
  const counters = Array.from({ length: nodes }, () => new Map<string, number>());
  let wallUs = ORIGIN_US;
  return steps.map(({ request, wallPassedUs, restarts }, index) => {
    wallUs += wallPassedUs;
    const node = index % nodes;
    if (restarts && forgets) {
      for (const { used, numbers } of memories) {
        used.clear();
        numbers.clear();
      }
    }
    const memory = memories[isLocal ? node : 0] as (typeof memories)[number];
    const counted = counters[node] as Map<string, number>;
    const countOf = (name: string): number => counted.get(name) ?? 0;
    const charge = (name: string): unknown => counted.set(name, countOf(name) + 1);
    const { keyId, message, freshness } = request;
    if (countOf('address') >= addressCells) return Decision.throttled;
    const seen = weaknesses.includes('ignores-nonces') ? { ...memory, numbers: new Map() } : memory;
    const refusal = refusalOf(request, wallUs, setup, seen);
    const highest = memory.numbers.get(keyId) ?? -1n;
    if (weaknesses.includes('early-nonces') && freshness.rule === 'nonce' && keyId !== 'nobody') {
      if (freshness.nonce > highest) memory.numbers.set(keyId, freshness.nonce);
    }
    if (refusal !== Decision.admitted) {
      charge('address');
      return refusal;
    }
    if (countOf(keyId) >= keyCells) return Decision.throttled;
    charge('address');
    charge(keyId);
    if (remembers(setup.auth)) memory.used.add(`${keyId} ${message}`);
    if (freshness.rule === 'nonce') memory.numbers.set(keyId, freshness.nonce);
    return Decision.admitted;
  });
}

/** Of requests that must carry a number nothing but the number is remembered. */
function remembers({ profile, replay }: Setup['auth']): boolean {
  return replay === 'refuse' && profile !== 'kraken';
}

function refusalOf(
  { keyId, message, isForged = false, freshness }: Request,
  wallUs: number,
  { auth }: Setup,
  { used, numbers }: { readonly used: ReadonlySet<string>; readonly numbers: ReadonlyMap<string, bigint> },
): Decision {
  if (keyId === 'nobody') return Decision.unknownKey;
  if (isForged) return Decision.badSignature;
  switch (freshness.rule) {
    case 'nonce':
      if (freshness.nonce <= (numbers.get(keyId) ?? -1n)) return Decision.stale;
      break;
    case 'expiry':
      // The caller's clock may show any time that is less than `FUTURE_US` ahead.
      if (freshness.notBeforeUs !== null && freshness.notBeforeUs >= wallUs + FUTURE_US) return Decision.fromFuture;
      if (wallUs >= freshness.expiresUs) return Decision.stale;
      // By such a clock the last instant at which it is good lies no further ahead than the window.
      if (auth.replay === 'refuse' && freshness.expiresUs - 1 - WINDOW_US >= wallUs + FUTURE_US)
        return Decision.fromFuture;
      break;
    case 'window': {
      const { timestampUs, windowUs } = freshness;
      if (timestampUs >= wallUs + FUTURE_US) return Decision.fromFuture;
      if (wallUs - timestampUs > Math.min(windowUs || WINDOW_US, WINDOW_US)) return Decision.stale;
      break;
    }
  }
  return remembers(auth) && used.has(`${keyId} ${message}`) ? Decision.replayed : Decision.admitted;
}
