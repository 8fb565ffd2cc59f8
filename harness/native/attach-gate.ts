/** One gate for all threads of a process, by name. */
import type { Gate, GateSpec, HashSecret } from '../core/spec.js';
import type { Addon } from './load.js';
import { NativeGate } from './native-gate.js';

/**
 * This thread's handle on the gate of this name, which is made when no thread holds one. Its decisions over all threads
 * are exact, as if one thread had made all calls one after the other. Keys are the gate's, whichever thread adds them.
 * The gate lives as long as one of its handles.
 *
 * The first one's hash secret and `originUs` hold: neither is part of what the policy promises.
 * @throws {FloodproofError} FP_GATE_INVALID with every fault of the spec; FP_GATE_NAME when the gate of this name has another one.
 */
export function attachGate(addon: Addon, name: string, spec: GateSpec, hashSecret: HashSecret): Gate {
  return new NativeGate(addon, spec, hashSecret, name);
}
