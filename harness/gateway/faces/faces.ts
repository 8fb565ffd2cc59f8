/** All faces by name. */
import { binance } from './binance.js';
import type { Face, FaceName } from './face.js';
import { kraken } from './kraken.js';

const faces: Readonly<Partial<Record<FaceName, Face>>> = { binance, kraken };

/** @throws {RangeError} for a name without a face. */
export function faceOf(name: FaceName): Face {
  const face = faces[name];
  if (face === undefined) throw new RangeError(`no face ${name}`);
  return face;
}
