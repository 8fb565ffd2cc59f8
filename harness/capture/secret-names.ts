/** Which headers, parameters and members of a body hold what nobody else may see. */
import { profileNames } from '../signing/profile-names.js';
import { profileOf } from '../signing/profiles.js';

/** Words under which secrets travel, in any place and any spelling. */
const secretWords =
  /auth|cookie|secret|token|passw|passcode|passphrase|passwd|pwd|signature|^sign$|^sig$|session|credential|jwt|otp|hmac|(?:api|access|private|secret)[-_]?key|^key$|x-amz-security|csrf|xsrf/i;

/** Whole words of a name, wherever they stand in it: `user_pass`, `cardPin`, `login[pass]`. */
const secretParts: ReadonlySet<string> = new Set([
  'pass',
  'pin',
  'pincode',
  'tan',
  'mtan',
  'puk',
  'cvv',
  'cvc',
  'mfa',
  '2fa',
  'tfa',
  'passkey',
  'userpass',
  'loginpass',
]);
/** Codes that are good for one login. */
const oneTimeCode =
  /(?:one[-_]?time|verif\w*|sms|security|backup|recovery|e?mail|phone|confirm\w*|login|access|reset|mfa|[2t]fa)[-_]?code/i;

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
  if (slotNames.has(name.toLowerCase()) || secretWords.test(name) || oneTimeCode.test(name)) return true;
  return partsOf(name).some((part) => secretParts.has(part));
}

/** The words of a name, lower-case and without a number behind them: `newPass2` is `new` and `pass`. */
function partsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .map((part) => part.replace(/\d+$/, ''));
}

const userWords = /^(?:user(?:[-_]?(?:name|id))?|login|email|e-mail|account(?:[-_]?(?:name|id))?)$/i;
const passwordWords = /passw|passcode|passwd|pwd|^pass$/i;

/** What a field of a login holds. */
export function loginFieldOf(name: string): 'account' | 'password' | null {
  if (userWords.test(name)) return 'account';
  return passwordWords.test(name) ? 'password' : null;
}

const loginPath =
  /log-?in|sign-?(?:in|up)|auth|token|session|verif|confirm|otp|mfa|[2t]fa|passw|regist|activat|callback|unlock/i;
const loginCompanion = /^(?:grant_type|client_id|redirect_uri|state|phone|mobile|pin)$|otp|mfa/i;

/**
 * The secret names of one request. `code` alone is one where somebody logs in: elsewhere it may be a currency or a country.
 * @param path - its query says nothing here.
 * @param names - of all parameters and members.
 */
export function secretNamesIn(path: string, names: readonly string[]): (name: string) => boolean {
  const isLogin =
    loginPath.test(path.split('?', 1)[0] as string) ||
    names.some((name) => loginFieldOf(name) !== null || loginCompanion.test(name));
  return (name) => isSecretName(name) || (isLogin && /^code$/i.test(name));
}
