/** The series of a run that is over, from its rows: as saved, and as made again from an older folder. */
import type { KnownWorld } from '../judge/judged-world.js';
import type { ObservationSource } from '../judge/observation.js';
import type { Leak } from '../judge/verdict.js';
import { type Plan, planEndUs } from '../scenario/plan.js';
import type { GeneratorSecond, SeriesDocument } from './series.js';
import { SeriesBuilder } from './series-builder.js';

/**
 * @param record - of the run; the plan that it was judged by.
 * @param leaks - of its verdict.
 * @param reachedUs - run time at which it ended; the end of the plan when left out.
 */
export function seriesOf(
  { plan, seed }: { readonly plan: Plan; readonly seed: number },
  world: KnownWorld,
  observations: ObservationSource,
  leaks: readonly Leak[],
  generator: readonly GeneratorSecond[],
  reachedUs = planEndUs(plan),
): SeriesDocument {
  const builder = new SeriesBuilder({ plan, seed, world, hasBounds: true, leaks });
  for (const batch of observations()) builder.add(batch);
  return builder.document(0, { reachedUs, generator });
}
