/** Which of an actor's identities an arrival is. */
import type { ActorPlan } from '../../scenario/plan.js';
import type { Random } from '../actor.js';
import type { TracePlace, TraceTimes } from './trace.js';
import { BoundedZipf } from './zipf.js';

export interface WhoParts {
  /** A stream for this actor's choices alone. */
  readonly random: Random;
  /** By index in `Plan.traces`. */
  readonly traces: readonly TraceTimes[];
  /** Where the arrivals' own trace is read when it tells who as well; null = the choice follows a trace of its own. */
  readonly place: TracePlace | null;
}

/** Draws the place of each arrival's identity among the actor's, 0 to `population` - 1, one call an arrival, in their order. */
export function createChoice({ who, population }: ActorPlan, { random, traces, place }: WhoParts): () => number {
  switch (who.choice) {
    case 'uniform':
      return () => random.below(population);
    case 'zipf': {
      const zipf = new BoundedZipf(population, who.exponent);
      return () => zipf.draw(random);
    }
    case 'in-turn': {
      let next = 0;
      return () => {
        const place = next;
        next = place + 1 === population ? 0 : place + 1;
        return place;
      };
    }
    case 'trace': {
      const rows = loadedWho(traces, who.trace);
      if (place !== null) return () => (rows[place.row] as number) % population;
      let next = 0;
      return () => {
        const row = next;
        next = row + 1 === rows.length ? 0 : row + 1;
        return (rows[row] as number) % population;
      };
    }
  }
}

function loadedWho(traces: readonly TraceTimes[], index: number): Uint32Array {
  const rows = traces[index]?.who ?? null;
  if (rows === null) throw new Error(`trace ${index} of the plan was not loaded, or tells nobody apart`);
  return rows;
}
