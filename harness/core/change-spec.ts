/** What of a gate may change while it runs, and which limits keep what they have counted. See `Gate.change`. */
import { FloodproofError } from '../errors.js';
import { orderedParts } from './class-plan.js';
import type { AuthSpec, GateSpec, IpPrefix, LimitNumbers, LimitSpec } from './spec.js';

/** @throws {FloodproofError} FP_GATE_INVALID, with a fault for each part that can not be changed. */
export function checkChange(before: GateSpec, after: GateSpec): void {
  const changed: string[] = [];
  if (!isSameList(before.classes, after.classes)) changed.push('classes');
  if (!isSameAuth(before.auth, after.auth)) changed.push('auth');
  if (before.originUs !== after.originUs) changed.push('originUs');
  if (changed.length === 0) return;
  const hint = 'make a new gate, or leave it as it was';
  throw new FloodproofError('FP_GATE_INVALID', `a gate that runs can not change its ${changed.join(', ')}`, {
    hint,
    faults: changed.map((field) => {
      const message = `${field} must be what the gate was made with`;
      return { code: 'FP_CHANGE_REFUSED', file: '', line: 0, column: 0, message, hint };
    }),
  });
}

/** Whether the limit goes on with the counters of the one that it takes the place of. */
export function keepsCounters(before: LimitSpec, after: LimitSpec): boolean {
  return (
    before.name === after.name &&
    before.isShadow === after.isShadow &&
    before.maxKeys === after.maxKeys &&
    (before.ban === null) === (after.ban === null) &&
    isSameList(orderedParts(before.by), orderedParts(after.by)) &&
    isSamePrefix(before.ipPrefix, after.ipPrefix) &&
    isSameWindow(before.numbers, after.numbers)
  );
}

/** Families with a window keep their counters only when it is the same window. */
function isSameWindow(before: LimitNumbers, after: LimitNumbers): boolean {
  const windowOf = (numbers: LimitNumbers): number | null => ('windowUs' in numbers ? numbers.windowUs : null);
  const anchorOf = (numbers: LimitNumbers): string | null => ('anchor' in numbers ? numbers.anchor : null);
  return before.family === after.family && windowOf(before) === windowOf(after) && anchorOf(before) === anchorOf(after);
}

function isSamePrefix(before: IpPrefix | null, after: IpPrefix | null): boolean {
  if (before === null || after === null) return before === after;
  return before.v4 === after.v4 && before.v6 === after.v6;
}

function isSameAuth(before: AuthSpec | null, after: AuthSpec | null): boolean {
  if (before === null || after === null) return before === after;
  return (
    isSameList(before.signed, after.signed) &&
    before.hash === after.hash &&
    before.encoding === after.encoding &&
    (before.text ?? 'utf8') === (after.text ?? 'utf8') &&
    before.windowUsMax === after.windowUsMax &&
    before.futureUs === after.futureUs &&
    before.replayCapacity === after.replayCapacity &&
    (before.replayCapacity === null || before.replayPerKey === after.replayPerKey)
  );
}

function isSameList<Item>(before: readonly Item[], after: readonly Item[]): boolean {
  return before.length === after.length && before.every((item, index) => item === after[index]);
}
