import { describe, expect, it } from 'vitest';
import type { CapturedRequest } from '../../../../harness/actors/actor.js';
import { BoundedCaptureRing } from '../../../../harness/actors/capture-ring.js';
import { IntentKind } from '../../../../harness/actors/outcome.js';
import { setStage, throttled } from '../stage.js';

const order: CapturedRequest = {
  method: 'POST',
  path: '/v1/orders',
  headers: { 'x-api-key': 'k', 'x-signature': 'ab' },
  body: '{"symbol":"BTC-USDT"}',
  requestClass: 3,
  elements: 1,
  accountIndex: 2,
  keyIndex: 1,
  signature: 77,
};

describe('a replay', () => {
  it('sends a captured request as it was, from its own address, charged to the victim', () => {
    const captured = new BoundedCaptureRing(4);
    captured.push(order, 1_000);
    const stage = setStage('replay', { captured });
    expect(stage.arrive(stage.identities[0], 2_000)).toEqual({
      identity: stage.identities[0],
      kind: IntentKind.arrival,
      requestClass: 3,
      method: 'POST',
      path: '/v1/orders',
      body: '{"symbol":"BTC-USDT"}',
      signed: true,
      accountIndex: 2,
      headers: null,
      replay: order,
      elements: 1,
      tamper: null,
      claims: null,
      stampOffsetUs: 0,
      lastByteUs: null,
      wantsBody: false,
      attempt: 0,
      step: 'replay/0',
    });
  });

  it('skips an arrival as long as nothing is captured, or all of it is too old', () => {
    const captured = new BoundedCaptureRing(4);
    const stage = setStage('replay', { captured, params: { ageMaxUs: 500 } });
    const [identity] = stage.identities;
    if (identity === undefined) throw new Error('the stage is empty');
    expect(stage.behaviour.onArrival(identity, 0)).toBeNull();
    captured.push(order, 1_000);
    expect(stage.behaviour.onArrival(identity, 1_500)?.replay).toBe(order);
    expect(stage.behaviour.onArrival(identity, 1_501)).toBeNull();
  });

  it('skips every arrival when it listens to nobody', () => {
    const stage = setStage('replay');
    const [identity] = stage.identities;
    expect(identity && stage.behaviour.onArrival(identity, 0)).toBeNull();
  });

  it('skips a captured request with a method that no intent can have', () => {
    const captured = new BoundedCaptureRing(4);
    captured.push({ ...order, method: 'TRACE' }, 0);
    const stage = setStage('replay', { captured });
    const [identity] = stage.identities;
    expect(identity && stage.behaviour.onArrival(identity, 0)).toBeNull();
  });

  it('asks for nothing after an answer', () => {
    const captured = new BoundedCaptureRing(4);
    captured.push(order, 0);
    const stage = setStage('replay', { captured });
    expect(stage.behaviour.onOutcome(stage.arrive(), throttled(5), 0)).toBeNull();
  });
});
