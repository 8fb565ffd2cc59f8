/** A parameter that comes twice is not the one that was signed, whichever of the two a server acts on. */
import fc from 'fast-check';
import { defineCheck } from '../check.js';
import { drafts, Pen, starts } from '../drafts.js';
import { sign } from '../signer.js';

const SIGNED = 'symbol=BTC-USD&amount=1';
const doubled = [
  `${SIGNED}&amount=1000`,
  `amount=1000&${SIGNED}`,
  'symbol=BTC-USD&amount=1000&amount=1',
  `${SIGNED}&amoun%74=1000`,
  `${SIGNED}&amount[]=1000`,
  `${SIGNED};amount=1000`,
  `${SIGNED}&amount=1`,
  'symbol=BTC-USD',
] as const;

export const duplicateParametersRefused = defineCheck({
  name: 'duplicate-parameters-refused',
  skip: ({ claims }) => (claims.signed.includes('query') ? null : 'the query is not signed'),
  formula: () => `a signature over ?${SIGNED} is taken for no other list of parameters`,
  histories: (claims) => fc.record({ startUs: starts(claims), draft: drafts }),
  play: async (stage, { startUs, draft }) => {
    const { claims } = stage;
    const pen = new Pen(claims);
    const plain = { ...pen.plain(draft, startUs), query: SIGNED };
    const right = sign(claims, pen.holderOf(draft).secret, plain);
    for (const query of doubled) {
      const broken = `?${SIGNED} was signed, and ?${query} is accepted`;
      await stage.with((desk) => desk.wantRefused(startUs, { ...right, query }, broken));
    }
  },
});
