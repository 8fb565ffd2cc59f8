/** The further ways to ask a gate of ours for limit decisions: by the number of an interned caller, and many at once. */
import { Decision, type Gate } from '../../core/spec.js';
import type { LimiterRival } from './limiter-rivals.js';
import { ownCopy } from './own-copy.js';
import { type Contestant, type Racer, racerOf } from './rounds.js';

export const BATCH_SIZE = 1024;
export const INTERNED = 'interned';
export const BATCHED = `a batch of ${BATCH_SIZE.toLocaleString('en')}`;

/** How a form of an engine is named. */
export function formName(engineName: string, form: string): string {
  return `${engineName}, ${form}`;
}

function internedOf(gate: Gate, admitted: number) {
  return (caller: number, nowUs: number): boolean => gate.limitCaller(nowUs, 0, caller) === admitted;
}

/** Truthy when all are admitted, or for the workload that is throttled when any is. */
function batchOf(gate: Gate, size: number, isAdmitted: boolean) {
  const decisions = new Uint8Array(size);
  return (callers: Uint32Array, nowUs: number): boolean => {
    gate.limitBatch(nowUs, 0, callers, callers.length, decisions, null);
    for (let index = 0; index < callers.length; index++) {
      if ((decisions[index] === 0) !== isAdmitted) return !isAdmitted;
    }
    return isAdmitted;
  };
}

/**
 * Both forms on a gate that has seen all keys already.
 *
 * @returns what makes racers that visit the keys in an order, which is a power of two and at least one batch long.
 */
export function openForms(
  name: string,
  gate: Gate,
  keys: readonly string[],
  isAdmitted: boolean,
): (order: Uint32Array) => Racer[] {
  const callers = Uint32Array.from(keys, (key) => gate.internCaller('', key, ''));
  const interned: Contestant<number> = {
    name: formName(name, INTERNED),
    form: 'value',
    decide: ownCopy(internedOf)(gate, Decision.admitted),
  };
  const batched: Contestant<Uint32Array> = {
    name: formName(name, BATCHED),
    form: 'value',
    decide: ownCopy(batchOf)(gate, BATCH_SIZE, isAdmitted),
  };
  return (order) => {
    const batches = batchesOf(
      order.map((key) => callers[key] as number),
      BATCH_SIZE,
    );
    const places = Uint32Array.from(batches.keys());
    return [
      racerOf(interned, { items: callers, order, isAdmitted }),
      racerOf(batched, { items: batches, order: places, isAdmitted, decisionsPerItem: BATCH_SIZE }),
    ];
  };
}

/** Views of `size` callers each, one after the other. */
export function batchesOf(callers: Uint32Array, size: number): Uint32Array[] {
  return Array.from({ length: Math.floor(callers.length / size) }, (_, batch) =>
    callers.subarray(batch * size, (batch + 1) * size),
  );
}

/** Both forms as limiters of keys, so that it can be seen that they decide as all others do. */
export function formRivals(rival: LimiterRival): LimiterRival[] {
  return [INTERNED, BATCHED].map((form) => ({
    name: formName(rival.name, form),
    kind: rival.kind,
    open: (settings) => {
      const limiter = rival.open(settings);
      const { gate } = limiter;
      if (gate === undefined) throw new Error(`${rival.name} has no gate`);
      const callers = new Map<string, number>();
      const callerOf = (key: string): number => {
        const caller = callers.get(key) ?? gate.internCaller('', key, '');
        callers.set(key, caller);
        return caller;
      };
      const one = new Uint8Array(1);
      const decide = (key: string, nowUs: number): boolean => {
        if (form === INTERNED) return gate.limitCaller(nowUs, 0, callerOf(key)) === Decision.admitted;
        gate.limitBatch(nowUs, 0, Uint32Array.of(callerOf(key)), 1, one, null);
        return one[0] === Decision.admitted;
      };
      return { form: 'value', decide, close: limiter.close };
    },
  }));
}
