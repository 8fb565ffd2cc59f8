/** All faces by name. */
import type { Face, FaceName } from './face.js';

const faces: Readonly<Partial<Record<FaceName, Face>>> = {};

/** Those that there are, as `--venue` takes them. */
export const faceNames = Object.keys(faces) as readonly FaceName[];

/** @throws {RangeError} for a name without a face. */
export function faceOf(name: FaceName): Face {
  const face = faces[name];
  if (face === undefined) throw new RangeError(`no face ${name}`);
  return face;
}
