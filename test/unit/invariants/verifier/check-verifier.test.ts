/** What the kit makes of contracts that contradict themselves, of verifiers that misbehave, and of what it finds. */
import { describe, expect, test } from 'vitest';
import { FloodproofError } from '../../../../harness/errors.js';
import {
  assertVerifier,
  checkVerifier,
  coreVerifierAdapter,
  coreVerifierContract,
  type Verified,
  type VerifierAdapter,
  type VerifierContract,
  type VerifyRequest,
} from '../../../../harness/invariants/verifier/index.js';
import { brokenVerifiers } from '../../../../harness/zoo/verifiers/all.js';
import { nonceMemoryContract } from '../../../../harness/zoo/verifiers/contracts.js';
import { NonceMemory } from '../../../../harness/zoo/verifiers/right/nonce-memory.js';

const SEED = 99;

/** The reference with another answer in the place of its own. */
function answering(answer: (nowUs: number, request: VerifyRequest) => unknown): VerifierAdapter {
  return {
    name: 'odd',
    create: () =>
      new (class extends NonceMemory {
        override verify(nowUs: number, request: VerifyRequest): Verified | Promise<Verified> {
          return answer(nowUs, request) as Verified;
        }
      })(),
  };
}

async function faultsOf(contract: VerifierContract): Promise<readonly string[]> {
  const error = await checkVerifier(
    answering(() => 'refused'),
    contract,
  ).catch((reason: unknown) => reason);
  if (!(error instanceof FloodproofError)) throw new Error('the contract was taken');
  expect(error.code).toBe('FP_CONTRACT_INVALID');
  return error.faults.map(({ message }) => message);
}

describe('a contract', () => {
  test('is refused with all of its faults at once', async () => {
    const faults = await faultsOf({
      windowUsMax: 0,
      futureUs: -1,
      grainUs: 0.5,
      hash: 'md5' as 'sha256',
      replay: 'allow',
      replayCapacity: 10,
    });
    expect(faults).toEqual([
      'hash must be one of sha256, sha384, sha512, got md5',
      'windowUsMax must be a whole number from 1 to 316224000000000, got 0',
      'futureUs must be a whole number from 0 to 316224000000000, got -1',
      'grainUs must be a whole number from 1 to 1000000, got 0.5',
      'windowUsMax of 0 is below two grains of 1000: no timestamp is surely fresh',
      'replays are allowed, and yet signatures are remembered',
    ]);
  });

  const base = { windowUsMax: 5_000_000, futureUs: 0 };
  test.each([
    { contract: { ...base, windowUsMax: 1999 }, fault: /below two grains/, because: 'a window of one timestamp' },
    {
      contract: { ...base, timestampGrainUs: 1 },
      fault: /whole milliseconds/,
      because: 'finer than the profile writes',
    },
    {
      contract: { ...base, replayCapacity: 2, replayPerKey: 3 },
      fault: /above replayCapacity/,
      because: 'a share above the whole',
    },
    {
      contract: { ...base, signed: ['method'] as const },
      fault: /timestamp is not signed/,
      because: 'time is not covered',
    },
    {
      contract: { ...base, asksWindow: false, signed: ['timestampUs', 'windowUs'] as const },
      fault: /make asksWindow|asks for a window/,
      because: 'a window that nobody asks for is signed',
    },
    {
      contract: { ...base, signed: ['timestampUs', 'windowUs', 'host' as 'body'] as const },
      fault: /signed names host/,
      because: 'no such field',
    },
    {
      contract: { ...base, text: 'x' as unknown as () => string },
      fault: /text must be a function/,
      because: 'no text',
    },
  ])('is refused: $because', async ({ contract, fault }) => {
    expect((await faultsOf(contract)).some((message) => fault.test(message))).toBe(true);
  });

  test('with a window of just two grains is taken', async () => {
    const report = await checkVerifier(
      answering(() => 'refused'),
      { ...base, windowUsMax: 2000 },
      { seed: 1, runs: 1 },
    );
    expect(report.failures.map(({ invariant }) => invariant)).toContain('valid-accepted');
  });
});

describe('a verifier that misbehaves', () => {
  const ask = { seed: SEED, runs: 3, invariant: 'valid-accepted' };
  test.each([
    {
      what: 'throws',
      answer: () => {
        throw new Error('out of order');
      },
      message: 'verify threw instead of answering: Error: out of order',
    },
    {
      what: 'rejects',
      answer: async () => {
        throw new Error('out of order');
      },
      message: 'verify threw instead of answering: Error: out of order',
    },
    { what: 'answers a number', answer: () => 1, message: 'verify answered 1, which is neither accepted nor refused' },
    {
      what: 'answers nothing',
      answer: () => undefined,
      message: 'verify answered undefined, which is neither accepted nor refused',
    },
    {
      what: 'answers with a text of its own',
      answer: () => 'ok',
      message: 'verify answered "ok", which is neither accepted nor refused',
    },
    {
      what: 'answers null',
      answer: () => null,
      message: 'verify answered null, which is neither accepted nor refused',
    },
    { what: 'refuses', answer: () => 'refused', message: 'a right request was refused' },
  ])('and $what has broken a promise, and nothing else happens', async ({ answer, message }) => {
    const { failures } = await checkVerifier(answering(answer), nonceMemoryContract, ask);
    expect(failures).toMatchObject([{ invariant: 'valid-accepted', message }]);
    expect(failures[0]?.timeline).toHaveLength(1);
  });

  test('and never answers is not waited for', async () => {
    const { failures } = await checkVerifier(
      answering(() => new Promise(() => undefined)),
      nonceMemoryContract,
      { ...ask, runs: 1 },
    );
    expect(failures[0]?.message).toBe('verify threw instead of answering: Error: no answer within 2 s');
  });

  test('and can not be made, or refuses keys, is told so', async () => {
    const cannot = { name: 'none', create: () => Promise.reject(new Error('no store')) };
    await expect(checkVerifier(cannot, nonceMemoryContract, ask)).rejects.toThrow('no store');
    const keyless = {
      name: 'keyless',
      create: () =>
        Object.assign(new NonceMemory(), {
          addKey: () => {
            throw new Error('no room');
          },
        }),
    };
    const { failures } = await checkVerifier(keyless, nonceMemoryContract, ask);
    expect(failures[0]?.message).toBe('key "key-1" added: Error: no room');
  });
});

describe('what is found', () => {
  const forgetful = brokenVerifiers.find(({ name }) => name === 'nonce-forgotten-at-the-end');
  if (forgetful === undefined) throw new Error('it is not in the zoo');
  const adapter: VerifierAdapter = { name: forgetful.name, create: () => forgetful.create() };

  test('is told with a history of two lines in plain words, and the instants from the first', async () => {
    const report = await checkVerifier(adapter, nonceMemoryContract, { seed: SEED, invariant: 'replay-refused' });
    expect(report).toMatchObject({ verifier: 'nonce-forgotten-at-the-end', pass: false, seed: SEED, skipped: [] });
    const [failure, ...others] = report.failures;
    expect(others).toEqual([]);
    expect(failure?.formula).toBe('of all requests with one signature, however it is spelled, at most 1 is accepted');
    expect(failure?.timeline).toEqual([
      'at 0 ms: GET "/v1/orders", key "key-1", nonce "n1", timestamp 0 ms: accepted',
      'at 5 s: the first request again: accepted',
    ]);
  });

  test('is found again by its path, in one run', async () => {
    const first = await checkVerifier(adapter, nonceMemoryContract, { seed: SEED, invariant: 'replay-refused' });
    const path = first.failures[0]?.path ?? '';
    const again = await checkVerifier(adapter, nonceMemoryContract, { seed: SEED, invariant: 'replay-refused', path });
    expect(again.failures[0]?.timeline).toEqual(first.failures[0]?.timeline);
    expect(again.runs).toBe(1);
    expect(first.failures[0]?.replay).toBe(
      `checkVerifier(adapter, contract, { seed: ${SEED}, invariant: 'replay-refused', path: '${path}' })`,
    );
  });

  test('is thrown as a text by the assertion', async () => {
    const options = { seed: SEED, invariant: 'replay-refused' };
    await expect(assertVerifier(adapter, nonceMemoryContract, options)).rejects.toThrow(
      /^nonce-forgotten-at-the-end: 1 broken promise.*\n\nreplay-refused: a signature that was accepted is accepted again\n {2}promised: /s,
    );
    await expect(
      assertVerifier({ name: 'right', create: () => new NonceMemory() }, nonceMemoryContract, options),
    ).resolves.toBeUndefined();
  });
});

describe('the options', () => {
  const right = coreVerifierAdapter('ts');

  test('name one invariant, and no other is asked', async () => {
    const report = await checkVerifier(right, coreVerifierContract(), {
      seed: 1,
      runs: 7,
      invariant: 'valid-accepted',
    });
    expect(report).toMatchObject({ pass: true, runs: 7, skipped: [] });
    await expect(checkVerifier(right, coreVerifierContract(), { invariant: 'valid' })).rejects.toMatchObject({
      code: 'FP_USAGE',
      hint: expect.stringContaining('valid-accepted, tampering-refused'),
    });
  });

  test('ask for so many requests, and the seed goes on', async () => {
    const options = { seed: 2 ** 31 - 1, runs: 5, invariant: 'valid-accepted' };
    const one = await checkVerifier(right, coreVerifierContract(), options);
    const more = await checkVerifier(right, coreVerifierContract(), { ...options, operations: 4 * one.operations });
    expect(more.operations).toBeGreaterThanOrEqual(4 * one.operations);
    expect(more.runs % 5).toBe(0);
    const short = await checkVerifier(right, coreVerifierContract(), { ...options, operations: 1e9, timeBudgetMs: 0 });
    expect(short.runs).toBe(5);
  });

  test('leave the seed open, and the report tells it', async () => {
    const { seed } = await checkVerifier(right, coreVerifierContract(), { runs: 1, invariant: 'valid-accepted' });
    expect(Number.isInteger(seed) && Math.abs(seed) <= 2 ** 31).toBe(true);
  });

  test('a contract that claims less is asked less, and the report says why', async () => {
    const report = await checkVerifier(
      { name: 'right', create: () => new NonceMemory() },
      {
        ...nonceMemoryContract,
        replay: 'allow',
        replayCapacity: null,
        clockBack: 'undefined',
        accounts: false,
        scopes: false,
      },
      { seed: 1, runs: 1 },
    );
    expect(report.skipped).toEqual([
      { invariant: 'replay-refused', because: 'the contract allows replays' },
      { invariant: 'replay-respelled', because: 'the contract allows replays' },
      { invariant: 'replay-race', because: 'the contract allows replays' },
      { invariant: 'full-memory-refuses', because: 'the contract allows replays' },
      { invariant: 'account-bound', because: 'a request names no account: it acts for that of its key' },
      { invariant: 'scope-bound', because: 'keys have no scopes' },
      { invariant: 'clock-back', because: 'the contract allows replays' },
    ]);
    const big = { ...nonceMemoryContract, replayCapacity: 10_001, clockBack: 'undefined' } as const;
    const { skipped } = await checkVerifier({ name: 'right', create: () => new NonceMemory() }, big, {
      seed: 1,
      runs: 1,
    });
    expect(skipped.map(({ because }) => because)).toEqual([
      'a memory of 10001 signatures is more than is filled in a check: give it 10000 or fewer',
      'the contract promises nothing of a clock that is set back',
    ]);
  });
});
