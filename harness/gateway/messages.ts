/**
 * What the gateway's process and its parent tell each other over the IPC channel. The parent sends the accounts in
 * chunks, then `start`; the child answers `ready` or `failed`; after that every `stats` gets its `stats`.
 */
import type { RegisteredAccount } from '../actors/world.js';
import type { ErrorCode, Fault } from '../errors.js';
import type { Policy } from '../scenario/plan.js';
import type { FaceName } from './faces/face.js';
import type { GatewayStats } from './stats.js';

export type ToGateway =
  | { readonly type: 'accounts'; readonly accounts: readonly RegisteredAccount[] }
  | {
      readonly type: 'start';
      readonly policy: Policy;
      readonly engine: 'auto' | 'native' | 'ts';
      readonly host: string;
      readonly port: number;
      readonly face: FaceName | null;
    }
  | { readonly type: 'stats' }
  | { readonly type: 'close' };

export type FromGateway =
  | {
      readonly type: 'ready';
      readonly url: string;
      readonly port: number;
      readonly engine: 'native' | 'ts';
      readonly note: string;
    }
  | {
      readonly type: 'failed';
      /** null: a bug, not an operating error. */
      readonly code: ErrorCode | null;
      readonly message: string;
      readonly hint: string;
      readonly faults: readonly Fault[];
    }
  | { readonly type: 'stats'; readonly stats: GatewayStats };
