import { describe, expect, test } from 'vitest';
import {
  type Batch,
  batchContestants,
  batchesOf,
  batchWorkload,
  settle,
} from '../../../../harness/bench/limiters/batch-group.js';
import { assertWholeAgree, wholeRivals } from '../../../../harness/bench/limiters/fused-group.js';
import { limiterPackages, loadPackages } from '../../../../harness/bench/limiters/limiter-rivals.js';
import { type Contestant, timeByTurns } from '../../../../harness/bench/limiters/rounds.js';
import { NATIVE } from '../../../../harness/bench/limiters/row.js';
import { enginesOf } from '../../../../harness/bench/limiters/setting.js';
import { forge } from '../../../../harness/bench/limiters/signed-items.js';
import type { SignedItem } from '../../../../harness/bench/limiters/verifier-rivals.js';
import {
  openGate,
  type WholePath,
  wholePaths,
  wholeRequests,
  wholeSpec,
} from '../../../../harness/bench/limiters/whole-request.js';
import { shuffled } from '../../../../harness/bench/limiters/workload.js';
import { openEngine } from '../../../../harness/native/engine.js';

const ORIGIN_US = 1_700_000_000_000_000;
const auto = openEngine('auto');
const setting = { native: auto.engine === 'native' ? auto : null, ts: openEngine('ts'), originUs: ORIGIN_US };
const requests = wholeRequests(50, ORIGIN_US);
const admitPath = wholePaths[0];
const pace = { rounds: 2, sampleMs: 0.5, singles: 64 };

test('there is a power of two of requests, at least one for each key, and they expire before they come again', () => {
  const { secrets, items, steps } = requests;
  expect([secrets.size, items.length]).toEqual([50, 64]);
  const { auth } = wholeSpec(admitPath, requests, ORIGIN_US);
  expect(items.length * steps.stepUs).toBeGreaterThan(2 * (auth?.windowUsMax ?? 0));
});

describe.each(wholePaths)('whole requests: $path $variant', (path: WholePath) => {
  test('all rivals agree, and stay on this path while time runs', async () => {
    const { rivals: packages } = await loadPackages(limiterPackages);
    const contestants = await wholeRivals(setting, path, requests, packages);
    expect(contestants).toHaveLength(packages.length + (setting.native === null ? 1 : 3));
    await assertWholeAgree(contestants, path, requests, ORIGIN_US);
    const items = path.variant === 'forged' ? requests.items.map(forge) : requests.items;
    const workload = { items, order: shuffled(items.length), isAdmitted: path.isAdmitted, steps: requests.steps };
    // A rival that leaves the path throws.
    const timings = await timeByTurns(contestants, workload, pace);
    expect(timings.map(({ name }) => name)).toEqual(contestants.map(({ name }) => name));
  });
});

describe('the check of whole requests', () => {
  const lenient = (decide: (item: SignedItem, nowUs: number) => boolean): Contestant<SignedItem> => {
    return { name: 'lenient', form: 'value', decide };
  };
  const genuine = new Set(requests.items.map(({ signature }) => signature));

  test.each([
    {
      rival: lenient(() => true),
      finds: 'admits what the others refuse: a request of caller-',
      because: 'all is taken',
    },
    { rival: lenient(() => false), finds: 'refuses what the others admit', because: 'nothing is' },
    {
      rival: lenient(({ signature }) => genuine.has(signature)),
      finds: 'sent again at once',
      because: 'it remembers no signature',
    },
    {
      rival: lenient(({ signature }) => genuine.delete(signature)),
      finds: 'sent again when it was forgotten',
      because: 'it never forgets one',
    },
  ])('finds a planted fault: $because', async ({ rival, finds }) => {
    await expect(assertWholeAgree([rival], admitPath, requests, ORIGIN_US)).rejects.toMatchObject({
      code: 'FP_BENCH_DISAGREES',
      message: expect.stringContaining(finds),
    });
  });
});

describe('batches', () => {
  const size = 16;
  const rows = enginesOf(setting).flatMap(({ name, engine }) =>
    wholePaths
      .filter(({ variant }) => variant !== 'forged')
      .flatMap((path) => [true, false].map((isSigned) => ({ name, engine, path, isSigned }))),
  );

  test.each(rows)(
    'of $name, $path.path, signed $isSigned: all forms decide alike',
    async ({ name, engine, path, isSigned }) => {
      const { stepUs } = requests.steps;
      const race = { path, size, isSigned, stepUs };
      const spec = wholeSpec(path, requests, ORIGIN_US);
      const unsigned = {
        ...spec,
        auth: null,
        limits: spec.limits.map((one) => ({ ...one, by: ['account'] as const })),
      };
      const open = () => openGate(engine, isSigned ? spec : unsigned, isSigned ? requests.secrets : new Map());
      const contestants = batchContestants(name, open, race);
      expect(contestants.map((one) => one.name)).toEqual([
        `${name}, 16 calls`,
        `${name}, a batch of 16`,
        `${name}, a batch of 16, packed on the spot`,
      ]);
      const batches = batchesOf(requests, size, isSigned);
      expect(batches).toHaveLength(4);
      const steps = settle(contestants, batches, requests.steps, race);
      const timings = await timeByTurns(contestants, batchWorkload(batches, steps, race), pace);
      expect(timings).toHaveLength(3);
    },
  );

  test.each([
    { decide: () => true, finds: 'takes again what it has taken', because: 'it remembers no signature' },
    { decide: () => false, finds: 'refuses what is fresh', because: 'it takes nothing' },
  ])('a form is named when $because', ({ decide, finds }) => {
    const wrong: Contestant<Batch> = { name: `${NATIVE}, wrong`, form: 'value', decide };
    const race = { path: admitPath, size, isSigned: true, stepUs: requests.steps.stepUs };
    expect(() => settle([wrong], batchesOf(requests, size, true), requests.steps, race)).toThrow(
      expect.objectContaining({ code: 'FP_BENCH_DISAGREES', message: `${NATIVE}, wrong ${finds}` }),
    );
  });
});
