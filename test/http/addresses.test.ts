import { describe, expect, it } from 'vitest';
import { playAgainst, scenarioOf } from './played.js';
import { type ReceivedRequest, startRecordingApi } from './recording-api.js';

const members = scenarioOf({
  actors: [
    '{ name: members, label: legit, population: 12, behaviour: login, arrivals: { process: constant, rate: 120/s } }',
  ],
});
const rotation = scenarioOf({
  actors: [
    '{ name: rotator, label: abuse, behaviour: forwarded-rotation, arrivals: { process: constant, rate: 100/s } }',
  ],
  expect: ['abuse.errorRate <= 0%'],
});

function userOf({ body }: ReceivedRequest): string {
  return (JSON.parse(body) as { readonly username: string }).username;
}

/** The addresses that each of some senders came from. */
function addressesBy(
  received: readonly ReceivedRequest[],
  sender: (request: ReceivedRequest) => string,
  address: (request: ReceivedRequest) => string,
): Map<string, Set<string>> {
  const addresses = new Map<string, Set<string>>();
  for (const request of received) {
    const known = addresses.get(sender(request)) ?? new Set();
    addresses.set(sender(request), known.add(address(request)));
  }
  return addresses;
}

function forwardedFor({ headers }: ReceivedRequest): string {
  return String(headers['x-forwarded-for'] ?? '');
}

const lastHop = (request: ReceivedRequest): string => forwardedFor(request).split(', ').at(-1) ?? '';

describe('an identity', () => {
  it('comes from an address of its own, always the same', async () => {
    const api = await startRecordingApi();
    const { identities } = await playAgainst(api.url, members);
    const wanted = new Map(identities.map(({ account, ip }) => [account, new Set([ip])]));
    expect(addressesBy(api.received, userOf, ({ address }) => address)).toEqual(wanted);
    expect(new Set(identities.map(({ ip }) => ip)).size).toBe(12);
    expect(api.received.map(forwardedFor).filter((text) => text !== '')).toEqual([]);
  });

  it('that rotates X-Forwarded-For has one address and never the same header twice', async () => {
    const api = await startRecordingApi();
    const { identities } = await playAgainst(api.url, rotation);
    expect(new Set(api.received.map(({ address }) => address))).toEqual(new Set([identities[0]?.ip]));
    expect(api.received).toHaveLength(100);
    expect(new Set(api.received.map(forwardedFor)).size).toBe(100);
  });
});

describe('where addresses travel as the last hop of X-Forwarded-For', () => {
  it('everybody connects from one address, and the header says who it is', async () => {
    const api = await startRecordingApi();
    const { identities } = await playAgainst(api.url, members, { transport: 'trusted-hop' });
    expect(new Set(api.received.map(({ address }) => address))).toEqual(new Set(['127.0.0.1']));
    const wanted = new Map(identities.map(({ account, ip }) => [account, new Set([ip])]));
    expect(addressesBy(api.received, userOf, forwardedFor)).toEqual(wanted);
  });

  it('what a caller has made up stands before the address that a proxy would have added', async () => {
    const api = await startRecordingApi();
    const { identities } = await playAgainst(api.url, rotation, { transport: 'trusted-hop' });
    expect(new Set(api.received.map(lastHop))).toEqual(new Set([identities[0]?.ip]));
    expect(new Set(api.received.map(forwardedFor)).size).toBe(100);
    expect(api.received.filter((request) => forwardedFor(request) === lastHop(request))).toEqual([]);
  });
});

describe('where the policy trusts proxies', () => {
  it('each adds its entry: the caller stands where the policy looks for it, whatever it has made up', async () => {
    const api = await startRecordingApi();
    const clientIp = { from: 'trusted-hop', hops: 3 } as const;
    const behindProxies = { ...rotation, policy: { ...rotation.policy, clientIp } };
    const { identities } = await playAgainst(api.url, behindProxies);
    const thirdFromTheRight = api.received.map((request) => forwardedFor(request).split(', ').at(-3));
    expect(new Set(thirdFromTheRight)).toEqual(new Set([identities[0]?.ip]));
    expect(new Set(api.received.map(lastHop))).toEqual(new Set(['127.0.0.1']));
    expect(new Set(api.received.map(forwardedFor)).size).toBe(100);
  });
});
