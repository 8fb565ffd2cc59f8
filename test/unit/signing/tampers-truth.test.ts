/** Every way to spoil a request of every profile: the reference verifier, the gate and the truth table say the same. */
import { describe, expect, it } from 'vitest';
import { Decision } from '../../../harness/core/spec.js';
import { type ProfileName, profileNames } from '../../../harness/signing/profile-names.js';
import { spoiledBy } from '../../../harness/signing/tampers/profile-tampers.js';
import { allTamperKinds, kindTable, type TamperKind } from '../../../harness/signing/tampers/tamper-kinds.js';
import { received } from '../../../harness/signing/tampers/tamper-setting.js';
import { truthOf, truthTable } from '../../../harness/signing/tampers/truth-table.js';
import { emptyMemory, verify } from '../../../harness/signing/verify.js';
import {
  benchOf,
  type CreateGate,
  decided,
  decisionOf,
  defaultStamp,
  defenceOf,
  HOST,
  NOW_US,
  OTHER_KEY,
  samples,
} from '../../support/tamper-samples.js';
import { describeTwins, nativeGate } from '../../twin/engines.js';

const seeds = [0, 1, 2, 7, 255, 12_345, 2 ** 31 - 1, 2 ** 32 - 1];

/** What comes of the kind: not applicable, or what verifier and defence say, the original shown before where it was accepted. */
function shown(name: ProfileName, kind: TamperKind, seed: number, create?: CreateGate) {
  const { on, spoils } = kindTable[kind];
  const stamp = { ...defaultStamp, windowMs: seed % 2 === 0 ? 0 : 5_000 };
  const { profile, setting, credentialOf, rules, wire } = benchOf(name, samples[on], stamp);
  const changed = spoiledBy(wire, { kind, seed, otherKeyId: OTHER_KEY }, setting);
  const memory = emptyMemory();
  const defence = defenceOf(name, rules, create);
  const look = (sent: typeof wire) => {
    const request = received(sent, HOST);
    const verified = verify(profile, request, credentialOf, memory, NOW_US, rules);
    const decision = decided(defence, profile, request, NOW_US);
    expect(decision).toBe(decisionOf(verified));
    return decision === Decision.admitted ? 'accept' : 'reject';
  };
  const before = spoils === 'again' ? look(wire) : 'accept';
  const same = changed !== null && kind !== 'replay' && JSON.stringify(changed) === JSON.stringify(wire);
  return { before, same, outcome: changed === null ? 'none' : look(changed) };
}

describe.each(profileNames)('%s', (name) => {
  it.each(allTamperKinds)('has of %s what the truth table says', (kind) => {
    for (const seed of seeds) {
      const { before, same, outcome } = shown(name, kind, seed);
      expect({ seed, before, same, outcome }).toEqual({
        seed,
        before: 'accept',
        same: false,
        outcome: truthOf(name, kind),
      });
    }
  });

  it('names no kind twice in the table', () => {
    const { accepts, without } = truthTable[name];
    const all = [...accepts, ...without];
    expect(all.filter((kind, index) => all.indexOf(kind) !== index)).toEqual([]);
  });
});

describeTwins('the native gate', () => {
  it.each(profileNames)('says the same of %s', (name) => {
    for (const kind of allTamperKinds) expect(shown(name, kind, 5, nativeGate).outcome).toBe(truthOf(name, kind));
  });
});
