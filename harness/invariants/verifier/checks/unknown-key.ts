/** Which keys exist is not to be read from how long a refusal takes: work is counted, since time can not be. */
import fc from 'fast-check';
import { defineCheck } from '../check.js';
import type { Claims } from '../claims.js';
import type { VerifyRequest } from '../contract.js';
import type { Desk } from '../desk.js';
import { type Draft, drafts, Pen, starts } from '../drafts.js';
import { encode, rightMac, sign } from '../signer.js';

/** Names that every object has are among them. */
const unknownIds = ['key-3', 'KEY-1', '__proto__', 'constructor', 'toString', 'k'] as const;

/** MACs that the verifier computed for one refusal. */
async function workOf(desk: Desk, nowUs: number, request: VerifyRequest, what: string): Promise<number> {
  const before = desk.verifier.work?.() ?? 0;
  await desk.ask(nowUs, request, what);
  return (desk.verifier.work?.() ?? 0) - before;
}

interface UnknownHistory {
  readonly startUs: number;
  readonly draft: Draft;
  readonly id: string;
}

function unknowns(claims: Claims): fc.Arbitrary<UnknownHistory> {
  return fc.record({ startUs: starts(claims), draft: drafts, id: fc.constantFrom(...unknownIds) });
}

/** A right request, and the same under a key that nobody has, signed with what a careless keyring may find for it. */
function requestsOf(claims: Claims, { startUs, draft, id }: UnknownHistory): readonly [VerifyRequest, VerifyRequest[]] {
  const right = new Pen(claims).write(draft, startUs);
  const secrets = ['any secret', '', 'undefined', id];
  return [right, secrets.map((secret) => sign(claims, secret, { ...right, keyId: id }))];
}

export const unknownKeyRefused = defineCheck({
  name: 'unknown-key-refused',
  formula: () => 'a key that was never added opens nothing, whatever it signs with',
  histories: unknowns,
  play: async (stage, history) => {
    const [, unknown] = requestsOf(stage.claims, history);
    for (const request of unknown) {
      const broken = `${history.id} was never added as a key, and is accepted`;
      await stage.with((desk) => desk.wantRefused(history.startUs, request, broken));
    }
  },
});

export const unknownKeyWork = defineCheck({
  name: 'unknown-key-work',
  skip: ({ shows }) => (shows.work ? null : 'the verifier does not tell how many MACs it computes (work)'),
  formula: () => 'refusing an unknown key costs as many MACs as refusing a wrong signature',
  histories: unknowns,
  play: async (stage, history) => {
    const [right, [unknown]] = requestsOf(stage.claims, history);
    const mac = rightMac(stage.claims, 'not the secret', right);
    const wrong = { ...right, signature: encode(stage.claims, mac) };
    await stage.with(async (desk) => {
      const known = await workOf(desk, history.startUs, wrong, `a wrong signature of ${right.keyId}`);
      const other = await workOf(
        desk,
        history.startUs,
        unknown ?? wrong,
        `a signature of ${history.id}, which is no key`,
      );
      if (known < 1) desk.fail(`a wrong signature costs ${known} MACs: what work() tells is not what was done`);
      if (known === other) return;
      desk.fail(`a wrong signature costs ${known} MACs and an unknown key ${other}: the time tells which keys exist`);
    });
  },
});
