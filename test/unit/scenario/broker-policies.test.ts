/** Policies of venues without a face of their own: they load, and their profile fits what they say of freshness. */
import { describe, expect, it } from 'vitest';
import { fileReader } from '../../../harness/cli/file-reader.js';
import { loadPolicy } from '../../../harness/scenario/policy.js';
import { profileOf } from '../../../harness/signing/profiles.js';

describe.each(['alpaca', 'bitfinex', 'bitmex', 'coinbase-exchange', 'gemini'] as const)('the policy of %s', (name) => {
  const policy = loadPolicy(fileReader, `scenarios/policies/${name}.yaml`);

  it('is of that profile and has limits for everybody and for the holders of keys', () => {
    expect(policy.name).toBe(name);
    expect(policy.auth?.profile).toBe(name);
    expect(policy.limits.length).toBeGreaterThan(1);
  });

  it('remembers what was used only where the venue does', () => {
    expect(policy.auth?.replay).toBe(profileOf(name).defaults.replay);
  });
});

it('Coinbase Exchange takes timestamps thirty seconds either way', () => {
  const { auth } = loadPolicy(fileReader, 'scenarios/policies/coinbase-exchange.yaml');
  expect(auth).toMatchObject({ windowUs: 30_000_000, futureUs: 30_000_000 });
});
