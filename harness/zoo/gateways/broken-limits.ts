/** Servers whose limiter lets through more than it promises, or less. */

import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RegisteredAccount } from '../../actors/world.js';
import { Decision, type Gate } from '../../core/spec.js';
import type { Policy } from '../../scenario/plan.js';
import type { BrokenVenue } from './broken-venue.js';
import { addresses, ban, comeBack, flood, windowEdge } from './scenes.js';
import { type Ask, type Ruling, Venue } from './venue.js';

const admitted: Ruling = { decision: Decision.admitted, limit: '', retryAfterMs: 0, delayMs: 0 };

/** The store of its counters is gone for half a second, and meanwhile everybody passes. */
class OpenWhenStoreFails extends Venue {
  private asked = 0;

  protected override decide(ask: Ask): Ruling | Promise<Ruling> {
    this.asked += 1;
    return this.asked > 40 && this.asked <= 120 ? admitted : super.decide(ask);
  }
}

class CountsPerWorker extends Venue {
  private readonly gates: readonly Gate[] = [this.gate, this.freshGate()];
  private turn = 0;

  protected override decide(ask: Ask): Ruling {
    this.turn += 1;
    return this.decideBy(this.gates[this.turn % this.gates.length] ?? this.gate, ask);
  }
}

/** Counters live elsewhere: they are read, and written a moment later as they were read, with one cell less. */
class LooksThenCharges extends Venue {
  private readonly counters = new Map<string, { cells: number; atMs: number }>();

  protected override async decide(ask: Ask): Promise<Ruling> {
    if (ask.requestClass !== 'order.place') return admitted;
    const key = ask.signed?.keyId ?? '';
    const nowMs = Date.now();
    const read = this.counters.get(key) ?? { cells: 10, atMs: nowMs };
    const cells = Math.min(10, read.cells + ((nowMs - read.atMs) * 10) / 1000);
    await sleep(40);
    if (cells < 1) return { ...admitted, decision: Decision.throttled, limit: 'orders-key', retryAfterMs: 100 };
    this.counters.set(key, { cells: cells - 1, atMs: nowMs });
    return admitted;
  }
}

/** All counters are lost after every tenth request. */
class ForgetsCounters extends Venue {
  private asked = 0;

  protected override decide(ask: Ask): Ruling | Promise<Ruling> {
    this.asked += 1;
    if (this.asked % 10 === 0) this.gate = this.freshGate();
    return super.decide(ask);
  }
}

class DoublesCapacity extends Venue {
  constructor(policy: Policy, registered: readonly RegisteredAccount[]) {
    const limits = policy.limits.map((limit) => ({ ...limit, capacity: 2 * limit.capacity }));
    super({ ...policy, limits }, registered);
  }
}

/** Each connection has counters of its own. */
class CountsPerConnection extends Venue {
  private readonly gates = new WeakMap<Socket, Gate>();

  protected override async decide(ask: Ask): Promise<Ruling> {
    const { socket } = ask.request;
    const gate = this.gates.get(socket) ?? this.freshGate();
    this.gates.set(socket, gate);
    const ruling = this.decideBy(gate, ask);
    // Answers that take their time make the caller open further connections.
    await sleep(50);
    return ruling;
  }
}

class BelievesForwarded extends Venue {
  protected override ipOf(request: IncomingMessage): string {
    const forwarded = String(request.headers['x-forwarded-for'] ?? '')
      .split(',')[0]
      ?.replace(/[^\x21-\x7e]/g, '');
    return forwarded?.slice(0, 64) || super.ipOf(request);
  }
}

/** Everybody behind one large network counts as one caller. */
class CountsNetworks extends Venue {
  protected override ipOf(): string {
    return '127.0.0.0';
  }
}

/** 30 in each window that begins with a request, where 30 in any second are promised. */
class WindowForLog extends Venue {
  private readonly windows = new Map<string, { used: number; endMs: number }>();

  protected override decide({ ip }: Ask): Ruling {
    const nowMs = performance.now();
    let window = this.windows.get(ip);
    if (window === undefined || window.endMs <= nowMs) {
      window = { used: 0, endMs: nowMs + 1000 };
      this.windows.set(ip, window);
    }
    if (window.used < 30) {
      window.used += 1;
      return admitted;
    }
    return { ...admitted, decision: Decision.throttled, limit: 'by-ip', retryAfterMs: Math.ceil(window.endMs - nowMs) };
  }
}

class BansForEver extends Venue {
  private readonly banned = new Set<string>();

  protected override decide(ask: Ask): Ruling {
    const key = ask.signed?.keyId ?? '';
    const ruling = this.decideBy(this.gate, ask);
    if (ruling.decision === Decision.banned) this.banned.add(key);
    if (!this.banned.has(key)) return ruling;
    return { ...ruling, decision: Decision.banned, limit: 'orders-key', retryAfterMs: 300 };
  }
}

class NeverBans extends Venue {
  constructor(policy: Policy, registered: readonly RegisteredAccount[]) {
    super({ ...policy, limits: policy.limits.map((limit) => ({ ...limit, ban: null })) }, registered);
  }
}

class TellsTooSoon extends Venue {
  protected override rule(gate: Gate, nowUs: number, decision: Decision): Ruling {
    const ruling = super.rule(gate, nowUs, decision);
    return { ...ruling, retryAfterMs: Math.ceil(ruling.retryAfterMs / 4) };
  }
}

class NeverRefills extends Venue {
  private readonly used = new Map<string, number>();

  protected override decide(ask: Ask): Ruling {
    const key = ask.signed?.keyId ?? '';
    const used = this.used.get(key) ?? 0;
    if (ask.requestClass !== 'order.place' || used < 10) {
      this.used.set(key, used + 1);
      return admitted;
    }
    return { ...admitted, decision: Decision.throttled, limit: 'orders-key', retryAfterMs: 100 };
  }
}

/** Every eighth request is turned away to shed load, whoever sent it. */
class ShedsAtRandom extends Venue {
  private asked = 0;

  protected override decide(ask: Ask): Ruling | Promise<Ruling> {
    this.asked += 1;
    if (this.asked % 8 !== 0 || ask.requestClass !== 'order.place') return super.decide(ask);
    return { ...admitted, decision: Decision.throttled, limit: 'orders-key', retryAfterMs: 100 };
  }
}

const LEAK = 'abuse.leak <= 0';

export const brokenLimits: readonly BrokenVenue[] = [
  {
    name: 'open-when-store-fails',
    defect: 'While the store of its counters fails, every request passes.',
    scene: flood,
    convictedBy: [LEAK],
    build: (policy, registered) => new OpenWhenStoreFails(policy, registered),
  },
  {
    name: 'counts-per-worker',
    defect: 'Each of two workers counts for itself, so that a caller has twice its cells.',
    scene: flood,
    convictedBy: [LEAK],
    build: (policy, registered) => new CountsPerWorker(policy, registered),
  },
  {
    name: 'looks-then-charges',
    defect: 'Counters are read, and written back a moment later: what others have charged in between is lost.',
    scene: flood,
    convictedBy: [LEAK],
    build: (policy, registered) => new LooksThenCharges(policy, registered),
  },
  {
    name: 'forgets-all-counters',
    defect: 'Counters are lost now and then, as by a cache that is emptied under load.',
    scene: flood,
    convictedBy: [LEAK],
    build: (policy, registered) => new ForgetsCounters(policy, registered),
  },
  {
    name: 'doubled-capacity',
    defect: 'Bursts of twice the promised size pass.',
    scene: flood,
    convictedBy: [LEAK],
    build: (policy, registered) => new DoublesCapacity(policy, registered),
  },
  {
    name: 'counts-per-connection',
    defect: 'Each connection has counters of its own, and a caller opens as many as it likes.',
    scene: addresses,
    convictedBy: [LEAK],
    build: (policy, registered) => new CountsPerConnection(policy, registered),
  },
  {
    name: 'believes-forwarded-for',
    defect: 'The caller is counted by the first entry of X-Forwarded-For, which it writes itself.',
    scene: addresses,
    convictedBy: [LEAK],
    build: (policy, registered) => new BelievesForwarded(policy, registered),
  },
  {
    name: 'honest-pay-for-attacker',
    defect: 'All addresses of a network share one counter, which the attacker uses up for everybody.',
    scene: addresses,
    convictedBy: ['legit.falseBlockRate <= 0%'],
    build: (policy, registered) => new CountsNetworks(policy, registered),
  },
  {
    name: 'double-burst-at-the-edge',
    defect: 'A fixed window is sold as "30 in any second", and twice as many pass across its end.',
    scene: windowEdge,
    convictedBy: [LEAK],
    build: (policy, registered) => new WindowForLog(policy, registered),
  },
  {
    name: 'ban-never-ends',
    defect: 'Whoever was banned once is banned for ever.',
    scene: ban,
    convictedBy: ['abuse.admitted in again >= 5'],
    build: (policy, registered) => new BansForEver(policy, registered),
  },
  {
    name: 'ban-never-starts',
    defect: 'Throttles are not counted, so that nobody is ever banned.',
    scene: ban,
    convictedBy: ['abuse.banned in attack >= 10'],
    build: (policy, registered) => new NeverBans(policy, registered),
  },
  {
    name: 'retry-after-too-soon',
    defect: 'A quarter of the time is told after which a request would pass.',
    scene: comeBack,
    convictedBy: ['legit.retryAfterHonesty >= 99%'],
    build: (policy, registered) => new TellsTooSoon(policy, registered),
  },
  {
    name: 'bucket-never-refills',
    defect: 'A bucket that was emptied stays empty.',
    scene: flood,
    convictedBy: ['abuse.wrongfulBlocks <= 0'],
    build: (policy, registered) => new NeverRefills(policy, registered),
  },
  {
    name: 'sheds-the-honest',
    defect: 'Under load every eighth order is turned away, whoever placed it.',
    scene: flood,
    convictedBy: ['legit.wrongfulBlocks <= 0', 'legit.falseBlockRate <= 0%'],
    build: (policy, registered) => new ShedsAtRandom(policy, registered),
  },
];
