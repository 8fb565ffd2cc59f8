/** A signature is all of its bytes in the spelling of the contract, and nothing near it. */
import fc from 'fast-check';
import { defineCheck } from '../check.js';
import { drafts, Pen, starts } from '../drafts.js';
import { forge, otherCase, respellings, wrongSignatures } from '../signer.js';

export const signatureForm = defineCheck({
  name: 'signature-form',
  formula: ({ hash, encoding }) => `of HMAC-${hash} every byte is compared, and it is written in ${encoding} only`,
  histories: (claims) => fc.record({ startUs: starts(claims), draft: drafts, bit: fc.nat(511) }),
  play: async (stage, { startUs, draft, bit }) => {
    const { claims } = stage;
    const pen = new Pen(claims);
    const right = pen.write(draft, startUs);
    const { secret } = pen.holderOf(draft);
    const wrong = wrongSignatures(claims, secret, right);
    wrong.push({ what: `it with bit ${bit} turned over`, signature: forge(claims, secret, right, bit).signature });
    if (claims.spelling === 'one') wrong.push(...respellings(claims, right.signature));
    for (const { what, signature } of wrong) {
      const broken = `instead of the right signature it takes ${what}`;
      await stage.with((desk) => desk.wantRefused(startUs, { ...right, signature }, broken, `instead of it ${what}`));
    }
    const cased = { ...right, signature: otherCase(claims, right.signature) };
    if (cased.signature === right.signature) return;
    const broken = 'hex is claimed in either case, and upper case is refused';
    await stage.with((desk) => desk.wantAccepted(startUs, cased, broken, 'a right signature in upper case'));
  },
});
