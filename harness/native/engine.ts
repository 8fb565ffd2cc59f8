/** Chooses between the two engines; both give the same decisions. */
import { getRandomValues } from 'node:crypto';
import { createGate } from '../core/gate.js';
import type { Gate, GateSpec, HashSecret } from '../core/spec.js';
import { FloodproofError } from '../errors.js';
import { attachGate } from './attach-gate.js';
import { BUILD_COMMAND, loadAddon } from './load.js';
import { createNativeGate, type SharedGate } from './native-gate.js';

/** `auto`: native where it is built, else TypeScript. */
export type EngineChoice = 'auto' | 'native' | 'ts';

export interface Engine {
  readonly engine: Gate['engine'];
  /** One line for people: why TypeScript serves; '' when the native engine does. */
  readonly note: string;
  /**
   * @param hashSecret - decides where keys lie in tables; random, one a thread, when none is given.
   * @throws FP_GATE_INVALID
   */
  createGate(spec: GateSpec, hashSecret?: HashSecret): Gate;
  /**
   * This thread's handle on the gate of this name, one for all threads of the process.
   * @throws FP_GATE_INVALID; FP_GATE_NAME when the gate of this name has another policy; FP_ENGINE_ABSENT in the TypeScript engine, whose tables threads can not share.
   */
  attachGate(name: string, spec: GateSpec, hashSecret?: HashSecret): SharedGate;
}

/** @throws {FloodproofError} FP_ENGINE_ABSENT when the native engine is demanded and can not be loaded. */
export function openEngine(choice: EngineChoice, load: typeof loadAddon = loadAddon): Engine {
  if (choice === 'ts') return tsEngine('TypeScript engine, as asked');
  const { addon, absent } = load();
  if (addon !== undefined) {
    return {
      engine: 'native',
      note: '',
      createGate: (spec, hashSecret = randomSecret()) => createNativeGate(addon, spec, hashSecret),
      attachGate: (name, spec, hashSecret = randomSecret()) => attachGate(addon, name, spec, hashSecret),
    };
  }
  if (choice === 'native') {
    throw new FloodproofError('FP_ENGINE_ABSENT', `the native engine is absent: ${absent}`);
  }
  return tsEngine(`TypeScript engine: ${absent} (${BUILD_COMMAND} brings the native one)`);
}

function tsEngine(note: string): Engine {
  return {
    engine: 'ts',
    note,
    createGate: (spec, hashSecret = randomSecret()) => createGate(spec, hashSecret),
    attachGate: () => {
      throw new FloodproofError('FP_ENGINE_ABSENT', `threads share a gate in the native engine alone: ${note}`);
    },
  };
}

let drawn: HashSecret | undefined;

function randomSecret(): HashSecret {
  if (drawn === undefined) {
    const [k0 = 0, k1 = 0] = getRandomValues(new Uint32Array(2));
    drawn = [k0, k1];
  }
  return drawn;
}
