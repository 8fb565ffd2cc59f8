/** The algorithm is the verifier's to choose: no request can talk it into a weaker one, or into none. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { defineCheck } from '../check.js';
import type { Claims } from '../claims.js';
import type { VerifyRequest } from '../contract.js';
import { drafts, Pen, starts } from '../drafts.js';
import { encode, macOf } from '../signer.js';

const hashes = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const;

interface Attempt {
  readonly what: string;
  readonly algorithm: string;
  readonly signature: string;
}

function attempts(claims: Claims, secret: string, right: VerifyRequest): readonly Attempt[] {
  const text = claims.text(right);
  const list: Attempt[] = [
    { what: 'no signature', algorithm: 'none', signature: '' },
    { what: 'no signature', algorithm: '', signature: '' },
    { what: 'no signature', algorithm: 'NONE', signature: '' },
    { what: 'any signature', algorithm: 'none', signature: encode(claims, Buffer.alloc(32)) },
  ];
  const bare = (words: string): string => encode(claims, createHash(claims.hash).update(words, 'utf8').digest());
  for (const algorithm of [claims.algorithm, claims.hash, 'none']) {
    list.push({ what: 'the hash of the text without any key', algorithm, signature: bare(text) });
    list.push({ what: 'the hash of secret and text, no HMAC', algorithm, signature: bare(secret + text) });
  }
  for (const hash of hashes) {
    if (hash === claims.hash) continue;
    const signature = encode(claims, macOf(hash, secret, text));
    for (const algorithm of [claims.algorithm, `hmac-${hash}`, hash]) {
      list.push({ what: `HMAC-${hash}`, algorithm, signature });
    }
  }
  return list;
}

export const otherHashRefused = defineCheck({
  name: 'other-hash-refused',
  formula: ({ hash }) => `nothing but HMAC-${hash} is taken, whatever a request calls it`,
  histories: (claims) => fc.record({ startUs: starts(claims), draft: drafts }),
  play: async (stage, { startUs, draft }) => {
    const pen = new Pen(stage.claims);
    const right = pen.write(draft, startUs);
    for (const { what, algorithm, signature } of attempts(stage.claims, pen.holderOf(draft).secret, right)) {
      const said = `${what}, called ${JSON.stringify(algorithm)}`;
      await stage.with((desk) =>
        desk.wantRefused(startUs, { ...right, algorithm, signature }, `it takes ${said}`, `signed with ${said}`),
      );
    }
  },
});
