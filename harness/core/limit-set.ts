/** All limits of a gate: their tables, what each class is asked, and what becomes of them when the policy changes. */
import { FloodproofError } from '../errors.js';
import { CallerWriter } from './callers.js';
import { keepsCounters } from './change-spec.js';
import { type ClassPlan, type Credited, limitKeyOf, planClass } from './class-plan.js';
import type { KeyHash } from './key-hash.js';
import { LimitTable } from './limit-table.js';
import type { GateSpec, IpPrefix, LimitNumbers } from './spec.js';

export class LimitSet {
  readonly spec: GateSpec;
  readonly writer: CallerWriter;
  readonly #tables: readonly LimitTable[];
  readonly #plans: readonly ClassPlan[];

  /** @throws {FloodproofError} FP_GATE_INVALID when there is no memory for the tables. */
  constructor(spec: GateSpec, keyHash: KeyHash) {
    this.spec = spec;
    this.writer = new CallerWriter(keyHash, prefixesOf(spec));
    this.#tables = spec.limits.map((limit, index) => new LimitTable(limit, index));
    this.#plans = spec.classes.map((_, classId) => planClass(spec, this.#tables, this.writer, classId));
  }

  /** @throws {FloodproofError} FP_CLASS_INVALID */
  plan(classId: number): ClassPlan {
    const plan = this.#plans[classId];
    if (plan !== undefined) return plan;
    const last = this.#plans.length - 1;
    throw new FloodproofError('FP_CLASS_INVALID', `there is no request class ${classId}, only 0 to ${last}`);
  }

  /** @throws {FloodproofError} FP_CREDIT_INVALID when there is no such limit, or it takes none. */
  creditable(index: number): Credited {
    const limit = this.spec.limits[index];
    const table = this.#tables[index];
    if (limit === undefined || table === undefined) {
      const message = `there is no limit ${index}, only ${this.spec.limits.length} of them`;
      throw new FloodproofError('FP_CREDIT_INVALID', message);
    }
    if (!takesCredit(limit.numbers)) {
      throw new FloodproofError('FP_CREDIT_INVALID', `limit ${index} (${limit.name}) takes no credit`);
    }
    return { table, key: limitKeyOf(limit, this.writer) };
  }

  /** Takes over what the limits of another set have counted, where a limit goes on. The other set is used up. */
  carry(old: LimitSet, nowUs: number): void {
    for (const [index, limit] of this.spec.limits.entries()) {
      const oldIndex = old.spec.limits.findIndex((one) => one.name === limit.name);
      const before = old.spec.limits[oldIndex];
      const table = old.#tables[oldIndex];
      if (before === undefined || table === undefined || !keepsCounters(before, limit)) continue;
      this.#tables[index]?.carry(table, nowUs);
    }
  }
}

function takesCredit(numbers: LimitNumbers): boolean {
  return numbers.family === 'earned-budget' || (numbers.family === 'fixed-window' && numbers.credit !== 'none');
}

/** Each different prefix once. */
function prefixesOf({ limits }: GateSpec): readonly IpPrefix[] {
  const prefixes = new Map<string, IpPrefix>();
  for (const { ipPrefix } of limits) {
    if (ipPrefix !== null) prefixes.set(`${ipPrefix.v4}/${ipPrefix.v6}`, ipPrefix);
  }
  return [...prefixes.values()];
}
