/**
 * Every behaviour that an actor may have: its parameters with defaults, what it does, and which requests it sends.
 * `harness/actors` implements exactly these rows; scenario files are checked against them.
 */
import type { ActorPlan, Label, RequestClass } from './plan.js';

interface ParamBase {
  /** One clause: what the number decides. */
  readonly means: string;
}
/** Written `10%` or `0.1`, kept as a ratio. */
export interface RatioParam extends ParamBase {
  readonly kind: 'ratio';
  readonly min: number;
  readonly max: number;
  readonly preset: number;
}
export interface CountParam extends ParamBase {
  readonly kind: 'count';
  readonly min: number;
  readonly max: number;
  readonly preset: number;
}
/** Written `200ms` under the name without `Us`, kept as whole microseconds under the name with it. */
export interface DurationParam extends ParamBase {
  readonly kind: 'duration';
  readonly minUs: number;
  readonly maxUs: number;
  readonly preset: number;
}
/** The name of another actor; has no default. */
export interface ActorParam extends ParamBase {
  readonly kind: 'actor';
}
export interface ChoiceParam extends ParamBase {
  readonly kind: 'choice';
  readonly choices: readonly string[];
  readonly preset: string;
}
export type ParamRow = RatioParam | CountParam | DurationParam | ActorParam | ChoiceParam;

export interface BehaviourRow {
  /** What such an actor usually is; a file that says otherwise is believed. */
  readonly label: Label;
  readonly does: string;
  /** The classes that it may send, signed or not as the policy has it. */
  readonly classes: readonly RequestClass[];
  /**
   * Who the identities are. `free`: as many as the file says. `one`: always one. `ips`: one for each of the parameter
   * `ips`, so the file gives no population of its own.
   */
  readonly population: 'free' | 'one' | 'ips';
  /** By the name that the plan uses: durations end in `Us`. */
  readonly params: Readonly<Record<string, ParamRow>>;
}

const SECOND_US = 1_000_000;
const HOUR_US = 3_600 * SECOND_US;
const DAY_US = 24 * HOUR_US;

function ratio(preset: number, means: string): RatioParam {
  return { kind: 'ratio', min: 0, max: 1, preset, means };
}
function count(preset: number, min: number, max: number, means: string): CountParam {
  return { kind: 'count', min, max, preset, means };
}
function duration(preset: number, minUs: number, maxUs: number, means: string): DurationParam {
  return { kind: 'duration', minUs, maxUs, preset, means };
}

export const behaviourTable = {
  'retail-trader': {
    label: 'legit',
    does:
      'Looks at the ticker most of the time, at the account now and then, and places limit orders, some of which it ' +
      'cancels after thinking. Most follow Retry-After after a throttle, the others give up; a failure is tried again.',
    classes: ['ticker', 'account', 'order.place', 'order.cancel'],
    population: 'free',
    params: {
      orderShare: ratio(0.2, 'share of arrivals that place an order'),
      accountShare: ratio(0.1, 'share of arrivals that read the account; the rest read the ticker'),
      cancelShare: ratio(0.3, 'share of admitted orders that are cancelled'),
      thinkTimeUs: duration(200_000, 1_000, HOUR_US, 'mean time from an admitted order to its cancel'),
      followRetryAfterShare: ratio(0.9, 'share of identities that come back after Retry-After; the others give up'),
      retries: count(1, 0, 10, 'attempts after a throttle or a failure, each with backoff and jitter'),
    },
  },
  'market-maker': {
    label: 'legit',
    does:
      'Places an order and, each time that it has lived its life, replaces it (by an amend, or by a cancel and a new ' +
      'order) or cancels it for good. Nearly all of its orders end unfilled, which is normal.',
    classes: ['order.place', 'order.amend', 'order.cancel'],
    population: 'free',
    params: {
      orderLifeUs: duration(500_000, 1_000, HOUR_US, 'time from an admitted order to its replacement or cancel'),
      replaceShare: ratio(0.97, 'share of orders that are replaced at the end of their life; the others are cancelled'),
      amendShare: ratio(0.5, 'share of replacements made by one amend; the others are a cancel and a new order'),
      replacesMax: count(100, 0, 10_000, 'replacements that follow one arrival at most; then the order is cancelled'),
    },
  },
  login: {
    label: 'legit',
    does: 'Logs in with its password, mistypes it now and then, and then tries again with the right one.',
    classes: ['login'],
    population: 'free',
    params: {
      mistakeRate: ratio(0.1, 'share of arrivals whose first password is mistyped'),
      retryAfterUs: duration(2 * SECOND_US, 1_000, HOUR_US, 'time from a mistyped password to the right one'),
    },
  },
  'retail-ui': {
    label: 'legit',
    does:
      'A person at a screen: an arrival opens the app, which polls the ticker some times, reads the account once, and ' +
      'now and then places an order, which is cancelled or left alone.',
    classes: ['ticker', 'account', 'order.place', 'order.cancel'],
    population: 'free',
    params: {
      polls: count(5, 0, 10_000, 'looks at the ticker that follow one arrival'),
      pollEveryUs: duration(
        3 * SECOND_US,
        1_000,
        HOUR_US,
        'mean time between two looks, uniform from half to one and a half',
      ),
      orderShare: ratio(0.03, 'share of visits in which an order is placed'),
      cancelShare: ratio(0.3, 'share of admitted orders that are cancelled'),
      thinkTimeUs: duration(5 * SECOND_US, 1_000, HOUR_US, 'mean time from an admitted order to its cancel'),
    },
  },
  'retail-bot': {
    label: 'legit',
    does:
      'A program of a customer: looks at the ticker, places orders, amends some and cancels most at the end of their ' +
      'life; a share of its orders are market orders, which are filled at once.',
    classes: ['ticker', 'order.place', 'order.amend', 'order.cancel'],
    population: 'free',
    params: {
      orderShare: ratio(0.4, 'share of arrivals that place an order; the rest look at the ticker'),
      marketShare: ratio(0, 'share of orders that are market orders, filled at once'),
      amendShare: ratio(0.5, 'share of resting orders that are amended once before their end'),
      cancelShare: ratio(1, 'share of resting orders that are cancelled at the end of their life'),
      orderLifeUs: duration(
        30 * SECOND_US,
        1_000,
        HOUR_US,
        'median time from an admitted order to its end, exponential',
      ),
    },
  },
  'history-scan': {
    label: 'legit',
    does: 'An aggregator or tax program: an arrival reads the account page by page, each page after the answer to the last.',
    classes: ['account'],
    population: 'free',
    params: {
      pages: count(10, 1, 10_000, 'pages that one scan reads'),
      gapUs: duration(200_000, 1_000, HOUR_US, 'time from an answer to the next page'),
    },
  },
  reconnect: {
    label: 'legit',
    does: 'Comes back after a cut: logs in, and then asks for what it had on its screen.',
    classes: ['login', 'ticker', 'account'],
    population: 'free',
    params: {
      requests: count(20, 0, 1_000, 'looks at the ticker after the login, one after the other'),
      accountShare: ratio(0.05, 'share of these that read the account instead'),
      gapUs: duration(20_000, 0, HOUR_US, 'time from an answer to the next request'),
    },
  },
  'credential-stuffing': {
    label: 'abuse',
    does: 'Tries one name and password of a leaked list per arrival, from many addresses; refusals do not stop it.',
    classes: ['login'],
    population: 'ips',
    params: {
      ips: count(20, 1, 100_000, 'addresses that the attempts come from'),
      combos: count(100_000, 1, 100_000_000, 'pairs of the leaked list, tried in order and then from the start again'),
      hitRate: ratio(0.002, 'share of pairs that really log in'),
      repeatShare: ratio(0, 'share of pairs that are tried once more'),
      repeatAfterUs: duration(300 * SECOND_US, 1_000, DAY_US, 'time from the answer to the repetition'),
    },
  },
  'password-spraying': {
    label: 'abuse',
    does: 'Tries the same few passwords on the accounts of another actor, one after the other, one try an arrival.',
    classes: ['login'],
    population: 'ips',
    params: {
      ips: count(500, 1, 100_000, 'addresses that the attempts come from'),
      victims: { kind: 'actor', means: 'the actor whose accounts are tried' },
      passwords: count(5, 1, 1_000, 'passwords that are tried on each account, all wrong'),
    },
  },
  'account-lockout': {
    label: 'abuse',
    does: 'Sends wrong passwords to one account after the other, to have its owner locked out.',
    classes: ['login'],
    population: 'ips',
    params: {
      ips: count(20, 1, 100_000, 'addresses that the attempts come from'),
      victims: { kind: 'actor', means: 'the actor whose accounts are to be locked' },
      tries: count(10, 1, 10_000, 'wrong passwords in a row for each account'),
    },
  },
  'name-probing': {
    label: 'abuse',
    does:
      'Logs in with a wrong password by turns under a name that exists and under one that does not, to tell them apart ' +
      'by the time that the answer takes.',
    classes: ['login'],
    population: 'ips',
    params: {
      ips: count(50, 1, 100_000, 'addresses that the attempts come from'),
      victims: { kind: 'actor', means: 'the actor whose names exist' },
    },
  },
  'key-enumeration': {
    label: 'abuse',
    does: 'Sends orders under API keys that it makes up; a few are near misses, a real key with its last characters changed.',
    classes: ['order.place'],
    population: 'ips',
    params: {
      ips: count(50, 1, 100_000, 'addresses that the attempts come from'),
      victims: { kind: 'actor', means: 'the actor whose keys are nearly guessed' },
      nearMissShare: ratio(0.01, 'share of keys that begin as a real one does'),
    },
  },
  'signature-forgery': {
    label: 'abuse',
    does:
      'Sends orders of its own key that were spoiled after they were signed, each in another way; a right verifier ' +
      'accepts none of them.',
    classes: ['order.place', 'account'],
    population: 'free',
    params: {
      spoils: {
        kind: 'choice',
        choices: ['mac', 'text', 'all'],
        preset: 'all',
        means: 'what is spoiled: the signature, the signed text, or both by turns',
      },
    },
  },
  'clock-skew': {
    label: 'abuse',
    does: 'Sends orders stamped so far in the past or in the future that they must be refused, sweeping over both ranges.',
    classes: ['order.place'],
    population: 'free',
    params: {
      behindMinUs: duration(5_001_000, 0, DAY_US, 'least age of a stamp'),
      behindMaxUs: duration(70 * SECOND_US, 0, DAY_US, 'highest age of a stamp'),
      aheadMinUs: duration(2 * SECOND_US, 0, DAY_US, 'least time that a stamp is ahead'),
      aheadMaxUs: duration(5 * SECOND_US, 0, DAY_US, 'longest time that a stamp is ahead'),
      stepUs: duration(100_000, 1_000, HOUR_US, 'distance of two stamps of the sweep'),
    },
  },
  'order-flood': {
    label: 'abuse',
    does: 'Places an order for each arrival; it ignores Retry-After and every refusal.',
    classes: ['order.place'],
    population: 'free',
    params: {},
  },
  'batch-flood': {
    label: 'abuse',
    does: 'Places a batch of orders for each arrival, to have many for the price of one.',
    classes: ['order.place'],
    population: 'free',
    params: { elements: count(20, 1, 100, 'orders in a batch') },
  },
  'place-cancel': {
    label: 'abuse',
    does: 'Quote stuffing: places orders on one symbol and cancels each as soon as it stands; none is meant to be filled.',
    classes: ['order.place', 'order.cancel'],
    population: 'free',
    params: {
      lifeMinUs: duration(1_000, 0, HOUR_US, 'shortest life of an order, from its answer'),
      lifeMaxUs: duration(50_000, 0, HOUR_US, 'longest life of an order'),
    },
  },
  layering: {
    label: 'abuse',
    does:
      'Spoofing: an arrival puts up layers of large orders on one side, moves them again and again, cancels them all and ' +
      'trades a little on the other side.',
    classes: ['order.place', 'order.amend', 'order.cancel'],
    population: 'free',
    params: {
      layers: count(5, 1, 100, 'orders that stand at once'),
      moves: count(10, 0, 10_000, 'times that each is amended before its cancel'),
      moveEveryUs: duration(200_000, 1_000, HOUR_US, 'time between two amends of one order'),
    },
  },
  'cancel-storm': {
    label: 'abuse',
    does: 'Places orders and cancels every one of them many times over, whether it still stands or not.',
    classes: ['order.place', 'order.cancel'],
    population: 'free',
    params: { cancels: count(10, 1, 1_000, 'cancels of each order, one after the other') },
  },
  'heavy-requests': {
    label: 'abuse',
    does: 'Asks for the most expensive page alone, again and again.',
    classes: ['account'],
    population: 'free',
    params: {},
  },
  scrape: {
    label: 'abuse',
    does: 'Reads market data with a different query every time, so that no cache can answer.',
    classes: ['ticker'],
    population: 'ips',
    params: { ips: count(50, 1, 100_000, 'addresses that the requests come from') },
  },
  'unique-callers': {
    label: 'abuse',
    does: 'Each arrival is somebody new who asks once, to fill the memory of whoever counts them.',
    classes: ['ticker', 'login'],
    population: 'free',
    params: {
      path: {
        kind: 'choice',
        choices: ['ticker', 'login'],
        preset: 'ticker',
        means: 'the class of request that is sent; a login tries a name that does not exist',
      },
    },
  },
  'identity-rotation': {
    label: 'abuse',
    does: 'Floods with one identity until it is blocked and goes on with the next; a blocked one rests before it is used again.',
    classes: ['order.place'],
    population: 'free',
    params: { restUs: duration(30 * SECOND_US, 0, HOUR_US, 'how long a blocked identity rests') },
  },
  'limit-search': {
    label: 'abuse',
    does:
      'Finds out how much is let through: sends at a rate between a low and a high one and halves the distance by what ' +
      'comes back, alternating over its keys; then stays just below what it has found.',
    classes: ['order.place'],
    population: 'free',
    params: {
      lowPerSecond: count(1, 1, 100_000, 'rate of one key that it believes to pass'),
      highPerSecond: count(100, 1, 100_000, 'rate of one key that it believes to be throttled'),
      trialUs: duration(2 * SECOND_US, 10_000, HOUR_US, 'length of one trial'),
    },
  },
  'phase-probing': {
    label: 'abuse',
    does:
      'Finds out when the window of a limit begins, by the moment at which it is let through again, and then sends the ' +
      'whole of it at the end of one window and once more at the start of the next.',
    classes: ['order.place'],
    population: 'free',
    params: {
      windowUs: duration(10 * SECOND_US, 10_000, DAY_US, 'length of the window that it suspects'),
      burst: count(20, 1, 1_000_000, 'cells of the window that it suspects'),
    },
  },
  overrun: {
    label: 'abuse',
    does:
      'Holds back the last byte of many orders on connections that stand, and sends all of them at one moment, so that a ' +
      'limiter which looks first and counts later lets several through.',
    classes: ['order.place'],
    population: 'free',
    params: { leadUs: duration(200_000, 0, 10 * SECOND_US, 'time from an arrival to the last byte of its request') },
  },
  replay: {
    label: 'abuse',
    does:
      'Sends a signed request of another actor again, byte for byte, from its own address. Skips an arrival as long ' +
      'as it has captured nothing that is young enough.',
    // Whatever the captured actor signs.
    classes: ['account', 'order.place', 'order.amend', 'order.cancel'],
    population: 'free',
    params: {
      source: { kind: 'actor', means: 'the actor whose signed requests are captured' },
      ageMaxUs: duration(4_900_000, 1_000, HOUR_US, 'age of a captured request at most, from its answer'),
    },
  },
  'forwarded-rotation': {
    label: 'abuse',
    does: 'Sends unsigned requests from one address, each with a fresh made-up X-Forwarded-For.',
    classes: ['ticker', 'login'],
    population: 'one',
    params: {
      path: {
        kind: 'choice',
        choices: ['ticker', 'login'],
        preset: 'ticker',
        means: 'the class of request that is sent',
      },
    },
  },
} as const satisfies Record<string, BehaviourRow>;

export type BehaviourName = keyof typeof behaviourTable;
export const behaviourNames = Object.keys(behaviourTable) as readonly BehaviourName[];

/** A row without what sets it apart from the others. */
export function behaviourRow(name: BehaviourName): BehaviourRow {
  return behaviourTable[name];
}

const accountless: ReadonlySet<BehaviourName> = new Set([
  'credential-stuffing',
  'password-spraying',
  'account-lockout',
  'name-probing',
  'key-enumeration',
  'scrape',
  'unique-callers',
  'replay',
  'forwarded-rotation',
]);

/** Whether such an actor acts under accounts of its own, which the target knows before the run. */
export function ownsAccount(name: BehaviourName): boolean {
  return !accountless.has(name);
}

type ParamValue<Row> = Row extends { readonly kind: 'choice'; readonly choices: readonly (infer C)[] }
  ? C
  : Row extends { readonly kind: 'actor' }
    ? string
    : number;

/** The checked parameters of one behaviour, defaults filled in, in final units. */
export type BehaviourParams<Name extends BehaviourName> = {
  readonly [Key in keyof (typeof behaviourTable)[Name]['params']]: ParamValue<
    (typeof behaviourTable)[Name]['params'][Key]
  >;
};

/** The parameters of an actor whose plan was built from a file: a plan's actors carry exactly their row's parameters. */
export function paramsOf<Name extends BehaviourName>(actor: ActorPlan, name: Name): BehaviourParams<Name> {
  if (actor.behaviour !== name) throw new Error(`actor ${actor.name} behaves as ${actor.behaviour}, not as ${name}`);
  return actor.params as BehaviourParams<Name>;
}

/** The name under which a file writes a parameter: `thinkTimeUs` is written `thinkTime`. */
export function fileKey(planKey: string, row: ParamRow): string {
  return row.kind === 'duration' ? planKey.replace(/Us$/, '') : planKey;
}
