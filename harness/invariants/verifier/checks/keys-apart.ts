/** Callers do not get into each other's way: not by a nonce that both have chosen, and not by asking often. */
import fc from 'fast-check';
import { defineCheck } from '../check.js';
import { drafts, holders, Pen, starts } from '../drafts.js';
import { sign } from '../signer.js';

/** A larger share takes too long to use up. */
const SHARE_MAX = 2_000;

export const keysApart = defineCheck({
  name: 'keys-apart',
  formula: ({ replayPerKey }) =>
    replayPerKey === null
      ? 'a nonce that one key has used is free for every other'
      : `a nonce that one key has used is free for every other, and so is all memory beyond its ${replayPerKey} signatures`,
  runsMax: ({ replayPerKey }) => (replayPerKey === null ? 1_000 : Math.ceil(10_000 / replayPerKey)),
  histories: (claims) => fc.record({ startUs: starts(claims), draft: drafts }),
  play: async (stage, { startUs, draft }) => {
    const { claims } = stage;
    const pen = new Pen(claims);
    const one = { ...draft, scope: 0 };
    if (claims.replayCapacity === null || claims.replayCapacity >= holders.length) {
      await stage.with(async (desk) => {
        const first = pen.plain(one, startUs);
        for (const { keyId, secret, account } of holders) {
          const request = sign(claims, secret, { ...first, keyId, account });
          await desk.wantAccepted(startUs, request, `the nonce that another key has used is refused to ${keyId}`);
        }
      });
    }
    const { replayPerKey, replayCapacity } = claims;
    if (replayPerKey === null || replayPerKey > SHARE_MAX || replayPerKey >= (replayCapacity ?? replayPerKey)) return;
    await stage.with(async (desk) => {
      let accepted = 0;
      for (let index = 0; index <= replayPerKey; index++) {
        const request = pen.write({ ...one, holder: 0 }, startUs);
        if (await desk.ask(startUs, request, `request ${index + 1} of ${holders[0].keyId}`)) accepted += 1;
      }
      if (accepted > replayPerKey)
        desk.fail(`one key has ${accepted} signatures in memory, and ${replayPerKey} at most are claimed`);
      const other = pen.write({ ...one, holder: 1 }, startUs);
      await desk.wantAccepted(startUs, other, `one key has used up its share, and ${holders[1].keyId} is refused`);
    });
  },
});
