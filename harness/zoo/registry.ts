/** Every collection of the zoo, in the order in which they are shown. */
import type { Collection } from './zoo.js';

export const collections: readonly Collection[] = [];
