/** The memory of tables: had in one piece when a gate is made, filled with zeros, and touched only as it is used. */
import { FloodproofError } from '../errors.js';

/** @throws {FloodproofError} FP_GATE_INVALID when the machine does not give as much. */
export function allocate(byteLength: number, owner: string): ArrayBuffer {
  try {
    return new ArrayBuffer(byteLength);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new FloodproofError('FP_GATE_INVALID', `${owner} needs ${byteLength} bytes, more than can be had here`, {
      hint: 'write smaller numbers for maxKeys or replayCapacity, or give the process more memory',
      cause,
    });
  }
}
