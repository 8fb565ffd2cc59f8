/** What a plan holds where a file says nothing. */
import type { ActorPlan, ClientClock, Plan, VirtualWorld } from './plan.js';

const exactClock: ClientClock = { sigmaUs: 0, strayShare: 0, strayUs: 0, driftShare: 0, driftUsPerMinute: 0 };

export const actorDefaults: Pick<
  ActorPlan,
  'who' | 'identitiesPerAddress' | 'masters' | 'clock' | 'retry' | 'connection' | 'symbolZipf'
> = {
  who: { choice: 'uniform' },
  identitiesPerAddress: 1,
  masters: 0,
  clock: exactClock,
  retry: null,
  connection: 'keep',
  symbolZipf: 0,
};

export const virtualDefaults: VirtualWorld = {
  delayUs: 500,
  jitterUs: 0,
  loss: 0,
  reorderShare: 0,
  reorderUs: 0,
  serverPerSecond: null,
  serverQueueMax: 10_000,
  driftPpm: 0,
  steps: [],
  freezes: [],
  outages: [],
  restarts: [],
};

export const planDefaults: Pick<Plan, 'tags' | 'needs' | 'weak' | 'capacityPerSecond' | 'traces' | 'virtual'> = {
  tags: [],
  needs: [],
  weak: null,
  capacityPerSecond: null,
  traces: [],
  virtual: virtualDefaults,
};
