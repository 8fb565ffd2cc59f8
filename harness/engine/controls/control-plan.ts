/**
 * The plans of the two short runs that stand beside a run: the honest actors alone, and everybody at once against a server
 * that answers at once. Both play the part of the run in which most is sent, for a few seconds.
 */
import type { Phase, Plan } from '../../scenario/plan.js';

const WARMUP_US = 1_000_000;
const CONTROL_US_MAX = 8_000_000;

/** @param everybody - false: the honest actors alone. */
export function controlPlan(plan: Plan, everybody: boolean): Plan {
  const { startUs, endUs } = busiest(plan);
  const lengthUs = Math.min(CONTROL_US_MAX, endUs - startUs);
  const fromUs = startUs - WARMUP_US;
  const toUs = startUs + lengthUs;
  const actors = plan.actors
    .filter(({ label }) => everybody || label === 'legit')
    .map((actor) => ({
      ...actor,
      active: actor.active.flatMap((span) => {
        const clipped = { startUs: Math.max(span.startUs, fromUs), endUs: Math.min(span.endUs, toUs) };
        return clipped.startUs < clipped.endUs
          ? [{ startUs: clipped.startUs - fromUs, endUs: clipped.endUs - fromUs }]
          : [];
      }),
    }))
    .filter(({ active }) => active.length > 0);
  return {
    ...plan,
    name: `${plan.name}-${everybody ? 'generator' : 'honest'}-control`,
    warmupUs: WARMUP_US,
    phases: [{ name: 'control', startUs: WARMUP_US, endUs: WARMUP_US + lengthUs }],
    actors,
    expectations: [],
  };
}

/** The first phase in which abuse is active, the first one when there is none. */
function busiest({ phases, actors }: Plan): Phase {
  const spans = actors.flatMap(({ label, active }) => (label === 'abuse' ? active : []));
  const attacked = phases.find(({ startUs, endUs }) =>
    spans.some((span) => span.startUs < endUs && span.endUs > startUs),
  );
  const phase = attacked ?? phases[0];
  if (phase === undefined) throw new Error('a plan has at least one phase');
  return phase;
}
