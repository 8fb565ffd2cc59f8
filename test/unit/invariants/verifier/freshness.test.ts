/** The edges of freshness are those of the definition, for every grain; and honest requests lie between them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { durationWords } from '../../../../harness/invariants/duration-words.js';
import { completeClaims } from '../../../../harness/invariants/verifier/claims.js';
import { drafts, Pen, starts } from '../../../../harness/invariants/verifier/drafts.js';
import { firstFreshUs, lastFreshUs, lifeUs } from '../../../../harness/invariants/verifier/freshness.js';
import type { UnsignedRequest, VerifierContract } from '../../../../harness/invariants/verifier/index.js';
import { requestText, shown } from '../../../../harness/invariants/verifier/timeline.js';

const text = (request: UnsignedRequest): string => JSON.stringify(request);

/** What `VerifierContract` says of `windowUsMax` and `futureUs`, word for word. */
function isFresh(contract: VerifierContract, request: UnsignedRequest, nowUs: number): boolean {
  const asked = contract.asksWindow !== false && request.windowUs > 0 ? request.windowUs : contract.windowUsMax;
  const life = Math.min(asked, contract.windowUsMax);
  const age = nowUs - request.timestampUs;
  const isStale = contract.staleFrom === 'at' ? age >= life : age > life;
  const isAhead = contract.futureFrom === 'after' ? -age > contract.futureUs : -age >= contract.futureUs;
  return !isStale && !isAhead;
}

describe('the first and the last instant at which a request is fresh', () => {
  const cases = [1, 3, 4].flatMap((grainUs) =>
    (['after', 'at'] as const).flatMap((staleFrom) =>
      (['after', 'at'] as const).map((futureFrom) => ({ grainUs, staleFrom, futureFrom })),
    ),
  );
  test.each(cases)('are those of the definition: grain $grainUs, stale $staleFrom, future $futureFrom', (edges) => {
    for (const windowUsMax of [8, 9, 11]) {
      for (const futureUs of [0, 1, 5]) {
        const contract: VerifierContract = { ...edges, windowUsMax, futureUs, text, timestampGrainUs: 1 };
        const claims = completeClaims(contract);
        for (let timestampUs = 100; timestampUs < 113; timestampUs++) {
          for (const windowUs of [0, 1, 7, 10, 50]) {
            const request = { timestampUs, windowUs } as UnsignedRequest;
            const instants = Array.from({ length: 60 }, (_, index) => (20 + index) * edges.grainUs);
            const fresh = instants.filter((nowUs) => isFresh(contract, request, nowUs));
            if (fresh.length === 0) continue;
            expect([firstFreshUs(claims, request), lastFreshUs(claims, request)]).toEqual([fresh[0], fresh.at(-1)]);
          }
        }
      }
    }
  });

  test('do not depend on a window that nobody can ask for', () => {
    const claims = completeClaims({ windowUsMax: 10_000, futureUs: 0, asksWindow: false });
    expect(lifeUs(claims, 2_000)).toBe(10_000);
    expect(lifeUs(completeClaims({ windowUsMax: 10_000, futureUs: 0 }), 2_000)).toBe(2_000);
  });
});

describe('an honest request', () => {
  const contracts = fc.record({
    windowUsMax: fc.integer({ min: 2_000, max: 20_000 }),
    futureUs: fc.oneof(fc.constant(0), fc.nat(30_000)),
    grainUs: fc.constantFrom(1, 7, 1_000),
    timestampGrainUs: fc.constantFrom(1, 10, 1_000),
    staleFrom: fc.constantFrom('after' as const, 'at' as const),
    futureFrom: fc.constantFrom('after' as const, 'at' as const),
    text: fc.constant(text),
  });
  const written = contracts.chain((contract) => {
    const claims = completeClaims(contract);
    return fc.record({ contract: fc.constant(contract), draft: drafts, nowUs: starts(claims) });
  });

  test('is fresh when it is asked, in whole steps, under every contract', () => {
    fc.assert(
      fc.property(written, ({ contract, draft, nowUs }) => {
        const request = new Pen(completeClaims(contract)).plain(draft, nowUs);
        expect(isFresh(contract, request, nowUs)).toBe(true);
        expect([request.timestampUs % contract.timestampGrainUs, request.windowUs % contract.timestampGrainUs]).toEqual(
          [0, 0],
        );
      }),
      { seed: 5, numRuns: 2_000 },
    );
  });

  test('is written as far ahead of the clock, and as old, as may be', () => {
    const claims = completeClaims({ windowUsMax: 5_000_000, futureUs: 1_000_000 });
    const plain = { holder: 0, method: 'GET', path: '/', query: '', body: '', scope: 0, window: 0, gap: 0 };
    const nowUs = 1_700_000_000_000_000;
    const agesUs = [-100, 0, 50, 100].map((age) => nowUs - new Pen(claims).plain({ ...plain, age }, nowUs).timestampUs);
    expect(agesUs).toEqual([-999_000, 0, 2_499_000, 4_999_000]);
  });

  test('has a nonce that no other one of the same pen has', () => {
    const pen = new Pen(completeClaims({ windowUsMax: 5_000_000, futureUs: 0 }));
    const draft = { holder: 0, method: 'GET', path: '/', query: '', body: '', scope: 0, age: 0, window: 0, gap: 0 };
    const nonces = [1, 2, 3].map(() => pen.plain(draft, 1_700_000_000_000_000).nonce);
    expect(new Set(nonces).size).toBe(3);
  });
});

describe('words for a timeline', () => {
  test.each([
    [0, '0 ms'],
    [1, '1 us'],
    [1_000, '1 ms'],
    [4_999_999, '4999999 us'],
    [5_000_000, '5 s'],
    [90_000_000, '90 s'],
    [120_000_000, '2 min'],
    [86_400_000_000, '1 d'],
    [-3_600_000_000, '-1 h'],
  ])('%d us are %s', (us, words) => {
    expect(durationWords(us)).toBe(words);
  });

  test('hold no control character and no more than a line', () => {
    expect(shown('a\n\0\u00e9')).toBe('"a\\n\\u0000\\u{e9}"');
    expect(shown('x'.repeat(100_000))).toBe(`"${'x'.repeat(59)}... (100002 characters)`);
    expect(shown(undefined)).toBe('undefined');
  });

  test('name of a request what stands in it', () => {
    const request = { method: 'PUT', path: '/a', query: 'b=1', body: 'c', keyId: 'k', nonce: 'n', windowUs: 2_000 };
    const words = requestText({ ...request, timestampUs: 9_000 } as UnsignedRequest, 10_000);
    expect(words).toBe('PUT "/a?b=1", body "c", key "k", nonce "n", timestamp -1 ms, window 2 ms');
    expect(requestText({ ...request, body: '', windowUs: 0, timestampUs: Number.NaN } as UnsignedRequest, 0)).toBe(
      'PUT "/a?b=1", key "k", nonce "n", timestamp NaN',
    );
  });
});
