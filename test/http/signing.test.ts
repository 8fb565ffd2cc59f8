import { createHmac } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { buildWorld } from '../../harness/actors/identities/world.js';
import { launchGateway } from '../../harness/gateway/launch.js';
import { signingHeaders } from '../../harness/signing/hmac-lines.js';
import { describeTwins } from '../twin/engines.js';
import { outcomesOf, playAgainst, SEED, scenarioOf } from './played.js';
import { type ReceivedRequest, startRecordingApi } from './recording-api.js';

const policy = ['auth: { signed: [account, order.place, order.amend, order.cancel] }'];
const traders =
  '{ name: traders, label: legit, population: 20, behaviour: retail-trader, ' +
  'with: { orderShare: 60%, accountShare: 30%, cancelShare: 50%, thinkTime: 50ms }, ' +
  'arrivals: { process: constant, rate: 100/s } }';
const makers =
  '{ name: makers, label: legit, population: 5, behaviour: market-maker, with: { orderLife: 50ms }, ' +
  'arrivals: { process: constant, rate: 20/s } }';
const signers = scenarioOf({ actors: [traders, makers], policy });

async function expectAllAdmitted(gatewayEngine: 'native' | 'ts', engine: 'native' | 'ts'): Promise<void> {
  const gateway = await launchGateway({
    policy: signers.policy,
    engine: gatewayEngine,
    host: '127.0.0.1',
    port: 0,
    registered: buildWorld(signers, SEED).registered,
  });
  onTestFinished(() => gateway.close());
  const { rows } = await playAgainst(gateway.url, signers, { engine, workers: 2 });
  expect(outcomesOf(rows)).toEqual({ admitted: rows.length });
  const { decisions } = await gateway.stats();
  expect(decisions.admitted).toBe(rows.length);
  // Of all kinds: account, place, amend, cancel and the unsigned ticker.
  expect(new Set(rows.map(({ requestClass }) => requestClass)).size).toBe(5);
}

describe('what is signed in TypeScript', () => {
  it('is verified by the gateway in TypeScript', async () => {
    await expectAllAdmitted('ts', 'ts');
  });
});

describeTwins('what is signed by either engine', () => {
  it.each([
    ['native', 'native'],
    ['native', 'ts'],
    ['ts', 'native'],
  ] as const)('is verified: gateway %s, generator %s', async (gatewayEngine, engine) => {
    await expectAllAdmitted(gatewayEngine, engine);
  });
});

const header = ({ headers }: ReceivedRequest, name: string): string => String(headers[name] ?? '');

/** The profile's text as its document states it, written anew. */
function macOf(request: ReceivedRequest, secret: string): string {
  const { timestamp, nonce, keyId, window } = signingHeaders;
  const lines = [timestamp, nonce, keyId, window].map((name) => header(request, name));
  const text = [...lines, request.method, request.path, request.body].join('\n');
  return createHmac('sha256', secret).update(text).digest('hex');
}

describe('a signature', () => {
  it('covers the request as it arrives, the path before the API included', async () => {
    const api = await startRecordingApi();
    const { identities } = await playAgainst(`${api.url}/venue/api`, signers);
    const secrets = new Map(identities.map(({ keyId, secret }) => [keyId, secret]));
    const signed = api.received.filter((request) => header(request, signingHeaders.keyId) !== '');
    expect(signed.length).toBeGreaterThan(100);
    expect(api.received.filter(({ path }) => !path.startsWith('/venue/api/v1/'))).toEqual([]);
    const wrong = signed.filter((request) => {
      const secret = secrets.get(header(request, signingHeaders.keyId)) ?? '';
      return header(request, signingHeaders.signature) !== macOf(request, secret);
    });
    expect(wrong).toEqual([]);
  });

  it('is never made twice', async () => {
    const api = await startRecordingApi();
    await playAgainst(api.url, signers, { workers: 2 });
    const signatures = api.received
      .map((request) => header(request, signingHeaders.signature))
      .filter((text) => text !== '');
    expect(new Set(signatures).size).toBe(signatures.length);
  });
});

describe('a replayed request', () => {
  const replayers =
    '{ name: replayers, label: abuse, population: 3, behaviour: replay, with: { source: traders }, ' +
    'arrivals: { process: constant, rate: 100/s } }';
  const replayed = scenarioOf({ actors: [traders, replayers], policy });

  /** All that a verifier can see of a request, and all that a server acts on. */
  function verified(request: ReceivedRequest): string {
    const signed = Object.values(signingHeaders).map((name) => `${name}: ${header(request, name)}`);
    return [request.method, request.path, ...signed, header(request, 'content-type'), request.body].join('\n');
  }

  it('is the captured one byte for byte, from the address of whoever replays it', async () => {
    const api = await startRecordingApi();
    const { identities } = await playAgainst(api.url, replayed);
    const replayAddresses = new Set(identities.filter(({ actor }) => actor === 1).map(({ ip }) => ip));
    const originals = new Map(
      api.received
        .filter(({ address }) => !replayAddresses.has(address))
        .map((request) => [header(request, signingHeaders.signature), verified(request)]),
    );
    const replays = api.received.filter(({ address }) => replayAddresses.has(address));
    expect(replays.length).toBeGreaterThan(20);
    expect(replays.map(verified)).toEqual(
      replays.map((request) => originals.get(header(request, signingHeaders.signature))),
    );
  });
});
