/** Whatever a request holds, it is refused by a value: an exception would be the caller's to throw. */
import fc from 'fast-check';
import { defineCheck } from '../check.js';
import type { Claims } from '../claims.js';
import type { VerifyRequest } from '../contract.js';
import { drafts, Pen, starts } from '../drafts.js';
import { shown } from '../timeline.js';

const HUGE = 100_000;

/** Texts that no well-formed request has where they are put. */
const texts: readonly unknown[] = [
  '\0',
  'line\nbreak',
  '\u0130\u{1f98a}',
  '\ud800',
  '__proto__',
  'x'.repeat(HUGE),
  undefined,
  null,
  7,
  {},
  [],
];
const numbers: readonly unknown[] = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  -1,
  -0.5,
  2 ** 53,
  1e300,
  '1700000000000000',
  undefined,
  null,
];

type Field = Exclude<keyof VerifyRequest, 'algorithm'>;

/** What decides by its own, and what the signature covers; all else may be anything. */
function fieldsOf({ accounts, scopes, signed }: Claims): readonly Field[] {
  const fields: Field[] = ['keyId', 'signature', ...signed];
  if (accounts) fields.push('account');
  if (scopes) fields.push('scope');
  return fields;
}

export const badInputRefused = defineCheck({
  name: 'bad-input-refused',
  formula: () => 'a request with a field of any form is answered by a refusal, and disturbs no other request',
  // Each run tries every value in every field.
  runsMax: () => 5,
  histories: (claims) => fc.record({ startUs: starts(claims), draft: drafts }),
  play: async (stage, { startUs, draft }) => {
    const { claims } = stage;
    const right = new Pen(claims).write(draft, startUs);
    for (const field of fieldsOf(claims)) {
      for (const bad of field === 'timestampUs' || field === 'windowUs' ? numbers : texts) {
        const said = `a request with ${field} ${shown(bad)}`;
        await stage.with(async (desk) => {
          await desk.wantRefused(startUs, { ...right, [field]: bad } as VerifyRequest, `${said} is accepted`, said);
          await desk.wantAccepted(startUs, right, `after ${said}, the right request is refused`);
        });
      }
    }
  },
});
