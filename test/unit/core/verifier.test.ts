import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createGate } from '../../../harness/core/index.js';
import { type AuthSpec, Decision, type Gate } from '../../../harness/core/spec.js';
import { auth, hashSecret, spec } from './specs.js';

const { admitted, malformed, unknownKey, badSignature, stale, fromFuture, replayed, replayFull } = Decision;

function gateWith(changes: Partial<AuthSpec> = {}): Gate {
  const gate = createGate(spec({ auth: auth(changes) }), hashSecret);
  gate.addKey('k', 'secret', '');
  return gate;
}

interface Attempt {
  readonly nowUs: number;
  readonly keyId?: string;
  readonly timestampUs?: number;
  readonly windowUs?: number;
  readonly message?: string;
  readonly signature?: string;
}

/** A right signature at the right time, unless told otherwise. */
function verify(gate: Gate, attempt: Attempt): Decision {
  const { nowUs, keyId = 'k', timestampUs = nowUs, windowUs = 0, message = 'm' } = attempt;
  const signature = attempt.signature ?? gate.sign('k', message);
  return gate.verify(nowUs, keyId, timestampUs, windowUs, message, signature);
}

describe('the signature', () => {
  test('is HMAC-SHA256 in hex, of either case', () => {
    const gate = gateWith({ replayCapacity: null });
    const signature = createHmac('sha256', 'secret').update('m').digest('hex');
    expect(gate.sign('k', 'm')).toBe(signature);
    expect(verify(gate, { nowUs: 0, signature })).toBe(admitted);
    expect(verify(gate, { nowUs: 0, signature: signature.toUpperCase() })).toBe(admitted);
  });

  const right = createHmac('sha256', 'secret').update('m').digest('hex');
  const wrongs = [
    { signature: '', because: 'it is empty' },
    { signature: right.slice(1), because: 'a digit is missing' },
    { signature: `${right}0`, because: 'there is a digit too many' },
    { signature: right.slice(0, 32), because: 'half a signature is none' },
    { signature: ` ${right.slice(1)}`, because: 'a space is no digit' },
    { signature: `g${right.slice(1)}`, because: 'g is no digit' },
    { signature: `${right}\n`, because: 'a line break does not belong to it' },
    { signature: right.replace('0', '\u0130'), because: 'U+0130 only looks like 0 to a byte' },
    { signature: (right.startsWith('0') ? '1' : '0') + right.slice(1), because: 'its first digit is wrong' },
    { signature: right.slice(0, -1) + (right.endsWith('0') ? '1' : '0'), because: 'its last digit is wrong' },
  ];
  test.each(wrongs)('is refused when $because', ({ signature }) => {
    expect(verify(gateWith(), { nowUs: 0, signature })).toBe(badSignature);
  });

  test('covers the message in UTF-8, a lone surrogate as U+FFFD', () => {
    const gate = gateWith();
    for (const message of ['', 'é', '\u{1f600}', '\ufeffbom', 'a\0b']) {
      const signature = createHmac('sha256', 'secret').update(Buffer.from(message, 'utf8')).digest('hex');
      expect(verify(gate, { nowUs: 0, message, signature })).toBe(admitted);
    }
    expect(gate.sign('k', 'a\ud800b')).toBe(gate.sign('k', 'a\ufffdb'));
  });

  test('of an unknown key is refused as such, whatever its form', () => {
    const gate = gateWith();
    expect(verify(gate, { nowUs: 0, keyId: 'nobody' })).toBe(unknownKey);
    expect(verify(gate, { nowUs: 0, keyId: 'nobody', signature: 'x' })).toBe(unknownKey);
  });

  test('is checked before freshness and replay, so that a forger learns nothing of them', () => {
    const gate = gateWith({ replayCapacity: 1 });
    expect(verify(gate, { nowUs: 500 })).toBe(admitted);
    for (const timestampUs of [0, 500, 5000]) {
      expect(verify(gate, { nowUs: 500, timestampUs, message: 'other', signature: 'forged' })).toBe(badSignature);
    }
  });
});

describe('a gate for another hash or encoding', () => {
  const hashes = ['sha256', 'sha384', 'sha512'] as const;
  const forms = hashes.flatMap((hash) => (['hex', 'base64'] as const).map((encoding) => ({ hash, encoding })));
  test.each(forms)('signs and verifies with $hash in $encoding, and takes no other', (form) => {
    const gate = gateWith(form);
    for (const { hash, encoding } of forms) {
      const signature = createHmac(hash, 'secret').update('m').digest(encoding);
      const isRight = hash === form.hash && encoding === form.encoding;
      expect(gate.sign('k', 'm') === signature).toBe(isRight);
      expect(verify(gate, { nowUs: 0, signature })).toBe(isRight ? admitted : badSignature);
      expect(verify(gate, { nowUs: 0, keyId: 'nobody', signature })).toBe(unknownKey);
    }
  });

  test('in hex sees a replay in either case, in base64 only one spelling at all', () => {
    const hex = gateWith({ hash: 'sha512' });
    const signature = hex.sign('k', 'm');
    expect(verify(hex, { nowUs: 0, signature: signature.toUpperCase() })).toBe(admitted);
    expect(verify(hex, { nowUs: 0, signature })).toBe(replayed);
    const base64 = gateWith({ encoding: 'base64' });
    const right = base64.sign('k', 'm');
    for (const other of [right.slice(0, -1), `${right}=`, right.replace('=', ' '), right.toLowerCase()]) {
      expect(verify(base64, { nowUs: 0, signature: other })).toBe(badSignature);
    }
    expect(verify(base64, { nowUs: 0, signature: right })).toBe(admitted);
  });

  test('without auth signs with SHA-256 in hex', () => {
    const gate = createGate(spec({}), hashSecret);
    gate.addKey('k', 'secret', '');
    expect(gate.sign('k', 'm')).toBe(createHmac('sha256', 'secret').update('m').digest('hex'));
  });
});

describe('the form', () => {
  const forms = [
    { change: { keyId: '' }, because: 'the key id is empty' },
    { change: { keyId: 'k'.repeat(257) }, because: 'the key id is too long' },
    { change: { keyId: 'k k' }, because: 'the key id holds a space' },
    { change: { keyId: 'k\u0130' }, because: 'the key id is not ASCII' },
    { change: { timestampUs: -1 }, because: 'the timestamp is negative' },
    { change: { timestampUs: 0.5 }, because: 'the timestamp is no whole number' },
    { change: { timestampUs: Number.NaN }, because: 'the timestamp is no number' },
    { change: { timestampUs: 2 ** 53 }, because: 'the timestamp is not exact' },
    { change: { windowUs: -1 }, because: 'the window is negative' },
    { change: { windowUs: 1.5 }, because: 'the window is no whole number' },
    { change: { windowUs: Number.POSITIVE_INFINITY }, because: 'the window is infinite' },
  ];
  test.each(forms)('is malformed when $because', ({ change }) => {
    expect(verify(gateWith(), { nowUs: 0, ...change })).toBe(malformed);
  });

  test('allows a key id of 256 characters', () => {
    expect(verify(gateWith(), { nowUs: 0, keyId: 'k'.repeat(256) })).toBe(unknownKey);
  });
});

describe('freshness', () => {
  const rows = [
    { nowUs: 1100, windowUs: 0, decision: admitted, because: 'the window is inclusive' },
    { nowUs: 1101, windowUs: 0, decision: stale, because: 'it is one microsecond too old' },
    { nowUs: 1030, windowUs: 30, decision: admitted, because: 'the window asked for is inclusive' },
    { nowUs: 1031, windowUs: 30, decision: stale, because: 'a request may ask for a smaller window' },
    { nowUs: 1101, windowUs: 5000, decision: stale, because: 'a request may not ask for a larger one' },
    { nowUs: 991, windowUs: 0, decision: admitted, because: 'a clock may be ahead by less than 10 us' },
    { nowUs: 990, windowUs: 0, decision: fromFuture, because: '10 us ahead is from the future' },
    { nowUs: 990, windowUs: 5000, decision: fromFuture, because: 'the window does not reach into the future' },
  ];
  test.each(rows)('of timestamp 1000 at $nowUs with window $windowUs is $decision: $because', (row) => {
    const attempt = { nowUs: row.nowUs, timestampUs: 1000, windowUs: row.windowUs };
    expect(verify(gateWith(), attempt)).toBe(row.decision);
  });

  test('without tolerance, a timestamp of this very microsecond is from the future', () => {
    const gate = gateWith({ futureUs: 0 });
    expect(verify(gate, { nowUs: 5, timestampUs: 5 })).toBe(fromFuture);
    expect(verify(gate, { nowUs: 5, timestampUs: 4 })).toBe(admitted);
  });

  test('a timestamp at the end of exact numbers is from the future, not an overflow', () => {
    expect(verify(gateWith(), { nowUs: 5, timestampUs: Number.MAX_SAFE_INTEGER })).toBe(fromFuture);
  });

  test('is judged by the highest time seen', () => {
    const gate = gateWith();
    verify(gate, { nowUs: 1000, message: 'first' });
    expect(verify(gate, { nowUs: 0, timestampUs: 0 })).toBe(stale);
  });
});

describe('replay', () => {
  test.each([
    { windowUs: 0, lastUs: 1100 },
    { windowUs: 40, lastUs: 1040 },
    { windowUs: 900, lastUs: 1100 },
  ])('is refused to the last fresh microsecond: window $windowUs ends at $lastUs', ({ windowUs, lastUs }) => {
    const gate = gateWith();
    const attempt = { timestampUs: 1000, windowUs };
    expect(verify(gate, { nowUs: 1000, ...attempt })).toBe(admitted);
    expect(verify(gate, { nowUs: lastUs, ...attempt })).toBe(replayed);
    expect(verify(gate, { nowUs: lastUs + 1, ...attempt })).toBe(stale);
  });

  test('is seen in either case of the digits', () => {
    const gate = gateWith();
    const signature = gate.sign('k', 'm');
    expect(verify(gate, { nowUs: 0, signature })).toBe(admitted);
    expect(verify(gate, { nowUs: 0, signature: signature.toUpperCase() })).toBe(replayed);
  });

  test('is by key: another key with the same secret has its own signatures', () => {
    const gate = gateWith();
    gate.addKey('k2', 'secret', '');
    expect(verify(gate, { nowUs: 0 })).toBe(admitted);
    expect(verify(gate, { nowUs: 0, keyId: 'k2' })).toBe(admitted);
    expect(verify(gate, { nowUs: 0, keyId: 'k2' })).toBe(replayed);
  });

  test('is still refused after the key was removed and added again', () => {
    const gate = gateWith();
    expect(verify(gate, { nowUs: 0 })).toBe(admitted);
    const signature = gate.sign('k', 'm');
    expect(gate.removeKey('k')).toBe(true);
    expect(verify(gate, { nowUs: 0, signature })).toBe(unknownKey);
    gate.addKey('k', 'secret', '');
    expect(verify(gate, { nowUs: 0 })).toBe(replayed);
  });

  test('memory that is full refuses new signatures and forgets none', () => {
    const gate = gateWith({ replayCapacity: 2 });
    expect(verify(gate, { nowUs: 0, message: 'a' })).toBe(admitted);
    expect(verify(gate, { nowUs: 1, message: 'b' })).toBe(admitted);
    expect(verify(gate, { nowUs: 100, message: 'c' })).toBe(replayFull);
    expect(verify(gate, { nowUs: 100, timestampUs: 0, message: 'a' })).toBe(replayed);
    expect(verify(gate, { nowUs: 101, message: 'c' })).toBe(admitted);
    expect(verify(gate, { nowUs: 101, timestampUs: 1, message: 'b' })).toBe(replayed);
    expect(verify(gate, { nowUs: 101, message: 'd' })).toBe(replayFull);
  });

  test('frees places in the order in which signatures expire, not in that in which they came', () => {
    const gate = gateWith({ replayCapacity: 2 });
    verify(gate, { nowUs: 50, timestampUs: 50, message: 'long' });
    verify(gate, { nowUs: 50, timestampUs: 50, windowUs: 5, message: 'short' });
    expect(verify(gate, { nowUs: 55, message: 'new' })).toBe(replayFull);
    expect(verify(gate, { nowUs: 56, message: 'new' })).toBe(admitted);
    expect(verify(gate, { nowUs: 56, timestampUs: 50, message: 'long' })).toBe(replayed);
  });

  test('is not looked for when the policy asks for none', () => {
    const gate = gateWith({ replayCapacity: null });
    expect(verify(gate, { nowUs: 0 })).toBe(admitted);
    expect(verify(gate, { nowUs: 0 })).toBe(admitted);
  });

  test('memory has a share for each key, so that one key can not fill it for all', () => {
    const gate = gateWith({ replayCapacity: 3, replayPerKey: 2 });
    gate.addKey('k2', 'secret', '');
    const ask = (nowUs: number, keyId: string, message: string): Decision =>
      gate.verify(nowUs, keyId, nowUs, 0, message, gate.sign(keyId, message));
    expect([ask(0, 'k', 'a'), ask(1, 'k', 'b'), ask(2, 'k', 'c')]).toEqual([admitted, admitted, replayFull]);
    expect([ask(2, 'k2', 'c'), ask(2, 'k2', 'd')]).toEqual([admitted, replayFull]);
    expect(ask(3, 'k', 'a')).toBe(replayed);
    expect([ask(101, 'k', 'c'), ask(101, 'k', 'd')]).toEqual([admitted, replayFull]);
  });

  test('memory counts the claims of a key on while it is gone, and they are its own when it comes back', () => {
    const gate = gateWith({ replayCapacity: 10, replayPerKey: 2 });
    expect(verify(gate, { nowUs: 0, message: 'a' })).toBe(admitted);
    expect(verify(gate, { nowUs: 0, message: 'b' })).toBe(admitted);
    for (let index = 0; index < 500; index += 1) {
      gate.removeKey('k');
      // Many keys that come and go, so that numbers of keys are used again.
      gate.addKey(`other-${index}`, 'secret', '');
      gate.removeKey(`other-${index}`);
      gate.addKey('k', 'secret', '');
    }
    expect(verify(gate, { nowUs: 1, message: 'a' })).toBe(replayed);
    expect(verify(gate, { nowUs: 1, message: 'c' })).toBe(replayFull);
    gate.addKey('new', 'secret', '');
    expect(verify(gate, { nowUs: 1, keyId: 'new', message: 'c' })).toBe(admitted);
    expect(verify(gate, { nowUs: 101, message: 'c' })).toBe(admitted);
  });

  test('memory stays exact over many claims that expire in any order', () => {
    const gate = gateWith({ replayCapacity: 50 });
    const lastFreshUs = new Map<string, number>();
    for (let nowUs = 1000; nowUs < 3000; nowUs += 1) {
      const message = `m${nowUs}`;
      const windowUs = 1 + ((nowUs * 37) % 100);
      for (const [claimed, lastUs] of lastFreshUs) if (lastUs < nowUs) lastFreshUs.delete(claimed);
      const expected = lastFreshUs.size < 50 ? admitted : replayFull;
      expect(verify(gate, { nowUs, windowUs, message })).toBe(expected);
      if (expected === admitted) lastFreshUs.set(message, nowUs + windowUs);
    }
  });
});

describe('keys', () => {
  test('can be replaced: the old secret is gone', () => {
    const gate = gateWith();
    const old = gate.sign('k', 'm');
    gate.addKey('k', 'new secret', '');
    expect(verify(gate, { nowUs: 0, signature: old })).toBe(badSignature);
    expect(verify(gate, { nowUs: 0 })).toBe(admitted);
  });

  test('take a secret as text or as its bytes', () => {
    const gate = gateWith();
    gate.addKey('text', 'sécret', '');
    gate.addKey('bytes', Buffer.from('sécret', 'utf8'), '');
    expect(gate.sign('text', 'm')).toBe(gate.sign('bytes', 'm'));
    gate.addKey('binary', Uint8Array.of(0xff, 0x00, 0x80), '');
    const signature = createHmac('sha256', Uint8Array.of(0xff, 0x00, 0x80))
      .update('m')
      .digest('hex');
    expect(gate.sign('binary', 'm')).toBe(signature);
  });

  const wrongs = [
    { keyId: '', secret: 's', account: '', because: 'the id is empty' },
    { keyId: 'k k', secret: 's', account: '', because: 'the id holds a space' },
    { keyId: 'k'.repeat(257), secret: 's', account: '', because: 'the id is too long' },
    { keyId: 'k', secret: '', account: '', because: 'the secret is empty' },
    { keyId: 'k', secret: new Uint8Array(0), account: '', because: 'the secret has no bytes' },
    { keyId: 'k', secret: 's', account: 'é', because: 'the account is not ASCII' },
  ];
  test.each(wrongs)('are refused when $because', ({ keyId, secret, account }) => {
    const wanted = expect.objectContaining({ code: 'FP_KEY_INVALID' });
    expect(() => gateWith().addKey(keyId, secret, account)).toThrow(wanted);
  });

  test('keep their secret out of the message of an error', () => {
    expect(() => gateWith().addKey('my secret in the wrong place', 's', '')).toThrow(/^(?!.*secret in).*$/);
  });

  test('that are unknown can neither sign nor be removed', () => {
    const gate = gateWith();
    expect(() => gate.sign('nobody', 'm')).toThrow(expect.objectContaining({ code: 'FP_KEY_INVALID' }));
    expect(gate.removeKey('nobody')).toBe(false);
    expect(gate.removeKey('k')).toBe(true);
    expect(gate.removeKey('k')).toBe(false);
  });
});
