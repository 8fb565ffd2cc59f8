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
      replacesMax: count(10, 0, 10_000, 'replacements that follow one arrival at most; then the order is cancelled'),
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
  'credential-stuffing': {
    label: 'abuse',
    does: 'Tries one name and password of a leaked list per arrival, from many addresses; refusals do not stop it.',
    classes: ['login'],
    population: 'ips',
    params: {
      ips: count(20, 1, 100_000, 'addresses that the attempts come from'),
      combos: count(100_000, 1, 100_000_000, 'pairs of the leaked list, tried in order and then from the start again'),
      hitRate: ratio(0.002, 'share of pairs that really log in'),
    },
  },
  'order-flood': {
    label: 'abuse',
    does: 'Places orders with one key, one per arrival; it ignores Retry-After and every refusal.',
    classes: ['order.place'],
    population: 'one',
    params: {},
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
