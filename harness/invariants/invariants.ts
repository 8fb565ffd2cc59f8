/** All invariants, in the order in which they are checked. */
import { admissionBound } from './checks/admission-bound.js';
import { allOrNothing } from './checks/all-or-nothing.js';
import { boundedMemory } from './checks/bounded-memory.js';
import { clockSteps } from './checks/clock-steps.js';
import { concurrency } from './checks/concurrency.js';
import { deniedIsFree } from './checks/denied-is-free.js';
import { determinism } from './checks/determinism.js';
import { isolation } from './checks/isolation.js';
import { longHorizon } from './checks/long-horizon.js';
import { neverAboveCapacity } from './checks/never-above-capacity.js';
import { nothingLost } from './checks/nothing-lost.js';
import { numberEdges } from './checks/number-edges.js';
import { refusesBadCosts } from './checks/refuses-bad-costs.js';
import { remaining } from './checks/remaining.js';
import { retryAfter } from './checks/retry-after.js';
import type { Invariant } from './invariant.js';

export const invariants: readonly Invariant[] = [
  refusesBadCosts,
  neverAboveCapacity,
  admissionBound,
  nothingLost,
  retryAfter,
  remaining,
  deniedIsFree,
  allOrNothing,
  isolation,
  clockSteps,
  numberEdges,
  longHorizon,
  concurrency,
  boundedMemory,
  determinism,
];
