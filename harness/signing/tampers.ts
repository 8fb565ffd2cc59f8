/**
 * Ways to spoil a request after it was signed. None of them may be accepted by a right verifier of the profile
 * `hmac-lines`, except those that change nothing that the signature covers (see `mustAccept`).
 */

/** What is spoiled: the MAC itself, or what it covers. */
export const tamperTable = {
  'bit-flip': { spoils: 'mac', mustAccept: false },
  'truncated-0': { spoils: 'mac', mustAccept: false },
  'truncated-1': { spoils: 'mac', mustAccept: false },
  'truncated-16': { spoils: 'mac', mustAccept: false },
  'truncated-31': { spoils: 'mac', mustAccept: false },
  'hex-case': { spoils: 'mac', mustAccept: true },
  'other-alphabet': { spoils: 'mac', mustAccept: false },
  'other-hash': { spoils: 'mac', mustAccept: false },
  'other-key': { spoils: 'mac', mustAccept: false },
  'alg-none': { spoils: 'mac', mustAccept: false },
  'body-byte': { spoils: 'text', mustAccept: false },
  'body-whitespace': { spoils: 'text', mustAccept: false },
  'body-key-order': { spoils: 'text', mustAccept: false },
  'body-duplicate-key': { spoils: 'text', mustAccept: false },
  'query-duplicate': { spoils: 'text', mustAccept: false },
  'query-order': { spoils: 'text', mustAccept: false },
  'query-added': { spoils: 'text', mustAccept: false },
  'query-plus': { spoils: 'text', mustAccept: false },
  'percent-case': { spoils: 'text', mustAccept: false },
  'trailing-question-mark': { spoils: 'text', mustAccept: false },
  'boundary-shift': { spoils: 'text', mustAccept: false },
  'unicode-form': { spoils: 'text', mustAccept: false },
  'later-stamp': { spoils: 'text', mustAccept: false },
  'wider-window': { spoils: 'text', mustAccept: false },
  'other-nonce': { spoils: 'text', mustAccept: false },
} as const satisfies Record<string, { readonly spoils: 'mac' | 'text'; readonly mustAccept: boolean }>;

export type TamperKind = keyof typeof tamperTable;
