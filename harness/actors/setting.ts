/**
 * What a behaviour is made with: its actor's plan narrowed down to what it may look at.
 */
import { type ActorPlan, type Plan, type PolicyAuth, requestClasses } from '../scenario/plan.js';
import type { BehaviourContext, CaptureRing, Identity, Intent, IntentMethod } from './actor.js';
import type { ApiCall } from './api.js';
import { EventStreams } from './event-streams.js';
import { identityOffsets } from './identities/offsets.js';
import { IntentKind } from './outcome.js';
import { deriveSeed } from './random.js';
import type { RecordedRequests } from './recorded-requests.js';
import { type LeakedList, NO_INDEX, type World } from './world.js';

export interface IntentDetails {
  /** The behaviour's note; it starts with what is wanted and holds the number of the arrival. */
  readonly step: string;
  readonly kind?: IntentKind;
  readonly attempt?: number;
  readonly wantsBody?: boolean;
  /** The account that a login tries; any other request is charged to the key that signs it. */
  readonly accountIndex?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly elements?: number;
  readonly tamper?: Intent['tamper'];
  readonly claims?: Intent['claims'];
  readonly stampOffsetUs?: number;
  readonly lastByteUs?: number;
}

/** The identities `first` to `first + population - 1` of the world. */
export interface People {
  readonly first: number;
  /** At least 1. */
  readonly population: number;
}

/** What is asked: a call of the actors' own API, or one that was recorded. */
export interface WantedCall extends Omit<ApiCall, 'method'> {
  readonly method: IntentMethod;
  /** null or left out = JSON. */
  readonly contentType?: string | null;
}

export interface Setting {
  readonly actor: ActorPlan;
  /** What the policy says of signatures; null = nothing is signed. */
  readonly auth: PolicyAuth | null;
  readonly world: World;
  /** Places of another actor's identities in the world. @throws when the plan has no such actor: it is checked when it is built. */
  peopleOf(actor: string): People;
  readonly events: EventStreams;
  /** null when the behaviour has none. */
  readonly leaked: LeakedList | null;
  readonly captured: CaptureRing | null;
  /** What its recording holds; null = it follows none. */
  readonly requests: RecordedRequests | null;
  /** The intent to make a call, signed when the policy wants its class signed and the identity has a key. */
  intent(identity: Identity, call: WantedCall, details: IntentDetails): Intent;
}

export function createSetting(actor: ActorPlan, plan: Plan, context: BehaviourContext): Setting {
  const index = plan.actors.findIndex((other) => other.name === actor.name);
  const signedClasses = plan.policy.auth?.signed ?? [];
  return {
    actor,
    events: new EventStreams({
      seed: deriveSeed(context.seed, 'behaviour', actor.name),
      firstIdentity: identityOffsets(plan)[index] ?? 0,
      population: actor.population,
    }),
    auth: plan.policy.auth,
    world: context.world,
    peopleOf: (name) => {
      const other = plan.actors.findIndex((row) => row.name === name);
      const first = identityOffsets(plan)[other];
      const population = plan.actors[other]?.population;
      if (first === undefined || population === undefined) throw new Error(`the plan has no actor ${name}`);
      return { first, population };
    },
    leaked: context.world.leakedList(index),
    captured: context.captured,
    requests: context.requests ?? null,
    intent: (identity, call, details) => {
      const requestClass = requestClasses.indexOf(call.requestClass);
      const claims = details.claims ?? null;
      const signed = (identity.keyIndex !== NO_INDEX || claims !== null) && signedClasses[requestClass] === true;
      return {
        identity,
        kind: details.kind ?? IntentKind.arrival,
        requestClass,
        method: call.method,
        path: call.path,
        body: call.body,
        ...(call.contentType == null ? {} : { contentType: call.contentType }),
        order: call.order ?? null,
        signed,
        // A key that nobody has given out is nobody's.
        accountIndex: signed && claims === null ? identity.accountIndex : (details.accountIndex ?? NO_INDEX),
        headers: details.headers ?? null,
        replay: null,
        elements: details.elements ?? 1,
        tamper: details.tamper ?? null,
        claims,
        stampOffsetUs: details.stampOffsetUs ?? 0,
        lastByteUs: details.lastByteUs ?? null,
        wantsBody: details.wantsBody ?? false,
        attempt: details.attempt ?? 0,
        step: details.step,
      };
    },
  };
}
