/** Plays one attacker against a gate that answers it: arrivals evenly spaced, each request decided half a trip after it. */
import type { Identity, Intent } from '../../../../harness/actors/actor.js';
import { Outcome } from '../../../../harness/actors/outcome.js';
import { createGate } from '../../../../harness/core/index.js';
import { Decision, type Gate } from '../../../../harness/core/spec.js';
import { compilePolicy } from '../../../../harness/scenario/compile.js';
import type { PolicyLimit } from '../../../../harness/scenario/plan.js';
import { aPolicy } from '../../../support/plan-builder.js';
import { answered, type Stage } from '../stage.js';

export interface Sent {
  readonly identity: Identity;
  readonly step: string;
  readonly sentUs: number;
  readonly decidedUs: number;
  readonly answeredUs: number;
  readonly outcome: Outcome;
}

export interface LoopOptions {
  readonly limit: PolicyLimit;
  readonly arrivalsPerSecond: number;
  readonly forUs: number;
  /** From sending to answer; the decision falls in the middle. */
  readonly tripUs: number;
  /** Who arrives; in turn when it is left out. */
  readonly who?: (arrival: number) => number;
}

const outcomes: Readonly<Record<number, Outcome>> = {
  [Decision.admitted]: Outcome.admitted,
  [Decision.throttled]: Outcome.throttled,
  [Decision.banned]: Outcome.banned,
};

/** Everything that was sent, in the order of sending. */
export function playClosedLoop(stage: Stage, options: LoopOptions): Sent[] {
  const { arrivalsPerSecond, forUs, tripUs, who = (arrival) => arrival % stage.identities.length } = options;
  const gate = createGate(compilePolicy(aPolicy([options.limit]), 0), [1, 2]);
  const sent: Sent[] = [];
  const open: { readonly intent: Intent; readonly sent: Sent }[] = [];
  for (let arrival = 0; ; arrival += 1) {
    const nowUs = Math.floor(((arrival + 0.5) * 1_000_000) / arrivalsPerSecond);
    if (nowUs >= forUs) return sent;
    // All trips are equally long, so answers come in the order of sending.
    while (open[0] !== undefined && open[0].sent.answeredUs <= nowUs) {
      const { intent, sent: done } = open[0];
      open.shift();
      const followUp = stage.behaviour.onOutcome(intent, answered(done.outcome), done.answeredUs);
      if (followUp !== null) throw new Error('a loop without follow-ups has got one');
    }
    const identity = stage.identities[who(arrival)];
    const intent = identity === undefined ? null : stage.behaviour.onArrival(identity, nowUs);
    if (intent === null) continue;
    const decidedUs = nowUs + tripUs / 2;
    const outcome = decide(gate, intent, decidedUs);
    const row: Sent = {
      identity: intent.identity,
      step: intent.step,
      sentUs: nowUs,
      decidedUs,
      answeredUs: nowUs + tripUs,
      outcome,
    };
    sent.push(row);
    open.push({ intent, sent: row });
  }
}

function decide(gate: Gate, { identity, requestClass, elements }: Intent, nowUs: number): Outcome {
  const decision = gate.limit(nowUs, requestClass, identity.ip, identity.account, identity.keyId, elements);
  const outcome = outcomes[decision];
  if (outcome === undefined) throw new Error(`no test plays the decision ${decision}`);
  return outcome;
}

export function admittedOf(sent: readonly Sent[]): readonly Sent[] {
  return sent.filter(({ outcome }) => outcome === Outcome.admitted);
}

/** The most that was admitted in any interval of this length. */
export function mostWithin(sent: readonly Sent[], lengthUs: number): number {
  const times = admittedOf(sent).map(({ decidedUs }) => decidedUs);
  let most = 0;
  for (let last = 0, first = 0; last < times.length; last += 1) {
    while ((times[last] ?? 0) - (times[first] ?? 0) >= lengthUs) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
