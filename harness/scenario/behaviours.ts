/**
 * Every behaviour that an actor may have: its parameters with defaults, what it does, and which requests it sends.
 * `harness/actors` implements exactly these rows; scenario files are checked against them.
 */
import { abuseBehaviours } from './abuse-behaviours.js';
import type { BehaviourRow, ParamRow } from './behaviour-row.js';
import { honestBehaviours } from './honest-behaviours.js';
import type { ActorPlan } from './plan.js';

export type { BehaviourRow, ParamRow } from './behaviour-row.js';

export const behaviourTable = { ...honestBehaviours, ...abuseBehaviours } as const satisfies Record<
  string,
  BehaviourRow
>;

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
  'nonce-exhaustion',
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
