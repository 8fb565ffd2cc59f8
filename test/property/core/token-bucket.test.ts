/** The token bucket against a reference that is obviously right, in exact rationals. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createGate } from '../../../harness/core/index.js';
import { Answer, HORIZON_US, type TokenBucketNumbers } from '../../../harness/core/spec.js';
import { inexactReason } from '../../../harness/core/token-bucket.js';
import { hashSecret, limit, spec } from '../../unit/core/specs.js';

const SEED = 42;

/** A bucket as one thinks of it: a level that rises by refill / period up to capacity. Cells are counted in 1/period. */
class Reference {
  readonly #numbers: { capacity: bigint; cells: bigint; periodUs: bigint };
  #level: bigint;
  #atUs = 0n;

  constructor({ capacity, refillCells, refillPeriodUs }: TokenBucketNumbers) {
    this.#numbers = { capacity: BigInt(capacity), cells: BigInt(refillCells), periodUs: BigInt(refillPeriodUs) };
    this.#level = this.#numbers.capacity * this.#numbers.periodUs;
  }

  /** [admitted, whole cells left, first instant at which the cost fits (0 when it does), first at which it is full]. */
  decide(nowUs: bigint, cost: bigint): [boolean, bigint, bigint, bigint] {
    const { capacity, cells, periodUs } = this.#numbers;
    const full = capacity * periodUs;
    this.#level += (nowUs - this.#atUs) * cells;
    if (this.#level > full) this.#level = full;
    this.#atUs = nowUs;
    const missing = cost * periodUs - this.#level;
    if (missing <= 0n) this.#level = -missing;
    const retryAtUs = missing <= 0n ? 0n : nowUs + (missing + cells - 1n) / cells;
    return [missing <= 0n, this.#level / periodUs, retryAtUs, nowUs + (full - this.#level + cells - 1n) / cells];
  }
}

const numbers: fc.Arbitrary<TokenBucketNumbers> = fc
  .record({
    family: fc.constant('token-bucket' as const),
    capacity: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 2 ** 31 - 1 })),
    refillCells: fc.oneof(
      fc.constantFrom(1, 7, 28_999),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 29_000 }),
    ),
    refillPeriodUs: fc.oneof(
      fc.constantFrom(1, 1_000_003, 3_000_000, 86_400_000_000),
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 1, max: 2 ** 45 }),
    ),
  })
  .filter((bucket) => inexactReason(bucket) === null);

const gapsUs = fc.oneof(
  fc.integer({ min: 0, max: 3 }),
  fc.integer({ min: 0, max: 3_000_000 }),
  fc.integer({ min: 0, max: 2 * 366 * 86_400_000_000 }),
);
/** A share of the capacity, so that costs of a huge bucket are felt. */
const steps = fc.array(fc.tuple(gapsUs, fc.constantFrom(0, 0.3, 0.5, 1)), { minLength: 1, maxLength: 40 });

test('decides, counts and names times as exact rationals do, over years', () => {
  const property = fc.property(numbers, steps, fc.nat({ max: 1_700_000_000_000_000 }), (bucket, list, originUs) => {
    const costs = [0, 0.3, 0.5, 1].map((share) => Math.max(1, Math.floor(bucket.capacity * share)));
    const gate = createGate(
      spec({ classes: ['0', '0.3', '0.5', '1'], originUs, limits: [limit({ by: [], numbers: bucket, costs })] }),
      hashSecret,
    );
    const reference = new Reference(bucket);
    let nowUs = 0;
    for (const [gapUs, share] of list) {
      nowUs = Math.min(nowUs + gapUs, HORIZON_US);
      const classId = [0, 0.3, 0.5, 1].indexOf(share);
      const decision = gate.limit(originUs + nowUs, classId, '', '', '');
      const retryAtUs = gate.answer[Answer.retryAtUs] ?? 0;
      const seen = [
        decision === 0,
        BigInt(gate.answer[Answer.remaining] ?? -1),
        retryAtUs === 0 ? 0n : BigInt(retryAtUs - originUs),
        BigInt((gate.answer[Answer.resetAtUs] ?? 0) - originUs),
      ];
      expect(seen).toEqual(reference.decide(BigInt(nowUs), BigInt(costs[classId] ?? 0)));
    }
  });
  fc.assert(property, { seed: SEED, numRuns: 2000 });
});
