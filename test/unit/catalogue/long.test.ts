/** The same as for the others, for scenarios of weeks and of a million callers. */
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../harness/scenario/plan.js';
import { isLong, readCatalogue } from '../../support/catalogue.js';
import { decisionHashes, judgeScenario, unexposed, unkept } from '../../support/catalogue-play.js';

/** So many arrivals show what engines and weak policies do; a right target is judged by all of them. */
const ARRIVALS_MAX = 150_000;
const LONG_MS = 600_000;

const plans = readCatalogue()
  .plans.filter(isLong)
  .map((plan) => [plan.name, plan] as const);

it('are three', () => {
  expect(plans.map(([name]) => name).sort()).toEqual(['counter-exhaustion', 'hot-keys', 'slow-stuffing']);
});

describe.each(plans)('%s', (_, plan: Plan) => {
  it(
    'passes where the target is right',
    async () => {
      const document = await judgeScenario(plan, { engine: 'native' });
      expect(unkept(document)).toEqual([]);
      expect(document.verdict).toBe('pass');
    },
    LONG_MS,
  );

  it(
    'exposes its weak policy in all that it says',
    async () => {
      const policy = plan.weak?.policy ?? plan.policy;
      const document = await judgeScenario(plan, { engine: 'native', policy, arrivalsMax: ARRIVALS_MAX });
      expect(document.verdict).toBe('fail');
      expect(unexposed(plan, document)).toEqual([]);
    },
    LONG_MS,
  );

  it(
    'is decided alike by both engines, and twice',
    async () => {
      expect((await decisionHashes(plan, ARRIVALS_MAX)).size).toBe(1);
    },
    LONG_MS,
  );
});
