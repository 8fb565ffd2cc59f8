/** Every profile whose keys a trial world can work out, over HTTP to the embedded gateway. */
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Intent } from '../../harness/actors/actor.js';
import * as api from '../../harness/actors/api.js';
import { outcomeNames } from '../../harness/actors/outcome.js';
import { HmacKey } from '../../harness/core/hmac-key.js';
import type { Policy } from '../../harness/scenario/plan.js';
import { readPolicy } from '../../harness/scenario/policy.js';
import { credentialFrom } from '../../harness/signing/keys/credential.js';
import { profileNames } from '../../harness/signing/profile-names.js';
import { profileOf } from '../../harness/signing/profiles.js';
import { senderTo, someone, wish } from './flights.js';
import { startTestGateway } from './gateway-support.js';

const playable = profileNames.filter((name) => profileOf(name).keyKind !== 'rsa');
const order = {
  symbol: 'BTC-USDT',
  side: 'buy',
  type: 'limit',
  price: '10.5',
  quantity: '1',
  clientOrderId: 'mine',
} as const;

function policyOf(profile: string): Policy {
  const text = `version: 1
name: signed
auth: { profile: ${profile}, signed: [account, order.place, order.amend, order.cancel] }
limits: [{ name: wide, match: "*", by: global, family: token-bucket, capacity: 1000, refill: 1000 per 1s }]
`;
  const { policy, faults } = readPolicy('policy.yaml', text);
  expect(faults).toEqual([]);
  return policy as Policy;
}

describe('a request over HTTP', () => {
  it.each(playable)('is let in when it is signed by %s, and refused when its signature is made up', async (name) => {
    const profile = profileOf(name);
    const gateway = await startTestGateway(policyOf(name), {}, [someone]);
    onTestFinished(() => gateway.close());
    const { secret } = credentialFrom(profile, someone);
    const { send } = senderTo(gateway.url, {
      profile,
      sign: (_keyId, text) =>
        profile.kind === 'own' ? '' : new HmacKey(secret, profile.hash, profile.text).mac(text, profile.encoding),
      wallMs: () => Date.now(),
      transport: 'trusted-hop',
    });
    const ask = async (intent: Intent): Promise<{ outcome: string; status: number; reason: string; body: unknown }> => {
      const { outcome, status, reason, body } = await send(intent).concluded;
      return { outcome: outcomeNames[outcome] ?? '', status, reason, body };
    };
    const placed = await ask({ ...wish(api.placeOrder(order), { wantsBody: true }), signed: true });
    expect(placed).toMatchObject({ outcome: 'admitted', status: 201 });
    // What the business took for the body is what was wished for.
    expect(placed.body).toMatchObject({ symbol: order.symbol, price: order.price, quantity: order.quantity });
    const orderId = api.readOrderId(placed.body) ?? '';
    const change = { price: '11', quantity: '2' };
    const others = [api.account(), api.account(3), api.amendOrder(orderId, change), api.cancelOrder(orderId)];
    for (const call of others) {
      expect(await ask({ ...wish(call), signed: true })).toMatchObject({ outcome: 'admitted', status: 200 });
    }
    const { keyId } = someone;
    const madeUp =
      profile.kind === 'own'
        ? 'x'
        : Buffer.alloc(profile.hash === 'sha256' ? 32 : profile.hash === 'sha384' ? 48 : 64, 7).toString(
            profile.encoding,
          );
    const forged = wish(api.placeOrder(order), { claims: { keyId, signature: madeUp } });
    expect(await ask({ ...forged, signed: true })).toMatchObject({ outcome: 'refused', reason: 'bad-signature' });
    const unknown = wish(api.placeOrder(order), { claims: { keyId: 'nobody', signature: madeUp } });
    expect(await ask({ ...unknown, signed: true })).toMatchObject({ outcome: 'refused', reason: 'unknown-key' });
  });
});
