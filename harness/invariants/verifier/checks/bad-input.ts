/** Whatever a request holds, it is refused by a value: an exception would be the caller's to throw. */
import fc from 'fast-check';
import { defineCheck } from '../check.js';
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

/** Account and scope are looked at only where the contract says so. */
function fieldsOf({ accounts, scopes }: { readonly accounts: boolean; readonly scopes: boolean }): Field[] {
  const fields: Field[] = ['keyId', 'signature', 'timestampUs', 'windowUs', 'nonce', 'method', 'path', 'query', 'body'];
  if (accounts) fields.push('account');
  if (scopes) fields.push('scope');
  return fields;
}

export const badInputRefused = defineCheck({
  name: 'bad-input-refused',
  formula: () => 'a request with a field of any form is answered by a refusal, and disturbs no other request',
  histories: (claims) => {
    const always: readonly Field[] = ['keyId', 'signature', 'account', 'scope'];
    // What is not covered by the signature may be anything.
    const fields = fieldsOf(claims).filter(
      (field) => always.includes(field) || (claims.signed as readonly string[]).includes(field),
    );
    return fc.record({
      startUs: starts(claims),
      draft: drafts,
      field: fc.constantFrom(...fields),
      value: fc.nat(1000),
    });
  },
  play: (stage, { startUs, draft, field, value }) =>
    stage.with(async (desk) => {
      const right = new Pen(stage.claims).write(draft, startUs);
      const values = field === 'timestampUs' || field === 'windowUs' ? numbers : texts;
      const bad = values[value % values.length];
      if (Object.is(bad, right[field])) return;
      const said = `a request with ${field} ${shown(bad)}`;
      await desk.wantRefused(startUs, { ...right, [field]: bad } as VerifyRequest, `${said} is accepted`, said);
      await desk.wantAccepted(startUs, right, `after ${said}, the right request is refused`);
    }),
});
