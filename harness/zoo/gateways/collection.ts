/** The servers as the zoo shows them: each is played in its scene over real sockets, and judged. */
import type { Collection, Creature, RightOne } from '../zoo.js';
import { brokenLimits } from './broken-limits.js';
import { brokenService } from './broken-service.js';
import type { BrokenVenue } from './broken-venue.js';
import { type BuildStand, playScene } from './play-scene.js';
import { rightVenues } from './right-venues.js';
import type { Scene } from './scene.js';

export const brokenVenues: readonly BrokenVenue[] = [...brokenLimits, ...brokenService];

interface Found {
  readonly by: readonly string[];
  readonly ms: number;
  readonly evidence: readonly string[];
}

async function find(scene: Scene, build: BuildStand, seed: number): Promise<Found> {
  const startedMs = performance.now();
  const { broken, evidence } = await playScene(scene, build, seed);
  return { by: broken, evidence, ms: performance.now() - startedMs };
}

const creatures: readonly Creature[] = brokenVenues.map(({ name, defect, scene, build }) => ({
  name,
  kind: 'gateway',
  defect,
  check: async ({ seed }) => {
    const found = await find(scene, build, seed);
    return { caught: found.by.length > 0, ...found };
  },
}));

const rightOnes: readonly RightOne[] = rightVenues.map(({ name, scene, build }) => ({
  name,
  kind: 'gateway',
  check: async ({ seed }) => {
    const found = await find(scene, build, seed);
    return { accused: found.by.length > 0, ...found };
  },
}));

export const gatewayCollection: Collection = {
  kind: 'gateway',
  overHttp: true,
  load: async () => ({ creatures, rightOnes }),
};
