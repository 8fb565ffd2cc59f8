/** The checks in the order of `verifierInvariantNames`. */
import type { VerifierCheck } from '../check.js';
import { badInputRefused } from './bad-input.js';
import { accountBound, revokedRefused, scopeBound } from './bound-to-key.js';
import { boundaryShiftRefused } from './boundary-shift.js';
import { determinism } from './determinism.js';
import { duplicateParametersRefused } from './duplicate-parameters.js';
import { fullMemoryRefuses } from './full-memory.js';
import { keysApart } from './keys-apart.js';
import { otherHashRefused } from './other-hash.js';
import { otherKeyRefused } from './other-key.js';
import { refusedClaimsNothing } from './refused-claims-nothing.js';
import { clockBack, replayRace, replayRefused, respelledRefused } from './replay.js';
import { signatureForm } from './signature-form.js';
import { tamperingRefused } from './tampering.js';
import { timestampEdges } from './timestamp-edges.js';
import { unknownKeyRefused, unknownKeyWork } from './unknown-key.js';
import { validAccepted } from './valid-accepted.js';

export const verifierChecks: readonly VerifierCheck[] = [
  validAccepted,
  tamperingRefused,
  boundaryShiftRefused,
  duplicateParametersRefused,
  signatureForm,
  otherHashRefused,
  otherKeyRefused,
  unknownKeyRefused,
  unknownKeyWork,
  timestampEdges,
  replayRefused,
  respelledRefused,
  replayRace,
  refusedClaimsNothing,
  fullMemoryRefuses,
  keysApart,
  accountBound,
  scopeBound,
  revokedRefused,
  clockBack,
  badInputRefused,
  determinism,
];
