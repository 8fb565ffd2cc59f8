/** Which headers, parameters and members of a body hold what nobody else may see. */
import { profileNames } from '../signing/profile-names.js';
import { profileOf } from '../signing/profiles.js';

/** Words under which secrets travel, in any place and any spelling. */
const secretWords =
  /auth|cookie|secret|token|passw|passcode|passphrase|passwd|pwd|signature|^sign$|^sig$|session|credential|jwt|otp|hmac|(?:api|access|private|secret)[-_]?key|^key$|x-amz-security|csrf|xsrf/i;

/** Where the profiles put key ids and signatures, whatever they are called. */
const slotNames: ReadonlySet<string> = new Set(
  profileNames.flatMap((name) => {
    const { keyId, signature } = profileOf(name).slots;
    return [keyId, signature].flatMap((slot) => {
      if (slot === undefined) return [];
      return ('header' in slot ? slot.header : slot.name).toLowerCase();
    });
  }),
);

/** @param name - of a header, a parameter of a query or form, or a member of JSON. */
export function isSecretName(name: string): boolean {
  return slotNames.has(name.toLowerCase()) || secretWords.test(name);
}

const userWords = /^(?:user(?:[-_]?(?:name|id))?|login|email|e-mail|account(?:[-_]?(?:name|id))?)$/i;
const passwordWords = /passw|passcode|passwd|pwd|^pass$/i;

/** What a field of a login holds. */
export function loginFieldOf(name: string): 'account' | 'password' | null {
  if (userWords.test(name)) return 'account';
  return passwordWords.test(name) ? 'password' : null;
}
