import { describe, expect, test } from 'vitest';
import { orderedParts } from '../../../harness/core/class-plan.js';
import { createGate, encodeRecord } from '../../../harness/core/index.js';
import { KeyHash } from '../../../harness/core/key-hash.js';
import { Answer, Decision, type Gate, type LimitPart } from '../../../harness/core/spec.js';
import { auth, bucket, gateOf, hashSecret, limit, spec } from './specs.js';

const { admitted, throttled, malformed, badSignature } = Decision;

interface Facts {
  readonly classId?: number;
  readonly ip?: string;
  readonly account?: string;
  readonly keyId?: string;
}

/** Two signed classes, and one limit of one cell that never comes back in time. */
function gateBy(by: readonly LimitPart[], prefix: { v4: number; v6: number } | null = null): Gate {
  return createGate(
    spec({
      classes: ['one', 'other'],
      auth: auth({ signed: [true, true] }),
      limits: [limit({ by, ipPrefix: prefix, numbers: bucket(1, 1, 1_000_000), costs: [1, 1] })],
    }),
    hashSecret,
  );
}

function ask(gate: Gate, { classId = 0, ip = '10.0.0.1', account = 'ann', keyId = 'k' }: Facts): Decision {
  return gate.limit(0, classId, ip, account, keyId);
}

describe('a limit by several parts', () => {
  const rows: { by: LimitPart[]; same: Facts[]; apart: Facts[] }[] = [
    { by: ['class'], same: [{ ip: 'b' }, { account: 'bob' }], apart: [{ classId: 1 }] },
    { by: ['ip', 'class'], same: [{ account: 'bob' }, { keyId: 'l' }], apart: [{ ip: 'b' }, { classId: 1 }] },
    { by: ['account', 'ip'], same: [{ classId: 1 }, { keyId: 'l' }], apart: [{ ip: 'b' }, { account: 'bob' }] },
    {
      by: ['master'],
      same: [{ account: 'ann/1' }, { account: 'ann/1/2' }, { account: 'ann/' }],
      apart: [{ account: 'annie' }],
    },
    { by: ['master', 'key'], same: [{ account: 'ann/7' }], apart: [{ account: 'bob' }, { keyId: 'l' }] },
    {
      by: ['class', 'key', 'account', 'master', 'ip'],
      same: [{}],
      apart: [{ classId: 1 }, { ip: 'b' }, { account: 'ann/1' }, { keyId: 'l' }],
    },
  ];
  test.each(rows)('by $by counts together what agrees in all of them, and nothing else', ({ by, same, apart }) => {
    const gate = gateBy(by);
    expect(ask(gate, {})).toBe(admitted);
    for (const facts of same) expect(ask(gate, facts), JSON.stringify(facts)).toBe(throttled);
    for (const facts of apart) expect(ask(gate, facts), JSON.stringify(facts)).toBe(admitted);
  });

  test('is the same limit in whatever order they are named', () => {
    expect(orderedParts(['class', 'account', 'ip'])).toEqual(['ip', 'account', 'class']);
    const [one, other] = [gateBy(['key', 'ip']), gateBy(['ip', 'key'])];
    for (const gate of [one, other]) ask(gate, {});
    expect([...one.answer]).toEqual([...other.answer]);
  });

  test('does not confuse one text as account with the same as key', () => {
    const gate = gateBy(['account', 'key']);
    expect(ask(gate, { account: 'a', keyId: 'b' })).toBe(admitted);
    expect(ask(gate, { account: 'b', keyId: 'a' })).toBe(admitted);
  });

  const malformedOnes: { by: LimitPart[]; facts: Facts }[] = [
    { by: ['ip', 'class'], facts: { ip: '' } },
    { by: ['ip', 'account'], facts: { ip: ' ' } },
    { by: ['ip', 'account'], facts: { account: '' } },
    { by: ['master'], facts: { account: '' } },
    { by: ['master'], facts: { account: '/' } },
    { by: ['master'], facts: { account: '/ann' } },
    { by: ['master'], facts: { account: 'ann/é' } },
    { by: ['master'], facts: { account: `ann/${'a'.repeat(253)}` } },
    { by: ['key', 'class'], facts: { keyId: '' } },
  ];
  test.each(malformedOnes)('by $by refuses $facts as malformed', ({ by, facts }) => {
    expect(ask(gateBy(by), facts)).toBe(malformed);
  });

  test('by ip and more stands after the verifier, by ip and class before it', () => {
    const decideForged = (by: LimitPart[]): Decision[] => {
      const gate = gateBy(by);
      gate.addKey('k', 'secret', 'ann');
      return [0, 0].map(() => gate.decide(0, 0, '10.0.0.1', '', 'k', 0, 0, 'm', 'forged'));
    };
    expect(decideForged(['class', 'ip'])).toEqual([badSignature, throttled]);
    expect(decideForged(['ip', 'account'])).toEqual([badSignature, badSignature]);
  });

  test('takes account and master of the key in a signed class', () => {
    const gate = gateBy(['master']);
    gate.addKey('k', 'secret', 'ann/1');
    gate.addKey('l', 'secret', 'ann/2');
    gate.addKey('m', 'secret', '/ann');
    const decide = (keyId: string): Decision =>
      gate.decide(0, 0, '', 'bob', keyId, 0, 0, keyId, gate.sign(keyId, keyId));
    expect([decide('k'), decide('l'), decide('m')]).toEqual([admitted, throttled, malformed]);
  });

  test('by key and more does not match an unsigned class', () => {
    const gate = gateOf(limit({ by: ['ip', 'key'], numbers: bucket(1, 1, 1000) }));
    expect([0, 0].map(() => gate.limit(0, 0, '', '', 'k'))).toEqual([admitted, admitted]);
  });
});

describe('a limit by the prefix of an address', () => {
  const prefix = { v4: 24, v6: 64 };
  const rows: { ip: string; decision: Decision; because: string }[] = [
    { ip: '10.0.0.255', decision: throttled, because: 'its first 24 bits are the same' },
    { ip: '::ffff:10.0.0.9', decision: throttled, because: 'it is IPv4, mapped' },
    { ip: '10.0.1.1', decision: admitted, because: 'its first 24 bits are others' },
    { ip: 'a00::', decision: admitted, because: 'the same bits are another address in IPv6' },
    { ip: '010.0.0.1', decision: malformed, because: 'it is no address' },
  ];
  test.each(rows)('that is used up by 10.0.0.1 decides $decision for $ip: $because', ({ ip, decision }) => {
    const gate = gateBy(['ip'], prefix);
    expect(ask(gate, { ip: '10.0.0.1' })).toBe(admitted);
    expect(ask(gate, { ip })).toBe(decision);
  });

  test('and of others, each by their own prefix or text, keep apart', () => {
    const numbers = bucket(1, 1, 1_000_000);
    const gate = gateOf(
      limit({ name: 'text', numbers: bucket(9, 1, 10) }),
      limit({ name: 'wide', ipPrefix: { v4: 8, v6: 32 }, numbers: bucket(3, 1, 1_000_000) }),
      limit({ name: 'narrow', by: ['ip', 'class'], ipPrefix: prefix, numbers }),
    );
    const named = ['10.0.0.1', '10.0.0.2', '10.0.1.1', '10.1.0.0', '10.2.0.0', '11.0.0.0'].map((ip) => [
      gate.limit(0, 0, ip, '', ''),
      gate.answer[Answer.limit],
    ]);
    expect(named).toEqual([
      [admitted, 2],
      [throttled, 2],
      [admitted, 2],
      [admitted, 1],
      [throttled, 1],
      [admitted, 2],
    ]);
  });

  test('reads a packed record and an interned caller as it reads texts', () => {
    for (const ip of ['10.0.0.1', '::ffff:10.0.0.1', '2001:db8::1', 'host', '10.0.0.é', '']) {
      const [named, packed, numbered] = [0, 1, 2].map(() =>
        gateOf(limit({ by: ['ip', 'class'], ipPrefix: prefix }), limit({ name: 'master', by: ['master'] })),
      ) as [Gate, Gate, Gate];
      for (const account of ['ann', 'ann/1', 'ann/', '/ann', '', 'é/x', 'x/é']) {
        const wanted = [named.limit(0, 0, ip, account, ''), ...named.answer];
        const times = { nowUs: 0, timestampUs: 0, windowUs: 0 };
        const bytes = encodeRecord({ ...times, classId: 0, ip, account, keyId: '', message: '', signature: '' });
        expect([packed.decideRecord(bytes), ...packed.answer]).toEqual(wanted);
        const caller = numbered.internCaller(ip, account, '');
        expect([numbered.limitCaller(0, 0, caller), ...numbered.answer]).toEqual(wanted);
      }
    }
  });
});

test('the hash of words is that of their bytes, the lowest first', () => {
  const [one, other] = [new KeyHash(hashSecret), new KeyHash(hashSecret)];
  for (let length = 0; length < 11; length += 1) {
    const words = Int32Array.from({ length }, (_, index) => Math.imul(index + 1, 0x9e3779b9));
    const bytes = Buffer.alloc(4 * length);
    for (const [index, word] of words.entries()) bytes.writeInt32LE(word, 4 * index);
    one.ofWords(words);
    other.ofBytes(bytes, 0, bytes.length, 64);
    expect([one.lo, one.hi]).toEqual([other.lo, other.hi]);
  }
});
