/**
 * Floodproof's limiters and those that people use today, behind one call. A published package comes without the others;
 * which are absent is said.
 */
import { Decision, type Gate, type GateSpec } from '../../core/spec.js';
import type { Engine } from '../../native/engine.js';
import type { LimiterSettings, OpenLimiter } from './agreement.js';
import { ownCopy } from './own-copy.js';

export interface LimiterRival {
  readonly name: string;
  /** `bucket`: cells come back one by one as time goes on, and time is an argument; `other`: windows, and a clock of its own. */
  readonly kind: 'bucket' | 'other';
  open(settings: LimiterSettings): OpenLimiter;
}

/** Rivals with windows: one that outlasts the benchmark. */
const WINDOW_MS = 3_600_000;

function nothing(): void {
  // Nothing to close.
}

export function limiterSpec(settings: LimiterSettings, originUs: number): GateSpec {
  const { capacity, refillCells, refillPeriodUs, maxKeys } = settings;
  return {
    classes: ['request'],
    limits: [
      {
        name: 'requests',
        by: ['account'],
        ipPrefix: null,
        numbers: { family: 'token-bucket', capacity, refillCells, refillPeriodUs },
        costs: [1],
        ageCosts: [[]],
        isShadow: false,
        ban: null,
        maxKeys,
      },
    ],
    auth: null,
    originUs,
  };
}

function limitOf(gate: Gate, admitted: number) {
  return (key: string, nowUs: number): boolean => gate.limit(nowUs, 0, '', key, '') === admitted;
}

/** One of our engines. */
export function engineRival(name: string, engine: Engine, originUs: number): LimiterRival {
  return {
    name,
    kind: 'bucket',
    open: (settings) => {
      const gate = engine.createGate(limiterSpec(settings, originUs));
      return { form: 'value', decide: ownCopy(limitOf)(gate, Decision.admitted), close: nothing, gate };
    },
  };
}

async function rateLimiterFlexible(): Promise<LimiterRival> {
  const { RateLimiterMemory } = await import('rate-limiter-flexible');
  return {
    name: 'rate-limiter-flexible memory',
    kind: 'other',
    open: ({ capacity }) => {
      const limiter = new RateLimiterMemory({ points: capacity, duration: WINDOW_MS / 1000 });
      return { form: 'rejection', decide: (key) => limiter.consume(key), close: nothing };
    },
  };
}

async function expressRateLimit(): Promise<LimiterRival> {
  const { MemoryStore } = await import('express-rate-limit');
  return {
    name: 'express-rate-limit memory',
    kind: 'other',
    open: ({ capacity }) => {
      const store = new MemoryStore();
      store.init({ windowMs: WINDOW_MS } as Parameters<typeof store.init>[0]);
      return {
        form: 'promise',
        decide: async (key) => (await store.increment(key)).totalHits <= capacity,
        close: () => store.shutdown(),
      };
    },
  };
}

async function fastifyRateLimit(): Promise<LimiterRival> {
  const { default: LocalStore } = await import('@fastify/rate-limit/store/LocalStore.js');
  return {
    name: '@fastify/rate-limit local',
    kind: 'other',
    open: ({ capacity, maxKeys }) => {
      const store = new LocalStore(false, false, maxKeys);
      let isAdmitted = false;
      const settle = (_: Error | null, counted: { current: number }): void => {
        isAdmitted = counted.current <= capacity;
      };
      const decide = (key: string): boolean => {
        store.incr(key, settle, WINDOW_MS, capacity);
        return isAdmitted;
      };
      return { form: 'value', decide, close: nothing };
    },
  };
}

async function limiterPackage(): Promise<LimiterRival> {
  const { RateLimiter } = await import('limiter');
  return {
    name: 'limiter, one for each key',
    kind: 'other',
    open: ({ capacity }) => {
      const limiters = new Map<string, InstanceType<typeof RateLimiter>>();
      const decide = (key: string): boolean => {
        let limiter = limiters.get(key);
        if (limiter === undefined) {
          limiter = new RateLimiter({ tokensPerInterval: capacity, interval: WINDOW_MS });
          limiters.set(key, limiter);
        }
        return limiter.tryRemoveTokens(1);
      };
      return { form: 'value', decide, close: nothing };
    },
  };
}

/** Packages whose limiters take part, with what brings each. */
export const limiterPackages: Readonly<Record<string, () => Promise<LimiterRival>>> = {
  'rate-limiter-flexible': rateLimiterFlexible,
  'express-rate-limit': expressRateLimit,
  '@fastify/rate-limit': fastifyRateLimit,
  limiter: limiterPackage,
};

/** Each that can be had, and a sentence for each that can not. */
export async function loadPackages<Rival>(
  packages: Readonly<Record<string, () => Promise<Rival>>>,
): Promise<{ rivals: Rival[]; absent: string[] }> {
  const rivals: Rival[] = [];
  const absent: string[] = [];
  for (const [name, load] of Object.entries(packages)) {
    try {
      rivals.push(await load());
    } catch (error) {
      // Where it was looked for is a path of this machine, and the sentence is saved.
      const [line] = (error instanceof Error ? error.message : String(error)).split(/\n| imported from /);
      absent.push(`${name} is not here (${line}); "npm install -D ${name}" brings it`);
    }
  }
  return { rivals, absent };
}
