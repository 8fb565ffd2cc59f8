/**
 * How much a caller has used of each calendar window. A gate tells of the one limit that came nearest; venues such as Binance
 * tell of all that count a request. So this counts beside the gate, by the same rules, and decides nothing.
 *
 * Rules, from the gate's contract: an admitted request is charged by every limit of its class, one that the verifier refuses
 * by the limits that stand before it (by ip, or by ip and class), one that a limit throttles by none, except by those that
 * count what is denied. What is not counted: limits that nobody enforces, addresses of which a limit counts a prefix only,
 * and callers beyond as many as the limit's table is made for.
 */
import { Answer, Decision, type LimitPart } from '../../core/spec.js';
import type { FillCounterLimit, FixedWindowLimit, PolicyLimit } from '../../scenario/plan.js';
import type { Decided } from '../../venue/defence.js';
import type { Told } from '../wording.js';
import type { FaceWindow } from './face.js';

type WindowLimit = FixedWindowLimit | FillCounterLimit;

interface Window {
  startUs: number;
  /** By what the limit counts by. */
  readonly used: Map<string, number>;
}

export class WindowUse {
  /** By name: a limit that keeps its counters under a new policy keeps its name. */
  readonly #windows = new Map<string, Window>();
  /** By index, of the policy of the last request. */
  #limits: readonly PolicyLimit[] = [];

  count({ decision, caller, nowUs, rules, answer }: Told): void {
    this.#limits = rules.limits;
    for (const limit of windowLimits(rules.limits, caller)) {
      const cells = (limit.costs[caller.classId] ?? 0) * caller.elements;
      if (!isCharged(limit, decision, answer, rules.limits)) continue;
      this.#add(limit, caller, cells, nowUs);
    }
  }

  /** @param index - of the limit in the policy that `count` has heard of last. */
  credit(index: number, caller: Decided, cells: number, nowUs: number): void {
    const limit = this.#limits[index];
    if (limit === undefined || !isTold(limit, caller)) return;
    const used = this.#used(limit, caller, nowUs);
    if (used > 0) this.#add(limit, caller, -Math.min(used, cells), nowUs);
  }

  /** Of every limit that counts requests of this class. */
  windows({ caller, nowUs, rules }: Pick<Told, 'caller' | 'nowUs' | 'rules'>): readonly FaceWindow[] {
    return windowLimits(rules.limits, caller).map((limit) => ({
      limit: limit.name,
      by: limit.by,
      windowMs: Math.round(limit.windowUs / 1000),
      capacity: limit.capacity,
      usedCells: this.#used(limit, caller, nowUs),
    }));
  }

  #used(limit: WindowLimit, caller: Decided, nowUs: number): number {
    return this.#window(limit, nowUs).used.get(counterOf(limit, caller)) ?? 0;
  }

  #add(limit: WindowLimit, caller: Decided, cells: number, nowUs: number): void {
    const { used } = this.#window(limit, nowUs);
    const counter = counterOf(limit, caller);
    const before = used.get(counter);
    if (before === undefined && used.size >= limit.maxKeys) return;
    used.set(counter, (before ?? 0) + cells);
  }

  /** All counters of a calendar window start at one time, so what is over is dropped at once. */
  #window(limit: WindowLimit, nowUs: number): Window {
    const startUs = nowUs - (nowUs % limit.windowUs);
    const known = this.#windows.get(limit.name);
    if (known !== undefined && known.startUs >= startUs) return known;
    const window = { startUs, used: new Map<string, number>() };
    this.#windows.set(limit.name, window);
    return window;
  }
}

function windowLimits(limits: readonly PolicyLimit[], caller: Decided): WindowLimit[] {
  return limits.filter(
    (limit): limit is WindowLimit => isTold(limit, caller) && (limit.costs[caller.classId] ?? 0) > 0,
  );
}

function isTold(limit: PolicyLimit, { ip }: Decided): limit is WindowLimit {
  if (limit.family !== 'fixed-window' && limit.family !== 'fill-counter') return false;
  if (limit.anchor !== 'calendar' || limit.isShadow) return false;
  const { ipPrefix } = limit;
  return ipPrefix === null || (ip.includes(':') ? ipPrefix.v6 === 128 : ipPrefix.v4 === 32);
}

function isCharged(
  limit: WindowLimit,
  decision: Decision,
  answer: Float64Array,
  limits: readonly PolicyLimit[],
): boolean {
  switch (decision) {
    case Decision.admitted:
      return true;
    case Decision.throttled:
    case Decision.never:
    case Decision.banned:
      return (
        limit.family === 'fixed-window' && limit.countsDenied && isAsked(limit, limits[answer[Answer.limit] ?? -1])
      );
    default:
      return standsFirst(limit.by);
  }
}

/** A limit behind the verifier is not asked about a request that one before it has refused. */
function isAsked(limit: WindowLimit, refusing: PolicyLimit | undefined): boolean {
  return standsFirst(limit.by) || refusing === undefined || !standsFirst(refusing.by);
}

function standsFirst(by: readonly LimitPart[]): boolean {
  return by.includes('ip') && by.every((part) => part === 'ip' || part === 'class');
}

function counterOf({ by }: WindowLimit, { ip, account, keyId, classId, node }: Decided): string {
  const parts: Readonly<Record<LimitPart, string>> = {
    ip,
    master: account.split('/', 1)[0] ?? '',
    account,
    key: keyId,
    class: String(classId),
  };
  // None of them holds a blank.
  return [String(node), ...by.map((part) => parts[part])].join(' ');
}
