/** Whose key a request names, for who takes its word for it: the weakness `unsigned-orders`. */
import { type Claim, isMalformed, type Malformed, type Received, type SigningProfile } from '../signing/profile.js';

/** @returns '' when it names none that can be found: in a header or the query of a request whose signature cannot be read. */
export function claimedKeyId(
  profile: Pick<SigningProfile, 'slots'> | null,
  claim: Claim | Malformed,
  { headers, path }: Pick<Received, 'headers' | 'path'>,
): string {
  if (!isMalformed(claim)) return claim.keyId;
  const slot = profile?.slots.keyId;
  if (slot?.place === 'header') {
    const named = headers[slot.name.toLowerCase()];
    return typeof named === 'string' ? named : '';
  }
  if (slot?.place !== 'query') return '';
  const queryAt = path.indexOf('?');
  return queryAt < 0 ? '' : (new URLSearchParams(path.slice(queryAt + 1)).get(slot.name) ?? '');
}
