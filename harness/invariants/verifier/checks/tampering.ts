/** What a signature covers can not be changed: one field is, all else stays as it was signed. */
import fc from 'fast-check';
import { defineCheck } from '../check.js';
import type { Claims } from '../claims.js';
import type { SignedField, VerifyRequest } from '../contract.js';
import { drafts, methods, Pen, starts } from '../drafts.js';
import { firstFreshUs, lastFreshUs } from '../freshness.js';
import { shown } from '../timeline.js';

/** Other values of a field, all of which are well-formed. */
function others(request: VerifyRequest, field: SignedField, claims: Claims): VerifyRequest[] {
  const stepUs = claims.timestampGrainUs;
  const texts = (value: string, more: readonly string[]): string[] => [`${value}x`, value.slice(0, -1), ...more];
  switch (field) {
    case 'method':
      return methods.map((method) => ({ ...request, method }));
    case 'path':
      return [`${request.path}x`, `${request.path}/2`, '/v1/withdrawals'].map((path) => ({ ...request, path }));
    case 'query':
      return texts(request.query, ['', 'amount=9', `${request.query}0`]).map((query) => ({ ...request, query }));
    case 'body':
      return texts(request.body, ['', '{}', ` ${request.body}`]).map((body) => ({ ...request, body }));
    case 'nonce':
      return [`${request.nonce}x`, 'n0'].map((nonce) => ({ ...request, nonce }));
    case 'timestampUs':
      return [-1, 1].map((steps) => ({ ...request, timestampUs: request.timestampUs + steps * stepUs }));
    case 'windowUs':
      return [0, request.windowUs + stepUs, claims.windowUsMax]
        .map((us) => us - (us % stepUs))
        .map((windowUs) => ({ ...request, windowUs }));
  }
}

function isFresh(claims: Claims, request: VerifyRequest, nowUs: number): boolean {
  return firstFreshUs(claims, request) <= nowUs && nowUs <= lastFreshUs(claims, request);
}

export const tamperingRefused = defineCheck({
  name: 'tampering-refused',
  formula: ({ signed }) => `a request whose ${signed.join(', ')} is not what was signed is refused`,
  histories: (claims) => fc.record({ startUs: starts(claims), draft: drafts }),
  play: async (stage, { startUs, draft }) => {
    const { claims } = stage;
    const right = new Pen(claims).write(draft, startUs);
    for (const field of claims.signed) {
      for (const tampered of others(right, field, claims)) {
        // A stale one would be refused for that alone.
        if (tampered[field] === right[field] || !isFresh(claims, tampered, startUs)) continue;
        const broken = `${field} was signed as ${shown(right[field])} and is accepted as ${shown(tampered[field])}`;
        await stage.with(async (desk) => {
          // Where nothing is claimed, what was found right may be kept: for this request it is, and for no other.
          if (claims.replay === 'allow') await desk.ask(startUs, right);
          await desk.wantRefused(startUs, tampered, broken);
        });
      }
    }
  },
});
