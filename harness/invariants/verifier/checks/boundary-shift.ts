/** No character can move from one field into the next and keep the signature. */
import fc from 'fast-check';
import { defineCheck } from '../check.js';
import type { VerifyRequest } from '../contract.js';
import { type Draft, drafts, Pen, starts } from '../drafts.js';
import { sign } from '../signer.js';

/** With which texts are put together in the field. */
const joints = ['', '&', '|', ':', ',', ';', '.', '\n', '\0'] as const;

interface Shift {
  readonly signed: Pick<VerifyRequest, 'method' | 'path' | 'query' | 'body'>;
  readonly sent: Pick<VerifyRequest, 'method' | 'path' | 'query' | 'body'>;
}

/** Pairs that are one text when their fields are joined by `joint`. */
function shiftsBy(joint: string, { method, path }: Draft): readonly Shift[] {
  const nothing = { method, path, query: '', body: '' };
  const shifts: Shift[] = [
    {
      signed: { ...nothing, query: 'a=1', body: `b=2${joint}c=3` },
      sent: { ...nothing, query: `a=1${joint}b=2`, body: 'c=3' },
    },
    {
      signed: { ...nothing, query: `a=1${joint}b=2`, body: 'c=3' },
      sent: { ...nothing, query: 'a=1', body: `b=2${joint}c=3` },
    },
    {
      signed: { ...nothing, query: `x${joint}b=2` },
      sent: { ...nothing, path: `${path}${joint}x`, query: 'b=2' },
    },
    {
      signed: { ...nothing, body: `x${joint}y` },
      sent: { ...nothing, path: `${path}${joint}x`, body: 'y' },
    },
  ];
  if (joint === '') {
    shifts.push({
      signed: { ...nothing, query: 'amount=1', body: '0' },
      sent: { ...nothing, query: 'amount=10', body: '' },
    });
    shifts.push({
      signed: nothing,
      sent: { ...nothing, method: method.slice(0, -1), path: `${method.slice(-1)}${path}` },
    });
  }
  return shifts;
}

export const boundaryShiftRefused = defineCheck({
  name: 'boundary-shift-refused',
  formula: () =>
    'a request is refused when characters have moved between method, path, query and body since it was signed',
  // Each run tries every shift at every joint.
  runsMax: () => 20,
  histories: (claims) => fc.record({ startUs: starts(claims), draft: drafts }),
  play: async (stage, { startUs, draft }) => {
    const { claims } = stage;
    const pen = new Pen(claims);
    for (const { signed, sent } of joints.flatMap((joint) => shiftsBy(joint, draft))) {
      // No wire carries these in a request line.
      if (/[\n\0]/.test(signed.path + signed.query)) continue;
      const right = sign(claims, pen.holderOf(draft).secret, { ...pen.plain(draft, startUs), ...signed });
      const moved = { ...right, ...sent };
      await stage.with((desk) =>
        desk.wantRefused(startUs, moved, 'a signature is taken for a request with the same characters in other fields'),
      );
    }
  },
});
