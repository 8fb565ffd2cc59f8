/** A memory that is full refuses: one that forgets what is still fresh has reopened it. */
import fc from 'fast-check';
import { defineCheck } from '../check.js';
import type { Claims } from '../claims.js';
import type { VerifyRequest } from '../contract.js';
import { drafts, holders, Pen, starts } from '../drafts.js';
import { lastFreshUs } from '../freshness.js';
import { skipWithoutReplay } from './replay.js';

/** A larger memory takes too long to fill. */
const CAPACITY_MAX = 10_000;
/** Requests of all runs together, about: few runs of a large memory, many of a small one. */
const REQUESTS_ABOUT = 20_000;

export const fullMemoryRefuses = defineCheck({
  name: 'full-memory-refuses',
  skip: (stage) => {
    const { replayCapacity } = stage.claims;
    if (replayCapacity === null) return skipWithoutReplay(stage) ?? 'the contract names no replayCapacity';
    if (replayCapacity <= CAPACITY_MAX) return skipWithoutReplay(stage);
    return `a memory of ${replayCapacity} signatures is more than is filled in a check: give it ${CAPACITY_MAX} or fewer`;
  },
  formula: ({ replayCapacity }) =>
    `of more than ${replayCapacity} fresh requests each is accepted at most once, no more than ${replayCapacity} are ` +
    'remembered, and when all are stale right requests are accepted again',
  runsMax: ({ replayCapacity }) => Math.ceil(REQUESTS_ABOUT / (4 * (replayCapacity ?? 1))),
  histories: (claims) => fc.record({ startUs: starts(claims), draft: drafts, more: fc.integer({ min: 1, max: 5 }) }),
  play: (stage, { startUs, draft, more }) =>
    stage.with(async (desk) => {
      const { claims } = stage;
      const capacity = claims.replayCapacity ?? 0;
      const pen = new Pen(claims);
      const accepted: VerifyRequest[] = [];
      for (let index = 0; index < capacity + more; index++) {
        // All of one age, so that all are fresh as long as the first.
        const request = pen.write({ ...draft, holder: index % holders.length, age: 0, window: 0 }, startUs);
        if (await desk.ask(startUs, request, `request ${index + 1}`)) accepted.push(request);
        const size = stage.shows.size ? (desk.verifier.size?.() ?? 0) : 0;
        if (size > capacity) desk.fail(`${size} signatures are remembered, ${capacity} at most are claimed`);
      }
      const lastUs = Math.min(...accepted.map((request) => lastFreshUs(claims, request)));
      for (const [index, request] of accepted.entries()) {
        const broken = `after ${accepted.length} others, an accepted signature is accepted again`;
        await desk.wantRefused(lastUs, request, broken, `accepted request ${index + 1} again`);
      }
      const laterUs = afterAll(claims, startUs);
      const fresh = pen.write({ ...draft, age: 0, window: 0 }, laterUs);
      await desk.wantAccepted(laterUs, fresh, 'all that was remembered is stale, and a right request is refused');
    }),
});

/** Every request that was fresh and not from the future at `startUs` is stale here. */
function afterAll({ windowUsMax, futureUs, grainUs, timestampGrainUs }: Claims, startUs: number): number {
  return Math.ceil((startUs + windowUsMax + futureUs + timestampGrainUs) / grainUs) * grainUs + grainUs;
}
