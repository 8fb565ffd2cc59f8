/** Servers that let in whom they should not, or that do the work before they say no. */
import type { ServerResponse } from 'node:http';
import type { RegisteredAccount } from '../../actors/world.js';
import { Decision, type Gate } from '../../core/spec.js';
import type { Policy } from '../../scenario/plan.js';
import type { BrokenVenue } from './broken-venue.js';
import { withForgers } from './forgers.js';
import { ORDERS_EXECUTED } from './play-scene.js';
import { cancels, flood, forgery, queue, replays } from './scenes.js';
import { type Ask, type Ruling, Venue } from './venue.js';

/** Does what it was asked for, and then says that it was too much. */
class ExecutesThrottled extends Venue {
  protected override async serve(ask: Ask, body: string, response: ServerResponse): Promise<void> {
    const ruling = await this.decide(ask);
    const served = this.perform(ask, body);
    if (ruling.decision === Decision.admitted) this.send(response, ruling, served);
    else this.refuse(ruling, response);
  }
}

class VerifierOff extends Venue {
  protected override decide(ask: Ask): Ruling | Promise<Ruling> {
    const { signed } = ask;
    if (signed === null || signed === undefined) return super.decide(ask);
    return super.decide({ ...ask, signed: { ...signed, signature: this.gate.sign(signed.keyId, signed.message) } });
  }
}

class TakesReplays extends Venue {
  constructor(policy: Policy, registered: readonly RegisteredAccount[]) {
    super({ ...policy, auth: policy.auth === null ? null : { ...policy.auth, replay: 'allow' } }, registered);
  }
}

/** Two servers behind one address, each with a memory of its own. */
class RemembersPerWorker extends Venue {
  private readonly gates: readonly Gate[] = [this.gate, this.freshGate()];
  private turn = 0;

  protected override decide(ask: Ask): Ruling {
    this.turn += 1;
    return this.decideBy(this.gates[this.turn % this.gates.length] ?? this.gate, ask);
  }
}

/** Has a queue, and nobody waits in it. */
class ServesAtOnce extends Venue {
  protected override async decide(ask: Ask): Promise<Ruling> {
    return { ...(await super.decide(ask)), delayMs: 0 };
  }
}

export const brokenService: readonly BrokenVenue[] = [
  {
    name: 'executes-throttled-orders',
    defect: 'The order is placed and the answer is 429.',
    scene: flood,
    convictedBy: [ORDERS_EXECUTED],
    build: (policy, registered) => new ExecutesThrottled(policy, registered),
  },
  {
    name: 'queue-served-at-once',
    defect: 'What should wait for its turn in the queue is served at once.',
    scene: queue,
    convictedBy: ['abuse.leak <= 0'],
    build: (policy, registered) => new ServesAtOnce(policy, registered),
  },
  {
    name: 'verifier-off',
    defect: 'Signatures are not looked at.',
    scene: forgery,
    convictedBy: ['abuse.admitted <= 0'],
    build: withForgers((policy, registered) => new VerifierOff(policy, registered)),
  },
  {
    name: 'replay-accepted',
    defect: 'A signature is accepted as often as it comes.',
    scene: replays,
    convictedBy: ['abuse.replaysAccepted <= 0'],
    build: (policy, registered) => new TakesReplays(policy, registered),
  },
  {
    name: 'replay-memory-per-worker',
    defect: 'Each of two workers remembers only the signatures that it has seen itself.',
    scene: replays,
    convictedBy: ['abuse.replaysAccepted <= 0'],
    build: (policy, registered) => new RemembersPerWorker(policy, registered),
  },
  {
    name: 'throttles-after-the-work',
    defect: 'The limiter is asked when the work is done: an order is cancelled, and the answer is 429.',
    scene: cancels,
    convictedBy: [ORDERS_EXECUTED],
    build: (policy, registered) => new ExecutesThrottled(policy, registered),
  },
];
