/** How the abusive rows of the behaviour table are played. */
import type { Behaviour } from '../actor.js';
import type { Setting } from '../setting.js';
import { createAccountLockout } from './account-lockout.js';
import { createBatchFlood } from './batch-flood.js';
import { createCancelStorm } from './cancel-storm.js';
import { createClockSkew } from './clock-skew.js';
import { createCredentialStuffing } from './credential-stuffing.js';
import { createForwardedRotation } from './forwarded-rotation.js';
import { createHeavyRequests } from './heavy-requests.js';
import { createIdentityRotation } from './identity-rotation.js';
import { createKeyEnumeration } from './key-enumeration.js';
import { createLayering } from './layering.js';
import { createLimitSearch } from './limit-search.js';
import { createNameProbing } from './name-probing.js';
import { createNonceExhaustion } from './nonce-exhaustion.js';
import { createOrderFlood } from './order-flood.js';
import { createOverrun } from './overrun.js';
import { createPasswordSpraying } from './password-spraying.js';
import { createPhaseProbing } from './phase-probing.js';
import { createPlaceCancel } from './place-cancel.js';
import { createReplay } from './replay.js';
import { createScrape } from './scrape.js';
import { createSignatureForgery } from './signature-forgery.js';
import { createUniqueCallers } from './unique-callers.js';

export const abuseBehaviours = {
  'credential-stuffing': createCredentialStuffing,
  'password-spraying': createPasswordSpraying,
  'account-lockout': createAccountLockout,
  'name-probing': createNameProbing,
  'key-enumeration': createKeyEnumeration,
  'signature-forgery': createSignatureForgery,
  'clock-skew': createClockSkew,
  'order-flood': createOrderFlood,
  'batch-flood': createBatchFlood,
  'place-cancel': createPlaceCancel,
  layering: createLayering,
  'cancel-storm': createCancelStorm,
  'heavy-requests': createHeavyRequests,
  scrape: createScrape,
  'unique-callers': createUniqueCallers,
  'identity-rotation': createIdentityRotation,
  'limit-search': createLimitSearch,
  'phase-probing': createPhaseProbing,
  overrun: createOverrun,
  replay: createReplay,
  'forwarded-rotation': createForwardedRotation,
  'nonce-exhaustion': createNonceExhaustion,
} satisfies Record<string, (setting: Setting) => Behaviour>;
