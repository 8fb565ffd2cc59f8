/** How the abusive rows of the behaviour table are played. */
import type { Behaviour } from '../actor.js';
import type { Setting } from '../setting.js';
import { createCredentialStuffing } from './credential-stuffing.js';
import { createForwardedRotation } from './forwarded-rotation.js';
import { createOrderFlood } from './order-flood.js';
import { createReplay } from './replay.js';

export const abuseBehaviours = {
  'credential-stuffing': createCredentialStuffing,
  'password-spraying': createOrderFlood,
  'account-lockout': createOrderFlood,
  'name-probing': createOrderFlood,
  'key-enumeration': createOrderFlood,
  'signature-forgery': createOrderFlood,
  'clock-skew': createOrderFlood,
  'order-flood': createOrderFlood,
  'batch-flood': createOrderFlood,
  'place-cancel': createOrderFlood,
  layering: createOrderFlood,
  'cancel-storm': createOrderFlood,
  'heavy-requests': createOrderFlood,
  scrape: createOrderFlood,
  'unique-callers': createOrderFlood,
  'identity-rotation': createOrderFlood,
  'limit-search': createOrderFlood,
  'phase-probing': createOrderFlood,
  overrun: createOrderFlood,
  replay: createReplay,
  'forwarded-rotation': createForwardedRotation,
} satisfies Record<string, (setting: Setting) => Behaviour>;
