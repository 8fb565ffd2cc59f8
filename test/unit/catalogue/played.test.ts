/** Every scenario that can be played: right policies pass, weak ones are exposed, and both engines decide alike. */
import { describe, expect, it } from 'vitest';
import type { ExpectationResult, VerdictDocument } from '../../../harness/judge/verdict.js';
import type { Plan } from '../../../harness/scenario/plan.js';
import { readCatalogue } from '../../support/catalogue.js';
import { judgeScenario, playScenario } from '../../support/catalogue-play.js';

/** Of scenarios with millions of requests, as many arrivals show what engines and weak policies do. */
const ARRIVALS_MAX = 150_000;
const LONG_MS = 600_000;

const plans = readCatalogue().plans.map((plan) => [plan.name, plan] as const);

function told({ text, measured, pass }: ExpectationResult): string {
  return `${text}: ${measured} (${pass})`;
}

/** What did not hold, or could not be told. */
function unkept({ expectations }: VerdictDocument): readonly string[] {
  return expectations.filter(({ pass }) => pass !== true).map(told);
}

function exposed(document: VerdictDocument, subjectMetric: string): boolean {
  return document.expectations.some(({ text, pass }) => text.startsWith(`${subjectMetric} `) && pass === false);
}

describe('a right target', () => {
  it.each(plans)(
    'holds what %s expects of it',
    async (_, plan: Plan) => {
      const document = await judgeScenario(plan, { engine: 'native' });
      expect(unkept(document)).toEqual([]);
      expect(document.verdict).toBe('pass');
    },
    LONG_MS,
  );

  it.each(plans)(
    'decides %s alike on both engines, and twice',
    async (_, plan: Plan) => {
      const native = await playScenario(plan, { engine: 'native', arrivalsMax: ARRIVALS_MAX });
      const again = await playScenario(plan, { engine: 'native', arrivalsMax: ARRIVALS_MAX });
      const ts = await playScenario(plan, { engine: 'ts', arrivalsMax: ARRIVALS_MAX });
      expect([again.decisionHash, ts.decisionHash]).toEqual([native.decisionHash, native.decisionHash]);
    },
    LONG_MS,
  );
});

describe('a weak target', () => {
  it.each(plans)(
    'is exposed by %s in all that the scenario says',
    async (_, plan: Plan) => {
      const document = await judgeScenario(plan, {
        engine: 'native',
        policy: plan.weak?.policy ?? plan.policy,
        arrivalsMax: ARRIVALS_MAX,
      });
      expect(document.verdict).toBe('fail');
      expect(plan.weak?.fails.filter((name) => !exposed(document, name))).toEqual([]);
    },
    LONG_MS,
  );
});
