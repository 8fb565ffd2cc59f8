/** What is asked of the gatekeeper for a request that came another way than one of HTTP, such as over a WebSocket. */
import type { EventEmitter } from 'node:events';
import type { Claim, Malformed } from '../signing/profile.js';
import type { Connection } from './connection-ends.js';
import type { Admission } from './gatekeeper.js';
import type { Told } from './wording.js';

/** Emits `finish` when an answer was handed over: what the request holds of limits in flight is free then. */
export type Answered = Pick<EventEmitter, 'once'>;

export interface Caller {
  /** As `Gatekeeper.clientIpOf` has it. */
  readonly ip: string;
  readonly connection: Connection;
  readonly answered: Answered;
  /**
   * What the request claims to have signed, or the key that its session has proved; '' = none. Looked at where the class
   * must be signed.
   */
  readonly proof: Claim | Malformed | { readonly session: string };
}

export interface Asked {
  /** Its answer is the gate's own, which the next request overwrites. */
  readonly told: Told;
  /** null = refused. */
  readonly admission: Admission | null;
  /** Whether the limit that refused it ends the connection. */
  readonly kills: boolean;
}
