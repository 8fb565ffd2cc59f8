import { describe, expect, it } from 'vitest';
import type { LogMap } from '../../../harness/intake/log-map.js';
import { type Policy, requestClasses } from '../../../harness/scenario/plan.js';
import { judgedLog, secondsText } from '../../support/judged-log.js';
import { aBan, aPolicy, aTokenBucket, SECOND_US } from '../../support/plan-builder.js';

const BASE_US = 1_764_190_000 * SECOND_US;
/** Tickers alone. */
const costs = requestClasses.map((name) => (name === 'ticker' ? 1 : 0));
const bucket = { costs, capacity: 5, refillCells: 5, ipPrefix: { v4: 32, v6: 64 } } as const;
const byIp = aTokenBucket({ ...bucket, name: 'by-ip', by: ['ip'] });
const byAccount = aTokenBucket({ ...bucket, name: 'by-account', by: ['account'], ipPrefix: null });
const logFormat = '$remote_addr $msec $request_time "$request" $status $account $limit';

interface Words {
  readonly ip?: string;
  readonly status?: number;
  readonly account?: string;
  readonly limit?: string;
  readonly request?: string;
}

function line(
  us: number,
  { ip = '192.0.2.1', status = 200, account = '-', limit = '-', request = 'GET /v1/ticker' }: Words = {},
): string {
  return `${ip} ${secondsText(us, 3)} 0.001 "${request} HTTP/1.1" ${status} ${account} ${limit}`;
}

/** A slow trickle that leaves every limit full, and then a throttle. */
function quietThen(last: Words, calm: Words = {}, more: readonly string[] = []): readonly string[] {
  const quiet = Array.from({ length: 30 }, (_, index) => line(BASE_US + index * SECOND_US, calm));
  return [...quiet, ...more, line(BASE_US + 60 * SECOND_US, { status: 429, ...last })];
}

/** How many throttles are wrongful, and how many nobody can tell. */
async function judged(
  policy: Policy,
  lines: readonly string[],
  map: Partial<LogMap> = {},
): Promise<readonly [unknown, boolean | null]> {
  const document = await judgedLog({
    policy,
    lines,
    map: { logFormat, ...map },
    expected: ['all.wrongfulBlocks <= 0'],
  });
  const [wrongful] = document.expectations;
  return [wrongful?.measured ?? null, wrongful?.pass ?? null];
}

const wrongful = [1, false];
const unsure = [0, null];

describe('a throttle in a log', () => {
  const policy = aPolicy([byIp], { resolutionUs: 1000, auth: null });
  const both = aPolicy([byIp, byAccount], { resolutionUs: 1000, auth: null });

  it('is wrongful where all is told and the cells were there', async () => {
    expect(await judged(policy, quietThen({}))).toEqual(wrongful);
    expect(await judged(both, quietThen({ account: 'ann' }, { account: 'ann' }))).toEqual(wrongful);
  });

  it('is unsure where the log does not tell whom a limit counts', async () => {
    const alone = aPolicy([byAccount], { resolutionUs: 1000, auth: null });
    expect(await judged(alone, quietThen({}))).toEqual(unsure);
    expect(await judged(both, quietThen({}))).toEqual(unsure);
    expect(await judged(both, quietThen({ limit: 'by-account' }))).toEqual(unsure);
    // Only some lines tell it: the others may have been the same account's.
    expect(await judged(alone, quietThen({ account: 'ann' }))).toEqual(unsure);
  });

  it('is judged by the limit that it names, if that one is told', async () => {
    expect(await judged(both, quietThen({ limit: 'by-ip' }))).toEqual(wrongful);
    expect(await judged(both, quietThen({ limit: 'by-ip', ip: '-' }))).toEqual(unsure);
  });

  it('is unsure where it names a limit that the policy does not have', async () => {
    expect(await judged(policy, quietThen({ limit: 'cluster-wide' }))).toEqual(unsure);
  });

  it('is unsure where the paths of limits were asked for in ways that have no class', async () => {
    const head = line(BASE_US + 59 * SECOND_US, { request: 'OPTIONS /v1/ticker' });
    expect(await judged(policy, quietThen({}, {}, [head]))).toEqual(unsure);
    const other = line(BASE_US + 59 * SECOND_US, { request: 'OPTIONS /v1/account' });
    expect(await judged(policy, quietThen({}, {}, [other]))).toEqual(wrongful);
  });

  it('is unsure where a limit counts every class and some lines are of none', async () => {
    const all = aPolicy([{ ...byIp, costs: byIp.costs.map(() => 1) }], { resolutionUs: 1000, auth: null });
    expect(await judged(all, quietThen({}))).toEqual(wrongful);
    const other = line(BASE_US + 59 * SECOND_US, { request: 'GET /health' });
    expect(await judged(all, quietThen({}, {}, [other]))).toEqual(unsure);
    expect(await judged(policy, quietThen({}, {}, [other]))).toEqual(wrongful);
  });

  it('may be a ban, where the limit has one and the log calls nothing so', async () => {
    const banning = aPolicy([{ ...byIp, ban: aBan(3, SECOND_US) }], { resolutionUs: 1000, auth: null });
    expect(await judged(banning, quietThen({}))).toEqual(unsure);
    const banned = line(BASE_US + 35 * SECOND_US, { status: 418, ip: '192.0.2.9' });
    expect(await judged(banning, quietThen({}, {}, [banned]))).toEqual(wrongful);
    const beside = aPolicy([{ ...byIp, ban: aBan(3, SECOND_US) }, byAccount], { resolutionUs: 1000, auth: null });
    expect(await judged(beside, quietThen({ limit: 'by-ip' }, {}, [banned]))).toEqual(wrongful);
  });
});

describe('a leak in a log', () => {
  it('is not made of the requests of many whom the log does not tell apart', async () => {
    const policy = aPolicy([byIp], { resolutionUs: 1000, auth: null });
    const flood = (words: Words): readonly string[] =>
      Array.from({ length: 200 }, (_, index) => line(BASE_US + index * 10_000, words));
    const told = await judgedLog({ policy, lines: flood({}), map: { logFormat } });
    expect(told.verdict).toBe('fail');
    const untold = await judgedLog({ policy, lines: flood({ ip: '-' }), map: { logFormat } });
    expect(untold.leaks).toEqual([]);
    expect(untold.verdict).not.toBe('fail');
  });
});
