/** A signature is of one key: another's secret, no secret, or a key id that only looks alike make none. */
import fc from 'fast-check';
import { defineCheck } from '../check.js';
import type { Claims } from '../claims.js';
import type { VerifyRequest } from '../contract.js';
import { drafts, holders, Pen, starts } from '../drafts.js';
import { type Holder, sign } from '../signer.js';

interface Attempt {
  readonly what: string;
  readonly request: VerifyRequest;
}

function attempts(claims: Claims, holder: Holder, right: VerifyRequest): readonly Attempt[] {
  const list: Attempt[] = [];
  for (const other of holders) {
    if (other === holder) continue;
    list.push({ what: `signed with the secret of ${other.keyId}`, request: sign(claims, other.secret, right) });
    list.push({ what: `sent as ${other.keyId} after signing`, request: { ...right, keyId: other.keyId } });
  }
  const guesses = [
    '',
    holder.keyId,
    holder.account,
    holder.secret.slice(0, -1),
    holder.secret.toUpperCase(),
    'undefined',
  ];
  for (const secret of guesses) {
    list.push({ what: `signed with ${JSON.stringify(secret)} for a secret`, request: sign(claims, secret, right) });
  }
  const ids = [holder.keyId.toUpperCase(), `${holder.keyId}.`, holder.keyId.slice(0, -1), `x${holder.keyId}`];
  for (const keyId of ids) {
    if (holders.some((other) => other.keyId === keyId)) continue;
    const request = sign(claims, holder.secret, { ...right, keyId });
    list.push({ what: `sent as ${keyId}, which nobody has, and signed as such`, request });
  }
  return list;
}

export const otherKeyRefused = defineCheck({
  name: 'other-key-refused',
  formula: () => 'a request is accepted under a key id only with a signature by the secret of just this key',
  histories: (claims) => fc.record({ startUs: starts(claims), draft: drafts }),
  play: async (stage, { startUs, draft }) => {
    const pen = new Pen(stage.claims);
    const holder = pen.holderOf(draft);
    for (const { what, request } of attempts(stage.claims, holder, pen.write(draft, startUs))) {
      await stage.with((desk) =>
        desk.wantRefused(startUs, request, `a request of ${holder.keyId} is accepted ${what}`, what),
      );
    }
  },
});
