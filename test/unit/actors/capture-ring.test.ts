import { describe, expect, it } from 'vitest';
import type { CapturedRequest } from '../../../harness/actors/actor.js';
import { BoundedCaptureRing } from '../../../harness/actors/capture-ring.js';
import { createRandom } from '../../../harness/actors/random.js';

function captured(signature: number): CapturedRequest {
  return {
    method: 'POST',
    path: '/v1/orders',
    headers: { 'x-signature': String(signature) },
    body: null,
    requestClass: 3,
    elements: 1,
    accountIndex: 0,
    keyIndex: 0,
    signature,
  };
}

/** Every signature that many picks come upon, sorted. */
function picked(ring: BoundedCaptureRing, nowUs: number, ageUsMax: number): number[] {
  const random = createRandom(4);
  const seen = new Set<number>();
  for (let i = 0; i < 400; i++) {
    const request = ring.pick(random, nowUs, ageUsMax);
    if (request !== null) seen.add(request.signature);
  }
  return [...seen].sort((a, b) => a - b);
}

describe('BoundedCaptureRing', () => {
  it('has nothing to give before the first capture', () => {
    expect(new BoundedCaptureRing(4).pick(createRandom(1), 0, 1_000)).toBeNull();
  });

  it('gives each capture that is young enough, to the microsecond', () => {
    const ring = new BoundedCaptureRing(10);
    for (const atUs of [100, 200, 300]) ring.push(captured(atUs), atUs);
    expect(picked(ring, 300, 200)).toEqual([100, 200, 300]);
    expect(picked(ring, 300, 199)).toEqual([200, 300]);
    expect(picked(ring, 400, 100)).toEqual([300]);
    expect(picked(ring, 401, 100)).toEqual([]);
  });

  it('forgets the oldest when it is full, and never grows', () => {
    const ring = new BoundedCaptureRing(3);
    for (let atUs = 1; atUs <= 1_000; atUs++) ring.push(captured(atUs), atUs);
    expect(ring.length).toBe(3);
    expect(picked(ring, 1_000, 1_000)).toEqual([998, 999, 1_000]);
    expect(picked(ring, 1_000, 1)).toEqual([999, 1_000]);
  });

  it('judges age rightly when an answer is late to be pushed', () => {
    const ring = new BoundedCaptureRing(4);
    for (const atUs of [10, 50, 30, 20, 60, 40]) ring.push(captured(atUs), atUs);
    // The first to have come were the first to go: 10, then 20, which had moved to the front by then.
    expect(picked(ring, 60, 60)).toEqual([30, 40, 50, 60]);
    expect(picked(ring, 60, 20)).toEqual([40, 50, 60]);
  });

  it('picks each with the same chance', () => {
    const ring = new BoundedCaptureRing(5);
    for (let atUs = 0; atUs < 5; atUs++) ring.push(captured(atUs), atUs);
    const random = createRandom(6);
    const counts = [0, 0, 0, 0, 0];
    for (let i = 0; i < 5_000; i++) {
      const signature = ring.pick(random, 4, 4)?.signature ?? -1;
      counts[signature] = (counts[signature] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(130);
  });

  it.each([0, -1, 1.5, Number.NaN])('can not be made to keep %d', (size) => {
    expect(() => new BoundedCaptureRing(size)).toThrow(RangeError);
  });
});
