/** HTTP Message Signatures with Ed25519 (RFC 9421, section 3.3.6), see `http-signature.ts`. */

import { signatureBy, verifies } from '../keys/signature-algorithms.js';
import type { OwnProfile } from '../profile.js';
import { isDigestOf } from './content-digest.js';
import {
  draftSignature,
  httpSignatureCoverage,
  httpSignatureDefaults,
  httpSignatureSlots,
  readSignature,
  signatureHeader,
} from './http-signature.js';

const ALGORITHM = 'ed25519';

export const rfc9421Ed25519: OwnProfile = {
  kind: 'own',
  name: 'rfc9421-ed25519',
  title: 'HTTP Message Signatures (Ed25519)',
  source: 'RFC 9421, RFC 9530',
  secretForm: 'none',
  keyKind: 'ed25519',
  freshness: 'window',
  defaults: httpSignatureDefaults,
  coverage: httpSignatureCoverage,
  slots: httpSignatureSlots,
  sign: (request, stamp, credential) => {
    const { base, headers } = draftSignature(request, stamp, credential.keyId, ALGORITHM);
    const { method, path, body } = request;
    const signature = signatureBy(ALGORITHM, base, credential.privateKey).toString('base64');
    return { method, path, headers: { ...headers, ...signatureHeader(signature) }, body: body === '' ? null : body };
  },
  read: (request) => {
    const read = readSignature(request, ALGORITHM);
    if ('malformed' in read) return read;
    const { keyId, base, signature, freshness, digest } = read;
    const bytes = Buffer.from(signature, 'base64');
    return {
      keyId,
      message: base,
      signature,
      freshness,
      proves: ({ publicKey }) =>
        verifies(ALGORITHM, base, bytes, publicKey) && (digest === null || isDigestOf(digest, request.body)),
      carriedBody: null,
    };
  },
};
