import { describe, expect, it } from 'vitest';
import { Decision } from '../../../harness/core/spec.js';
import { compileAuth } from '../../../harness/scenario/compile.js';
import { UsedSignatures } from '../../../harness/venue/used-signatures.js';
import { aPolicy } from '../../support/plan-builder.js';

const { auth } = aPolicy([]);
if (auth === null) throw new Error('the policy signs');
const nowUs = 1_700_000_000_000_000;
const { admitted, replayed } = Decision;

describe('a signature that was used', () => {
  it('was used by its key alone, whatever is looked at in between', () => {
    const used = new UsedSignatures({ auth: compileAuth(auth), spanUs: 6_000_000, hashSecret: [1, 2] });
    const signature = 'ab'.repeat(32);
    const say = (keyId: string): Decision => used.look(keyId, signature, nowUs);
    expect(say('made-up')).toBe(admitted);
    expect(say('ann')).toBe(admitted);
    used.claim(nowUs + 5_000_000);
    expect([say('ann'), say('made-up'), say('bob')]).toEqual([replayed, admitted, admitted]);
    used.claim(nowUs + 5_000_000);
    expect([say('ann'), say('bob'), say('made-up')]).toEqual([replayed, replayed, admitted]);
  });
});
