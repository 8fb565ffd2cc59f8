/** Fresh from the first grain of the clock to the last, and not one grain more on either side. */
import fc from 'fast-check';
import { durationWords } from '../../duration-words.js';
import { defineCheck } from '../check.js';
import { drafts, Pen, starts } from '../drafts.js';
import { firstFreshUs, lastFreshUs } from '../freshness.js';

export const timestampEdges = defineCheck({
  name: 'timestamp-edges',
  formula: ({ windowUsMax, futureUs, staleFrom, futureFrom }) =>
    `accepted while now - timestamp ${staleFrom === 'after' ? '<=' : '<'} min(window, ${windowUsMax} us) ` +
    `and timestamp - now ${futureFrom === 'at' ? '<' : '<='} ${futureUs} us`,
  histories: (claims) => fc.record({ startUs: starts(claims), draft: drafts, beyond: fc.nat(50) }),
  play: async (stage, { startUs, draft, beyond }) => {
    const { claims } = stage;
    const request = new Pen(claims).write(draft, startUs);
    const firstUs = firstFreshUs(claims, request);
    const lastUs = lastFreshUs(claims, request);
    const gapUs = claims.grainUs * (1 + beyond ** 4);
    const moments = [
      { nowUs: firstUs, isFresh: true },
      { nowUs: lastUs, isFresh: true },
      { nowUs: lastUs + claims.grainUs, isFresh: false },
      { nowUs: lastUs + gapUs, isFresh: false },
      { nowUs: firstUs - claims.grainUs, isFresh: false },
      { nowUs: Math.max(0, firstUs - gapUs), isFresh: false },
    ];
    for (const { nowUs, isFresh } of moments) {
      const ageUs = nowUs - request.timestampUs;
      const age =
        ageUs < 0 ? `${durationWords(-ageUs)} before its timestamp` : `${durationWords(ageUs)} after its timestamp`;
      await stage.with((desk) =>
        isFresh
          ? desk.wantAccepted(nowUs, request, `a fresh request is refused ${age}`)
          : desk.wantRefused(nowUs, request, `a request is accepted ${age}`),
      );
    }
  },
});
