/** Servers that keep their policies: the venue itself, and the embedded gateway. */

import { EmbeddedGateway } from './embedded-gateway.js';
import { credits, queues, windows } from './family-scenes.js';
import { withForgers } from './forgers.js';
import type { BuildStand } from './play-scene.js';
import type { Scene } from './scene.js';
import { addresses, ban, cancels, comeBack, flood, forgery, queue, replays, windowEdge } from './scenes.js';
import { Venue } from './venue.js';

export interface RightVenue {
  readonly name: string;
  readonly scene: Scene;
  readonly build: BuildStand;
}

const venue: BuildStand = (policy, registered) => new Venue(policy, registered);
const embedded: BuildStand = (policy, registered) => new EmbeddedGateway(policy, registered);

/** Between them they use every family of limits; the scenes that use most of them come first. */
export const rightVenues: readonly RightVenue[] = [
  ...[queues, windows, credits, queue, replays].map((scene) => ({
    name: `gateway-${scene.name}`,
    scene,
    build: embedded,
  })),
  ...[flood, ban, addresses, cancels, comeBack, windowEdge].map((scene) => ({
    name: `venue-${scene.name}`,
    scene,
    build: venue,
  })),
  { name: 'venue-forgery', scene: forgery, build: withForgers(venue) },
];
