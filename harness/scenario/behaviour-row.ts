/** What a row of the table of behaviours says. */
import type { Label, RequestClass } from './plan.js';

interface ParamBase {
  /** One clause: what the number decides. */
  readonly means: string;
}
/** Written `10%` or `0.1`, kept as a ratio. */
export interface RatioParam extends ParamBase {
  readonly kind: 'ratio';
  readonly min: number;
  readonly max: number;
  readonly preset: number;
}
export interface CountParam extends ParamBase {
  readonly kind: 'count';
  readonly min: number;
  readonly max: number;
  readonly preset: number;
}
/** Written `200ms` under the name without `Us`, kept as whole microseconds under the name with it. */
export interface DurationParam extends ParamBase {
  readonly kind: 'duration';
  readonly minUs: number;
  readonly maxUs: number;
  readonly preset: number;
}
/** The name of another actor; has no default. */
export interface ActorParam extends ParamBase {
  readonly kind: 'actor';
}
export interface ChoiceParam extends ParamBase {
  readonly kind: 'choice';
  readonly choices: readonly string[];
  readonly preset: string;
}
export type ParamRow = RatioParam | CountParam | DurationParam | ActorParam | ChoiceParam;

export interface BehaviourRow {
  /** What such an actor usually is; a file that says otherwise is believed. */
  readonly label: Label;
  readonly does: string;
  /** The classes that it may send, signed or not as the policy has it. */
  readonly classes: readonly RequestClass[];
  /**
   * Who the identities are. `free`: as many as the file says. `one`: always one. `ips`: one for each of the parameter
   * `ips`, so the file gives no population of its own.
   */
  readonly population: 'free' | 'one' | 'ips';
  /** By the name that the plan uses: durations end in `Us`. */
  readonly params: Readonly<Record<string, ParamRow>>;
}

export function ratio(preset: number, means: string): RatioParam {
  return { kind: 'ratio', min: 0, max: 1, preset, means };
}
export function count(preset: number, min: number, max: number, means: string): CountParam {
  return { kind: 'count', min, max, preset, means };
}
export function duration(preset: number, minUs: number, maxUs: number, means: string): DurationParam {
  return { kind: 'duration', minUs, maxUs, preset, means };
}
