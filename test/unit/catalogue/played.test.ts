/** Every scenario that can be played: right policies pass, weak ones are exposed, and both engines decide alike. */
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../harness/scenario/plan.js';
import { isLong, readCatalogue } from '../../support/catalogue.js';
import { decisionHashes, judgeScenario, unexposed, unkept } from '../../support/catalogue-play.js';

const plans = readCatalogue()
  .plans.filter((plan) => !isLong(plan))
  .map((plan) => [plan.name, plan] as const);

describe.each(plans)('%s', (_, plan: Plan) => {
  it('passes where the target is right', async () => {
    const document = await judgeScenario(plan, { engine: 'native' });
    expect(unkept(document)).toEqual([]);
    expect(document.verdict).toBe('pass');
  });

  it('exposes its weak policy in all that it says', async () => {
    const document = await judgeScenario(plan, { engine: 'native', policy: plan.weak?.policy ?? plan.policy });
    expect(document.verdict).toBe('fail');
    expect(unexposed(plan, document)).toEqual([]);
  });

  it('is decided alike by both engines, and twice', async () => {
    expect((await decisionHashes(plan, null)).size).toBe(1);
  });
});
