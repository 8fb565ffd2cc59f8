/** Which keys exist is not to be read from how long a refusal takes: work is counted, since time can not be. */
import fc from 'fast-check';
import { defineCheck, type Stage } from '../check.js';
import type { VerifyRequest } from '../contract.js';
import type { Desk } from '../desk.js';
import { drafts, Pen, starts } from '../drafts.js';
import { encode, macOf, rightMac, sign } from '../signer.js';

/** Names that every object has are among them. */
const unknownIds = ['key-3', 'KEY-1', '__proto__', 'constructor', 'toString', 'k'] as const;

/** MACs that the verifier computed for one refusal. */
async function workOf(desk: Desk, nowUs: number, request: VerifyRequest, what: string): Promise<number> {
  const before = desk.verifier.work?.() ?? 0;
  await desk.wantRefused(nowUs, request, `it is accepted: ${what}`, what);
  return (desk.verifier.work?.() ?? 0) - before;
}

async function compare(stage: Stage, nowUs: number, right: VerifyRequest, unknown: VerifyRequest): Promise<void> {
  await stage.with(async (desk) => {
    const mac = rightMac(stage.claims, 'not the secret', right);
    const wrong = { ...right, signature: encode(stage.claims, mac) };
    const known = await workOf(desk, nowUs, wrong, `a wrong signature of ${right.keyId}`);
    const other = await workOf(desk, nowUs, unknown, `a signature of ${unknown.keyId}, which is no key`);
    if (stage.shows.work && known !== other) {
      desk.fail(`a wrong signature costs ${known} MACs and an unknown key ${other}: the time tells which keys exist`);
    }
  });
}

export const unknownKeyWork = defineCheck({
  name: 'unknown-key-work',
  skip: ({ shows }) => (shows.work ? null : 'the verifier does not tell how many MACs it computes (work)'),
  formula: () => 'an unknown key is refused, at as many MACs as a wrong signature',
  histories: (claims) => fc.record({ startUs: starts(claims), draft: drafts, id: fc.constantFrom(...unknownIds) }),
  play: async (stage, { startUs, draft, id }) => {
    const { claims } = stage;
    const right = new Pen(claims).write(draft, startUs);
    await compare(stage, startUs, right, sign(claims, 'any secret', { ...right, keyId: id }));
    const text = claims.text({ ...right, keyId: id });
    await compare(stage, startUs, right, {
      ...right,
      keyId: id,
      signature: encode(claims, macOf(claims.hash, '', text)),
    });
  },
});
