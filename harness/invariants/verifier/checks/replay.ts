/** One signature is accepted once, until the last instant at which it could be accepted again. */
import fc from 'fast-check';
import { defineCheck, type Stage } from '../check.js';
import type { Claims } from '../claims.js';
import type { VerifyRequest } from '../contract.js';
import { type Draft, drafts, Pen, starts } from '../drafts.js';
import { floorTo, lastFreshUs } from '../freshness.js';
import { otherCase, respellings } from '../signer.js';

export function skipWithoutReplay({ claims }: Stage): string | null {
  return claims.replay === 'refuse' ? null : 'the contract allows replays';
}

/** So many others stand between a request and its replay at most; all of them must find room in the memory. */
function othersMax(claims: Claims): number {
  return Math.min(20, (claims.replayCapacity ?? 21) - 1, (claims.replayPerKey ?? 21) - 1);
}

/** Instants from `nowUs` to the last fresh one, in order, and one beyond it. */
function instants(claims: Claims, request: VerifyRequest, nowUs: number, parts: readonly number[]): readonly number[] {
  const lastUs = lastFreshUs(claims, request);
  const within = parts.map((part) => nowUs + floorTo(((lastUs - nowUs) / 100) * part, claims.grainUs));
  return [...within.sort((a, b) => a - b), lastUs, lastUs + claims.grainUs];
}

interface ReplayHistory {
  readonly startUs: number;
  readonly draft: Draft;
  readonly parts: readonly number[];
  readonly others: readonly Draft[];
}

export const replayRefused = defineCheck<ReplayHistory>({
  name: 'replay-refused',
  skip: skipWithoutReplay,
  formula: () => 'of all requests with one signature, however it is spelled, at most 1 is accepted',
  histories: (claims) =>
    fc.record({
      startUs: starts(claims),
      draft: drafts,
      parts: fc.array(fc.nat(100), { maxLength: 3 }),
      others: fc.array(drafts, { maxLength: othersMax(claims) }),
    }),
  play: (stage, { startUs, draft, parts, others }) =>
    stage.with(async (desk) => {
      const { claims } = stage;
      const pen = new Pen(claims);
      const request = pen.write(draft, startUs);
      if (!(await desk.ask(startUs, request))) return;
      for (const other of others) await desk.ask(startUs, pen.write(other, startUs));
      const broken = 'a signature that was accepted is accepted again';
      for (const nowUs of instants(claims, request, startUs, parts)) {
        await desk.wantRefused(nowUs, request, broken, 'the first request again');
        const signature = otherCase(claims, request.signature);
        await desk.wantRefused(nowUs, { ...request, signature }, broken, 'it again, spelled in the other case');
      }
    }),
});

/** Spellings are tried each on its own, at the very instant of the acceptance. */
export const respelledRefused = defineCheck({
  name: 'replay-respelled',
  skip: skipWithoutReplay,
  formula: () => 'a signature that was accepted is refused in every other spelling',
  histories: (claims) => fc.record({ startUs: starts(claims), draft: drafts }),
  play: async (stage, { startUs, draft }) => {
    const request = new Pen(stage.claims).write(draft, startUs);
    for (const { what, signature } of respellings(stage.claims, request.signature)) {
      await stage.with(async (desk) => {
        if (!(await desk.ask(startUs, request))) return;
        const broken = `a signature that was accepted is accepted again, as ${what}`;
        await desk.wantRefused(startUs, { ...request, signature }, broken, `the first request again, with ${what}`);
      });
    }
  },
});

export const replayRace = defineCheck({
  name: 'replay-race',
  skip: skipWithoutReplay,
  formula: () => 'of several copies of a request that are asked at once, at most 1 is accepted',
  histories: (claims) => fc.record({ startUs: starts(claims), draft: drafts, copies: fc.integer({ min: 2, max: 5 }) }),
  play: (stage, { startUs, draft, copies }) =>
    stage.with(async (desk) => {
      const request = new Pen(stage.claims).write(draft, startUs);
      const answers = await Promise.all(Array.from({ length: copies }, () => desk.ask(startUs, request)));
      const accepted = answers.filter((answer) => answer).length;
      if (accepted > 1) desk.fail(`${accepted} of ${copies} copies that were asked at once are accepted`);
    }),
});

export const clockBack = defineCheck({
  name: 'clock-back',
  skip: (stage) =>
    skipWithoutReplay(stage) ??
    (stage.claims.clockBack === 'undefined' ? 'the contract promises nothing of a clock that is set back' : null),
  formula: () => 'a clock that went on beyond a signature and is set back reopens nothing',
  histories: (claims) => fc.record({ startUs: starts(claims), draft: drafts, other: drafts, jump: fc.nat(300) }),
  play: (stage, { startUs, draft, other, jump }) =>
    stage.with(async (desk) => {
      const { claims } = stage;
      const pen = new Pen(claims);
      const request = pen.write(draft, startUs);
      if (!(await desk.ask(startUs, request))) return;
      const laterUs = lastFreshUs(claims, request) + claims.grainUs * (1 + jump ** 3);
      await desk.ask(laterUs, pen.write(other, laterUs));
      const broken = 'after the clock was set back, a signature that was accepted is accepted again';
      await desk.wantRefused(startUs, request, broken, 'the clock is set back, and the first request comes again');
    }),
});
