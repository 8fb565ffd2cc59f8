/** All faces by name. */
import { bybit } from './bybit.js';
import type { Face, FaceName } from './face.js';
import { kucoin } from './kucoin.js';
import { okx } from './okx.js';

const faces: Readonly<Partial<Record<FaceName, Face>>> = { bybit, okx, kucoin };

/** Those that there are, as `--venue` takes them. */
export const faceNames = Object.keys(faces) as readonly FaceName[];

/** @throws {RangeError} for a name without a face. */
export function faceOf(name: FaceName): Face {
  const face = faces[name];
  if (face === undefined) throw new RangeError(`no face ${name}`);
  return face;
}
