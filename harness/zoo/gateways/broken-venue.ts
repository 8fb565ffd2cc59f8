/** A server with one defect, and the scene that must convict it. */
import type { BuildStand } from './play-scene.js';
import type { Scene } from './scene.js';

export interface BrokenVenue {
  readonly name: string;
  /** One sentence. */
  readonly defect: string;
  readonly scene: Scene;
  /** What it is convicted of in any case, as the scene words it; there may be more. */
  readonly convictedBy: readonly string[];
  readonly build: BuildStand;
}
