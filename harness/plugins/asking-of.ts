/** What an app's own functions say of a request before it is decided. */
import type { Asking } from '../gateway/gatekeeper.js';
import type { AskedRequest, GateOptions } from './gate-options.js';

/** A function of the app has thrown, or returned what can't be used, within the gate's own call. */
export class AppFunctionError extends Error {}

/** @throws whatever the functions throw; TypeError for a count that is no whole number. */
export function askingOf(
  { accountOf, elementsOf, ageUsOf }: Pick<GateOptions, 'accountOf' | 'elementsOf' | 'ageUsOf'>,
  asked: AskedRequest,
  { classId, isSigned }: { readonly classId: number; readonly isSigned: boolean },
): Asking {
  const account = isSigned ? undefined : accountOf?.(asked);
  const elements = elementsOf === undefined ? 1 : Math.max(1, elementsOf(asked));
  if (!Number.isInteger(elements)) throw new TypeError(`elementsOf has returned ${elements}, which is no whole number`);
  return {
    classId,
    elements,
    // Those who write JavaScript say null for nobody too.
    ...(account == null ? {} : { account: String(account) }),
    ...(ageUsOf === undefined ? {} : { ageUs: (of, nowUs) => ageUs(() => ageUsOf(asked, of, nowUs)) }),
  };
}

function ageUs(read: () => number): number {
  let age: number;
  try {
    age = read();
  } catch (error) {
    throw new AppFunctionError('ageUsOf has thrown', { cause: error });
  }
  if (Number.isSafeInteger(age) && age >= 0) return age;
  const cause = new TypeError(`ageUsOf has returned ${age}, which is no whole number of microseconds from 0 on`);
  throw new AppFunctionError(cause.message, { cause });
}
