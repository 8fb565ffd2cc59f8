/** What an app says to the gate in front of it, and what it hears from it. */
import type { Clock } from '../gateway/clock.js';
import type { EngineChoice } from '../native/engine.js';
import type { Policy, RequestClass } from '../scenario/plan.js';
import type { GateKey } from './gate-key.js';

/** A request as the functions of an app see it before its own handlers do. */
export interface AskedRequest {
  readonly method: string;
  /** The request target as it came, with its query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly requestClass: RequestClass;
  /** The body's text as it came, '' for none; null for bytes that are not UTF-8. */
  readonly body: string | null;
}

/** What was decided of a request. */
export interface GateEvent {
  /** The name of the decision: `admitted`, `throttled`, `bad-signature`. */
  readonly decision: string;
  readonly requestClass: RequestClass;
  /** The address that it was charged to. */
  readonly ip: string;
  /** '' = none is known. */
  readonly account: string;
  /** As it was claimed: proved only where the class is signed and the request admitted. */
  readonly keyId: string;
  /** The limit that decided; of an admitted request the one with the fewest cells left; null = none. */
  readonly limit: string | null;
  /** The first shadow limit that would have refused it; null = none. */
  readonly shadow: string | null;
  /** Whether the caller was told so: false for an admitted request, and for any other in shadow. */
  readonly isRefused: boolean;
  /** Whole microseconds since 1970, on the gate's clock. */
  readonly nowUs: number;
}

export type GateKeys = Iterable<GateKey> | (() => Iterable<GateKey> | Promise<Iterable<GateKey>>);

export interface GateOptions {
  /** The path of a policy file, from the working folder, or what `loadPolicy` has made of one. */
  readonly policy: Policy | string;
  /** Keys of the callers, or what loads them once; `addKey` and `removeKey` change them later. */
  readonly keys?: GateKeys;
  /**
   * Whom a request that need not be signed is charged to, such as the user name of a login; undefined = nobody by name. What
   * it cannot read is undefined too: one that throws has the request refused with 503, whatever `failure` says.
   */
  readonly accountOf?: (request: AskedRequest) => string | undefined;
  /** How many elements a batch has, 1 to 65,535: fewer count as 1, more are refused. As `accountOf`, it must not throw. */
  readonly elementsOf?: (request: AskedRequest) => number;
  /** Age in whole microseconds of what the request is about, for limits that cost by age; 0 = not known, which costs most. */
  readonly ageUsOf?: (request: AskedRequest, account: string, nowUs: number) => number;
  /** `auto`, when it is left out: native where it is built, else TypeScript. */
  readonly engine?: EngineChoice;
  /**
   * One gate for all threads of this process that name it so, in the native engine alone; each thread adds its own keys.
   * Left out: a gate of this thread alone.
   */
  readonly share?: string;
  /** True: it judges and counts, refuses nobody, and says in `x-shadow` what would have refused. */
  readonly shadow?: boolean;
  /** When the gate itself fails: `closed`, when it is left out, answers 503; `open` lets the request through uncounted. */
  readonly failure?: 'closed' | 'open';
  /** Longest body that is read for a signature, in bytes, 1 to 2^26; 1 MiB when it is left out. Longer ones are answered 413. */
  readonly bodyBytesMax?: number;
  /** Hears of each decision, before its answer. It delays the request as long as it takes. */
  readonly onDecision?: (event: GateEvent) => void;
  /** Hears of failures: of the gate, and of functions that are given here. To stderr when it is left out. */
  readonly onFailure?: (error: Error) => void;
  /** For tests: whole microseconds since 1970 that never fall. */
  readonly clock?: Clock;
}

/** What an app's handlers know of an admitted request, as `request.floodproof`. */
export interface GatePass {
  /** null = not counted. */
  readonly requestClass: RequestClass | null;
  /** The name of the decision, which in shadow may be a refusal; `unasked` when the gate was not asked. */
  readonly decision: string;
  /** The key that the request has proved; '' = none. */
  readonly keyId: string;
  /** Account of that key, or what `accountOf` said; '' = none. */
  readonly account: string;
  /**
   * Tells the limits that earn by fills (fill-counter, ratio-monitor, earned-budget) that `fills` elements of this request
   * were filled; whole, 1 when it is left out.
   */
  earn(fills?: number): void;
  /** Gives back what it holds of limits of requests in flight now, and not first when its answer has ended. */
  release(): void;
}

/** The gate of an app. */
export interface AppGateHandle {
  readonly engine: 'native' | 'ts';
  /** One line that says why TypeScript serves; '' when the native engine does. */
  readonly note: string;
  /** Adds or replaces a key. @throws {FloodproofError} FP_KEY_INVALID */
  addKey(key: GateKey): void;
  /** @returns false when it was not there. */
  removeKey(id: string): boolean;
  /** How often each decision fell, by its name; beside them `unasked` and `failed`. */
  counts(): Readonly<Record<string, number>>;
  /**
   * Goes on under another policy. @throws {FloodproofError} FP_GATE_INVALID, and nothing has changed: what cannot change
   * while a gate serves is listed; a shared gate changes nothing.
   */
  change(policy: Policy | string): void;
}
