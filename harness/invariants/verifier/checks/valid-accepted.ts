/** Honest callers get through: whatever they ask, in whatever order, as old as a request may be. */
import fc from 'fast-check';
import { defineCheck } from '../check.js';
import type { Claims } from '../claims.js';
import { drafts, Pen, starts, walk } from '../drafts.js';

const LENGTH_MAX = 12;

/** So many requests of one key are surely remembered. */
function roomFor(claims: Claims): number {
  return Math.min(LENGTH_MAX, claims.replayCapacity ?? LENGTH_MAX, claims.replayPerKey ?? LENGTH_MAX);
}

export const validAccepted = defineCheck({
  name: 'valid-accepted',
  formula: ({ windowUsMax, futureUs }) =>
    `a right signature, no older than min(its window, ${windowUsMax} us) and less than ${futureUs} us ahead, is accepted`,
  histories: (claims) =>
    fc.record({
      startUs: starts(claims),
      list: fc.array(drafts, { minLength: 1, maxLength: roomFor(claims) }),
    }),
  play: (stage, { startUs, list }) =>
    stage.with(async (desk) => {
      const pen = new Pen(stage.claims);
      for (const { draft, nowUs } of walk(stage.claims, startUs, list)) {
        await desk.wantAccepted(nowUs, pen.write(draft, nowUs), 'a right request was refused');
      }
    }),
});
