/** All invariants, in the order in which they are checked. */
import { admissionBound } from './checks/admission-bound.js';
import { neverAboveCapacity } from './checks/never-above-capacity.js';
import { nothingLost } from './checks/nothing-lost.js';
import { retryAfter } from './checks/retry-after.js';
import { invariantNames } from './contract.js';
import type { Invariant } from './invariant.js';

const unordered: readonly Invariant[] = [neverAboveCapacity, admissionBound, nothingLost, retryAfter];

export const invariants: readonly Invariant[] = unordered.toSorted(
  (a, b) => invariantNames.indexOf(a.name) - invariantNames.indexOf(b.name),
);
