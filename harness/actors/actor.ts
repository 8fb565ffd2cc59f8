/**
 * What an actor is at run time: identities with a behaviour that turns arrivals and outcomes into intents.
 * Pure: time and randomness come in as arguments, requests go out as values.
 */
import type { Tamper } from '../signing/tampers/tampers.js';
import type { WrittenOrder } from './api.js';
import type { IntentKind, Outcome } from './outcome.js';
import type { RecordedRequests } from './recorded-requests.js';
import type { World } from './world.js';

/** What an actor sends as. Indexes are global over the run (all actors). */
export interface Identity {
  readonly index: number;
  readonly actor: number;
  /** Source address in 127.0.0.0/8 and its index. */
  readonly ip: string;
  readonly ipIndex: number;
  /** '' = has no account; its index is `NO_INDEX` then. */
  readonly account: string;
  readonly accountIndex: number;
  /** '' = has no key; its index is `NO_INDEX` then. */
  readonly keyId: string;
  readonly keyIndex: number;
  readonly secret: string;
  readonly password: string;
  /** User-Agent of the device. */
  readonly device: string;
}

/** A signed request as it went over the wire, kept so that it can be sent again. */
export interface CapturedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly requestClass: number;
  readonly elements: number;
  readonly accountIndex: number;
  readonly keyIndex: number;
  /** Number of the signature, see `ObservationColumns.signature`. */
  readonly signature: number;
}

/** A key and a signature that nobody has given out. */
export interface Claims {
  readonly keyId: string;
  readonly signature: string;
  /** Where requests carry a number that must rise, this one, 0 to 2^53 - 1; the next one of the key when it is left out. */
  readonly rising?: number;
}

/** What a recording may hold on top of what the actors' own API has. */
export type IntentMethod = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH' | 'HEAD' | 'OPTIONS';

export interface Intent {
  readonly identity: Identity;
  readonly kind: IntentKind;
  /** Index into `requestClasses`. */
  readonly requestClass: number;
  readonly method: IntentMethod;
  /** Path with query. */
  readonly path: string;
  /** Null for no body; JSON text unless `contentType` says otherwise. */
  readonly body: string | null;
  /** Type of the body where it is not JSON; left out = JSON. */
  readonly contentType?: string;
  /** The order that the body was written of; null or missing where there is none, or the body was written otherwise. */
  readonly order?: WrittenOrder | null;
  /** Whether it carries a signature: one to be made now, or the one that `replay` already has. */
  readonly signed: boolean;
  /** The account that a limit by account would charge: the signing key's, or the one that a login tries; else `NO_INDEX`. */
  readonly accountIndex: number;
  /** Extra headers, lower-case names (for example x-forwarded-for). */
  readonly headers: Readonly<Record<string, string>> | null;
  /** Send this instead, byte for byte, from the identity's own address. */
  readonly replay: CapturedRequest | null;
  /** Orders that the body holds, 1 to 65,535; above 1 it is a batch. */
  readonly elements: number;
  /** What the sender spoils after signing; null = nothing. */
  readonly tamper: Tamper | null;
  /** A key and a signature that nobody has given out, sent instead of the identity's own; null = its own. */
  readonly claims: Claims | null;
  /** Added to the stamp of a signed request, on top of what the identity's clock is off by. */
  readonly stampOffsetUs: number;
  /** The last byte is held back until this moment (run time); null = not. */
  readonly lastByteUs: number | null;
  /** Whether the behaviour reads the answer's JSON body. */
  readonly wantsBody: boolean;
  /** Attempts of the same wish before this one. */
  readonly attempt: number;
  /** The behaviour's own note about what it wanted; nobody else reads it. */
  readonly step: string;
}

export interface Answered {
  readonly outcome: Outcome;
  readonly status: number;
  /** The machine-readable reason of a refusal, '' = none. */
  readonly reason: string;
  /** -1 = none given. */
  readonly retryAfterMs: number;
  /** Parsed JSON when `wantsBody`, else null. Untrusted. */
  readonly body: unknown;
}

export interface FollowUp {
  readonly intent: Intent;
  /** Think time after the outcome, whole microseconds. */
  readonly afterUs: number;
}

/** Seeded random numbers; the same seed gives the same sequence everywhere. */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  unit(): number;
  /** Whole number in [0, bound), bound 1 to 2^32. */
  below(bound: number): number;
  /** Exponential with mean 1. */
  exponential(): number;
}

/** Requests that were sent signed and can be captured by a replaying actor; the engine feeds it. */
export interface CaptureRing {
  push(request: CapturedRequest, answeredUs: number): void;
  /** One of those kept that is at most `ageUsMax` old at `nowUs`, or null. */
  pick(random: Random, nowUs: number, ageUsMax: number): CapturedRequest | null;
}

export interface BehaviourContext {
  /** The run's seed; a behaviour derives its own streams from it. */
  readonly seed: number;
  readonly world: World;
  /** Recently sent signed requests of the actor that this one listens to; null when it listens to none. */
  readonly captured: CaptureRing | null;
  /** The requests of the recording whose times the actor follows; null or left out = it has none. */
  readonly requests?: RecordedRequests | null;
}

/**
 * One actor's running behaviour: a state machine over its identities.
 * `onArrival` says what the identity wants now (null: nothing, the arrival is skipped); `onOutcome` what follows. `row` is
 * that of `Arrival`.
 */
export interface Behaviour {
  onArrival(identity: Identity, nowUs: number, row?: number): Intent | null;
  onOutcome(intent: Intent, answered: Answered, nowUs: number): FollowUp | null;
}
