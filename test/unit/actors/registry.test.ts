import { describe, expect, it } from 'vitest';
import type { CapturedRequest, Intent } from '../../../harness/actors/actor.js';
import { BoundedCaptureRing } from '../../../harness/actors/capture-ring.js';
import { Outcome } from '../../../harness/actors/outcome.js';
import { behaviours, createBehaviour } from '../../../harness/actors/registry.js';
import { behaviourNames, behaviourTable } from '../../../harness/scenario/behaviours.js';
import { requestClasses } from '../../../harness/scenario/plan.js';
import { exampleActor, examplePlan, SECOND_US } from './example-plan.js';
import { answered, classOf, oddBodies, placed, type Stage, setStage } from './stage.js';

const capturedOrder: CapturedRequest = {
  method: 'DELETE',
  path: '/v1/orders/9',
  headers: { 'x-signature': 'a' },
  body: null,
  requestClass: requestClasses.indexOf('order.cancel'),
  elements: 1,
  accountIndex: 0,
  keyIndex: 0,
  signature: 1,
};

/** Behaviours that ask the same whatever the seed: pages in their order, or what somebody else has asked. */
const isWithoutChance: ReadonlySet<string> = new Set(['replay', 'history-scan', 'heavy-requests', 'recorded']);

function stageFor(name: (typeof behaviourNames)[number], seed = 1): Stage {
  const captured = new BoundedCaptureRing(4);
  captured.push(capturedOrder, 0);
  return setStage(name, { population: 4, captured, seed });
}

/** What these want depends on what was answered to them before: that is what they are about. */
const adaptive: readonly string[] = ['identity-rotation', 'limit-search', 'phase-probing'];
/** What these send is chosen by a parameter, a recording or by whom they listen to, so not every class of their row. */
const ofOneClass: readonly string[] = ['replay', 'forwarded-rotation', 'unique-callers', 'recorded'];
/** Adaptive attackers pace themselves: their arrivals come so rarely that none is skipped. */
function timeOf(name: string, arrival: number): number {
  return adaptive.includes(name) ? arrival * 60 * SECOND_US : 0;
}

/** Every intent of some arrivals and of all that follows when orders are taken, in order. */
function play(name: string, stage: Stage, arrivals: number): Intent[] {
  const intents: Intent[] = [];
  for (let i = 0; i < arrivals; i++) {
    let intent: Intent | undefined = stage.arrive(stage.identities[i % stage.identities.length], timeOf(name, i));
    while (intent !== undefined) {
      intents.push(intent);
      intent = stage.behaviour.onOutcome(intent, placed('order-1'), timeOf(name, i))?.intent;
    }
  }
  return intents;
}

describe('the registry', () => {
  it('plays every row of the behaviour table and nothing else', () => {
    expect(Object.keys(behaviours).sort()).toEqual([...behaviourNames].sort());
  });

  it('refuses a behaviour that is in no row, also one that every object inherits', () => {
    for (const behaviour of ['no-such', 'toString']) {
      const actor = { ...exampleActor('login'), behaviour };
      const { world } = setStage('login');
      const create = () => createBehaviour(actor, examplePlan([actor]), { seed: 1, world, captured: null });
      expect(create).toThrow('unknown behaviour');
    }
  });

  describe.each(behaviourNames)('%s', (name) => {
    it('sends the classes of its row and no other', () => {
      const allowed: readonly string[] = behaviourTable[name].classes;
      const sent = new Set(play(name, stageFor(name), 300).map(classOf));
      for (const one of sent) expect(allowed).toContain(one);
      if (!ofOneClass.includes(name)) expect(sent.size).toBe(allowed.length);
    });

    it('wants the same with the same seed and something else with another', () => {
      const texts = (stage: Stage) =>
        play(name, stage, 60).map(({ path, body, headers, step }) => [path, body, headers, step]);
      expect(texts(stageFor(name, 7))).toEqual(texts(stageFor(name, 7)));
      if (!isWithoutChance.has(name)) expect(texts(stageFor(name, 8))).not.toEqual(texts(stageFor(name, 7)));
    });

    it('signs what the policy wants signed, and charges the account of the key', () => {
      for (const intent of play(name, stageFor(name), 50)) {
        const wantsSigned = !['login', 'ticker'].includes(classOf(intent) ?? '');
        expect(intent.signed).toBe(wantsSigned);
        if (wantsSigned && intent.replay === null) expect(intent.accountIndex).toBe(intent.identity.accountIndex);
      }
    });

    it('survives every outcome with every odd body, and never answers out of time', () => {
      const stage = stageFor(name);
      let arrivals = 0;
      for (let round = 0; round < 10; round++) {
        for (const body of oddBodies) {
          for (const outcome of Object.values(Outcome)) {
            const nowUs = timeOf(name, arrivals);
            arrivals += 1;
            const intent = stage.arrive(undefined, nowUs);
            const answer = answered(outcome, { body, retryAfterMs: 1_500 });
            const followUp = stage.behaviour.onOutcome(intent, answer, nowUs + 10);
            if (followUp === null) continue;
            expect(Number.isSafeInteger(followUp.afterUs) && followUp.afterUs >= 0).toBe(true);
            expect(outcome).not.toBe(Outcome.aborted);
            expect(outcome).not.toBe(Outcome.unsent);
          }
        }
      }
    });

    it('ends its follow-ups after a bounded number of steps, whatever is answered', () => {
      const stage = stageFor(name);
      for (const [arrival, answer] of [
        placed('order-1'),
        answered(Outcome.timeout),
        answered(Outcome.throttled),
      ].entries()) {
        let intent: Intent | undefined = stage.arrive(undefined, timeOf(name, arrival));
        let steps = 0;
        while (intent !== undefined && steps < 1_000) {
          intent = stage.behaviour.onOutcome(intent, answer, 0)?.intent;
          steps += 1;
        }
        expect(steps).toBeLessThan(1_000);
      }
    });
  });

  it.each(behaviourNames.filter((name) => !adaptive.includes(name)))(
    '%s wants the same at an arrival whoever arrives in between and whatever is answered',
    (name) => {
      const mine = (stage: Stage) => Array.from({ length: 20 }, () => stage.arrive(stage.identities[2]));
      const alone = mine(stageFor(name));
      const crowded = stageFor(name);
      const among = Array.from({ length: 20 }, () => {
        const other = crowded.arrive(crowded.identities[0]);
        crowded.behaviour.onOutcome(other, placed('order-9'), 5);
        return crowded.arrive(crowded.identities[2]);
      });
      expect(among).toEqual(alone);
    },
  );
});
