/** Servers that keep their policies: the venue itself in every scene. */
import { withForgers } from './forgers.js';
import type { BuildStand } from './play-scene.js';
import type { Scene } from './scene.js';
import { addresses, ban, comeBack, expensive, flood, forgery, replays } from './scenes.js';
import { Venue } from './venue.js';
import { WorksLast } from './working-venue.js';

export interface RightVenue {
  readonly name: string;
  readonly scene: Scene;
  readonly build: BuildStand;
}

const venue: BuildStand = (policy, registered) => new Venue(policy, registered);

export const rightVenues: readonly RightVenue[] = [
  ...[flood, ban, addresses, comeBack, replays].map((scene) => ({ name: `venue-${scene.name}`, scene, build: venue })),
  { name: 'venue-forgery', scene: forgery, build: withForgers(venue) },
  { name: 'venue-expensive', scene: expensive, build: (policy, registered) => new WorksLast(policy, registered) },
];
