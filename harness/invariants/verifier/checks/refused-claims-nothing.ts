/** Whoever is refused has used up nothing of somebody else's: a forgery can not burn the nonce of the right request. */
import fc from 'fast-check';
import { defineCheck } from '../check.js';
import { drafts, Pen, starts } from '../drafts.js';
import { firstFreshUs } from '../freshness.js';
import { forge } from '../signer.js';

export const refusedClaimsNothing = defineCheck({
  name: 'refused-claims-nothing',
  formula: () => 'a right request is accepted, whatever copies of it were refused before',
  histories: (claims) => fc.record({ startUs: starts(claims), draft: drafts, bit: fc.nat(255) }),
  play: async (stage, { startUs, draft, bit }) => {
    const { claims } = stage;
    const pen = new Pen(claims);
    const right = pen.write(draft, startUs);
    const firstUs = firstFreshUs(claims, right);
    const spoilers = [
      { what: 'a forgery of it', nowUs: startUs, request: forge(claims, pen.holderOf(draft).secret, right, bit) },
      { what: 'a copy with another body', nowUs: startUs, request: { ...right, body: `${right.body} ` } },
      { what: 'a copy without signature', nowUs: startUs, request: { ...right, signature: '' } },
      { what: 'the same while it is from the future', nowUs: firstUs - claims.grainUs, request: right },
    ];
    for (const { what, nowUs, request } of spoilers) {
      await stage.with(async (desk) => {
        // One that is accepted is another promise's matter.
        if (await desk.ask(nowUs, request, what)) return;
        await desk.wantAccepted(startUs, right, `after ${what} was refused, the right request is refused too`);
      });
    }
  },
});
