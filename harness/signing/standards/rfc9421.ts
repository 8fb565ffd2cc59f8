/** HTTP Message Signatures with HMAC-SHA256 (RFC 9421, section 3.3.3), see `http-signature.ts`. */

import { base64OfSha256 } from '../fields/received-fields.js';
import type { HmacProfile } from '../profile.js';
import { isDigestOf } from './content-digest.js';
import {
  draftSignature,
  httpSignatureCoverage,
  httpSignatureDefaults,
  httpSignatureSlots,
  readSignature,
  signatureHeader,
} from './http-signature.js';

const ALGORITHM = 'hmac-sha256';

export const rfc9421: HmacProfile = {
  kind: 'hmac',
  name: 'rfc9421',
  title: 'HTTP Message Signatures (HMAC)',
  source: 'RFC 9421, RFC 9530',
  hash: 'sha256',
  encoding: 'base64',
  text: 'utf8',
  secretForm: 'utf8',
  keyKind: 'secret',
  freshness: 'window',
  defaults: httpSignatureDefaults,
  coverage: httpSignatureCoverage,
  slots: httpSignatureSlots,
  sign: (request, stamp, { keyId }, sign) => {
    const { base, headers } = draftSignature(request, stamp, keyId, ALGORITHM);
    const { method, path, body } = request;
    const sent = { ...headers, ...signatureHeader(sign(keyId, base)) };
    return { method, path, headers: sent, body: body === '' ? null : body };
  },
  read: (request) => {
    const read = readSignature(request, ALGORITHM);
    if ('malformed' in read) return read;
    const { keyId, base, signature, freshness, digest } = read;
    if (!base64OfSha256.test(signature)) return { malformed: 'the signature must be 32 bytes' };
    const proves = digest === null ? null : () => isDigestOf(digest, request.body);
    return { keyId, message: base, signature, freshness, proves, carriedBody: null };
  },
};
