import { describe, expect, it } from 'vitest';
import type { Identity } from '../../harness/actors/actor.js';
import * as api from '../../harness/actors/api.js';
import { buildWorld } from '../../harness/actors/identities/world.js';
import { readAdapter } from '../../harness/scenario/adapter-file.js';
import { AdaptedTarget } from '../../harness/targets/http/adapted/adapted-target.js';
import { exampleActor, examplePlan } from '../unit/actors/example-plan.js';
import { senderTo, somebodyElse, someone, wish } from './flights.js';
import { startRecordingApi } from './recording-api.js';

const plan = examplePlan([exampleActor('order-flood', { population: 4 })]);
const text = 'version: 1\nname: a\nsign: { module: s.mjs }\ncalls:\n  account: { method: GET, path: /a }\n';
const NOW_US = 1_700_000_000_000_000;

function adapted(): AdaptedTarget {
  const { adapter, faults } = readAdapter('a.yaml', text, (path) => path);
  if (adapter === null) throw new Error(JSON.stringify(faults));
  return new AdaptedTarget({
    adapter,
    secrets: { holders: null, environment: {} },
    world: buildWorld(plan, 1),
    policy: plan.policy,
    signFunction: ({ keyId, rising }) => ({ headers: { 'x-key': keyId, 'x-rising': String(rising) } }),
    wallMs: () => NOW_US / 1000,
  });
}

describe('numbers that rise, of an adapted API', () => {
  it('are a row for each key, by its holder’s own clock, and what a forger claims is sent as it is', async () => {
    const { url, received } = await startRecordingApi();
    const { send } = senderTo(url, {
      adapted: adapted(),
      wallUs: () => NOW_US,
      clockOffsetUs: ({ keyId }: Identity) => (keyId === somebodyElse.keyId ? 500 : 0),
    });
    const intent = wish(api.account());
    const claims = { keyId: 'made-up', signature: 'ab', rising: 12 };
    const intents = [
      intent,
      intent,
      { ...intent, identity: somebodyElse },
      intent,
      { ...intent, claims: { keyId: 'another', signature: 'ab' } },
      { ...intent, claims },
      intent,
    ];
    for (const one of intents) await send(one).concluded;
    const rows = received.map(({ headers }) => [headers['x-key'], Number(headers['x-rising']) - NOW_US]);
    expect(rows).toEqual([
      [someone.keyId, 0],
      [someone.keyId, 1],
      [somebodyElse.keyId, 500],
      [someone.keyId, 2],
      ['another', 0],
      ['made-up', 12 - NOW_US],
      [someone.keyId, 3],
    ]);
  });
});
