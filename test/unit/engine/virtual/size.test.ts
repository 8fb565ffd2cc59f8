import { describe, expect, it } from 'vitest';
import { assertPlayable, expectedRequests } from '../../../../harness/engine/virtual/size.js';
import { exampleActor, examplePlan } from '../../actors/example-plan.js';

/** Ten arrivals, each a login and now and then (a tenth) another. */
const plan = examplePlan([exampleActor('login')]);

describe('the size of a run in virtual time', () => {
  it('is what its actors are expected to send, less what is cut off', () => {
    expect(expectedRequests(plan, null)).toBeCloseTo(11);
    expect(expectedRequests(plan, 5)).toBeCloseTo(5.5);
    expect(expectedRequests(plan, 100)).toBeCloseTo(11);
  });

  it('is refused above the bound, with the number', () => {
    expect(() => assertPlayable(plan, null, 11)).not.toThrow();
    expect(() => assertPlayable(plan, null, 10)).toThrow(
      expect.objectContaining({ code: 'FP_USAGE', message: expect.stringContaining('11 requests; at most 10') }),
    );
    expect(() => assertPlayable(plan, 5, 10)).not.toThrow();
  });
});
