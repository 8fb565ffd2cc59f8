/** What is asked of a request class: worked out once, when the gate is made. */
import { callerWordOf } from './callers.js';
import type { LimitTable } from './limit-table.js';
import type { GateSpec } from './spec.js';

/** A limit that matches a class, with its cost for it. */
export interface Match {
  readonly table: LimitTable;
  readonly cost: number;
  /** Where in a caller's words stands what the limit counts by. */
  readonly word: number;
}

/** The limits before the verifier, the verifier, the limits after it. */
export interface ClassPlan {
  readonly isSigned: boolean;
  readonly front: readonly Match[];
  readonly back: readonly Match[];
  readonly needsIp: boolean;
  readonly needsAccount: boolean;
  readonly needsKey: boolean;
}

export function planClass(spec: GateSpec, tables: readonly LimitTable[], classId: number): ClassPlan {
  const isSigned = spec.auth?.signed[classId] ?? false;
  const matches = tables
    .map((table, index) => ({ table, cost: spec.limits[index]?.costs[classId] ?? 0, word: callerWordOf[table.by] }))
    .filter(({ table, cost }) => cost > 0 && (isSigned || table.by !== 'key'));
  const front = matches.filter(({ table }) => table.by === 'ip');
  const back = matches.filter(({ table }) => table.by !== 'ip');
  return {
    isSigned,
    front,
    back,
    needsIp: front.length > 0,
    needsAccount: back.some(({ table }) => table.by === 'account'),
    needsKey: back.some(({ table }) => table.by === 'key'),
  };
}
