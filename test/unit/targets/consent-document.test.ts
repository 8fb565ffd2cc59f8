import { describe, expect, it } from 'vitest';
import { behaviourNames, behaviourTable } from '../../../harness/scenario/behaviours.js';
import { type ConsentDemand, demandOf, uncovered } from '../../../harness/targets/consent/consent-demand.js';
import { type Consent, instantText, readConsent } from '../../../harness/targets/consent/consent-document.js';
import { makeOperatorKey, parseOperatorKey, readOperatorKey } from '../../../harness/targets/consent/consent-key.js';
import { attackKindOf, attackKinds, consentNames } from '../../../harness/targets/consent/consent-kinds.js';
import { consentDigest, makeMark, verifyRunMark } from '../../../harness/targets/consent/consent-mark.js';
import { exampleActor, examplePlan } from '../actors/example-plan.js';

const NOW_MS = Date.parse('2026-12-01T00:00:00Z');
const DAY_MS = 86_400_000;
const pair = makeOperatorKey();
const key = parseOperatorKey(pair.secret, 'the test');

const right = {
  floodproof: 'consent/1',
  host: 'staging.example',
  port: 443,
  operators: [pair.id],
  expires: '2026-12-31T00:00:00Z',
  ratePerSecond: 100,
  durationSeconds: 60,
  kinds: ['flood', 'replay'],
};
const consent = readConsent(JSON.stringify(right)).consent as Consent;

describe('the document', () => {
  it('is data when it is right; where it does not say how often it is looked at, that is each minute', () => {
    expect(consent).toEqual({
      host: 'staging.example',
      port: 443,
      operators: [pair.id],
      expiresAtMs: Date.parse('2026-12-31T00:00:00Z'),
      ratePerSecond: 100,
      durationSeconds: 60,
      kinds: ['flood', 'replay'],
      checkEverySeconds: 60,
    });
    expect(readConsent(JSON.stringify({ ...right, checkEverySeconds: 1, kinds: [] })).consent).toMatchObject({
      checkEverySeconds: 1,
      kinds: [],
    });
  });

  it.each([
    ['floodproof', 'consent/2'],
    ['host', ''],
    ['host', 7],
    ['port', 0],
    ['port', 65_536],
    ['port', '443'],
    ['operators', []],
    ['operators', [pair.id, pair.id]],
    ['operators', Array.from({ length: 9 }, () => makeOperatorKey().id)],
    ['operators', [`${pair.id}A`]],
    ['operators', [pair.id.replace('ed25519', 'rsa')]],
    ['operators', pair.id],
    ['expires', '2026-12-31'],
    ['expires', '2026-12-31T00:00:00+01:00'],
    ['expires', '2026-02-30T00:00:00Z'],
    ['expires', '2026-12-31T24:00:00Z'],
    ['expires', 1_800_000_000],
    ['ratePerSecond', 0],
    ['ratePerSecond', 1.5],
    ['ratePerSecond', 1_000_001],
    ['durationSeconds', 0],
    ['durationSeconds', 86_401],
    ['kinds', ['floods']],
    ['kinds', ['flood', 'flood']],
    ['kinds', 'flood'],
    ['kinds', null],
    ['checkEverySeconds', 0],
    ['checkEverySeconds', 61],
    ['checkEverySeconds', null],
  ])('is none with %s: %j', (name, value) => {
    const { consent: none, faults } = readConsent(JSON.stringify({ ...right, [name]: value }));
    expect(none).toBeNull();
    expect(faults).toMatchObject([
      { code: 'FP_CONSENT_FORM', message: expect.stringMatching(new RegExp(`^${name} must be`)) },
    ]);
  });

  it('has its bounds where it says', () => {
    const most = {
      port: 65_535,
      ratePerSecond: 1_000_000,
      durationSeconds: 86_400,
      checkEverySeconds: 60,
      kinds: consentNames,
    };
    expect(readConsent(JSON.stringify({ ...right, ...most })).faults).toEqual([]);
    const operators = Array.from({ length: 8 }, () => makeOperatorKey().id);
    expect(
      readConsent(JSON.stringify({ ...right, port: 1, ratePerSecond: 1, durationSeconds: 1, operators })).faults,
    ).toEqual([]);
  });

  it('is told all its faults at once', () => {
    const { faults } = readConsent(JSON.stringify({ host: 1, surprise: true }));
    expect(faults.map(({ message }) => message.split(' ')[0])).toEqual([
      '"surprise"',
      'floodproof',
      'host',
      'port',
      'operators',
      'expires',
      'ratePerSecond',
      'durationSeconds',
      'kinds',
    ]);
  });

  it.each([
    ['', 'it is no JSON'],
    ['{', 'it is no JSON'],
    ['[]', 'it must be a JSON object'],
    ['null', 'it must be a JSON object'],
    [`${JSON.stringify(right)}{}`, 'it is no JSON'],
    [`\ufeff${JSON.stringify(right)}`, 'it is no JSON'],
    [JSON.stringify(right).replace('"port":443', '"port":443,"port":443'), 'the member "port" is there twice'],
    // Escaped, it is the same member all the same.
    [JSON.stringify(right).replace('"port":443', '"port":443,"p\\u006frt":80'), 'the member "port" is there twice'],
    [JSON.stringify(right).replace('"port":443', '"port" :443,"port" : 80'), 'the member "port" is there twice'],
    [JSON.stringify(right).replace('"port":443', '"port":{"a":{},"b":1,"a":2}'), 'the member "a" is there twice'],
  ])('that is %j is none', (text, says) => {
    const { faults } = readConsent(text);
    expect(faults).toMatchObject([{ message: expect.stringContaining(says) }]);
  });

  it('may have one name in two objects, and in a text that only looks like a member', () => {
    const { faults } = readConsent('{"host":{"a":1},"port":{"a":"{\\"a\\":1,\\"a\\":2}"}}');
    expect(faults.map(({ message }) => message).join()).not.toContain('twice');
  });
});

const demand: ConsentDemand = {
  name: 'mine',
  ratePerSecond: 100,
  durationUs: 60_000_000,
  attacks: [{ kind: 'flood', behaviour: 'order-flood' }],
};
const asking = { host: 'staging.example', port: 443, operator: pair.id, nowMs: NOW_MS, demands: [demand] };

describe('a consent', () => {
  it('covers what is just within it', () => {
    expect(uncovered(consent, asking)).toEqual([]);
    const longest = { ...consent, expiresAtMs: NOW_MS + 90 * DAY_MS };
    expect(uncovered(longest, asking)).toEqual([]);
    expect(uncovered({ ...consent, expiresAtMs: NOW_MS + 60_000 }, asking)).toEqual([]);
    expect(uncovered({ ...consent, kinds: ['order-flood'] }, asking)).toEqual([]);
    expect(uncovered({ ...consent, kinds: [] }, { ...asking, demands: [{ ...demand, attacks: [] }] })).toEqual([]);
    expect(uncovered(consent, { ...asking, operator: null })).toEqual([]);
  });

  it.each([
    ['FP_CONSENT_HOST', {}, { host: 'www.staging.example' }],
    ['FP_CONSENT_PORT', {}, { port: 80 }],
    ['FP_CONSENT_OPERATOR', {}, { operator: makeOperatorKey().id }],
    ['FP_CONSENT_EXPIRED', { expiresAtMs: NOW_MS }, {}],
    ['FP_CONSENT_TOO_LONG', { expiresAtMs: NOW_MS + 90 * DAY_MS + 1 }, {}],
    ['FP_CONSENT_EXPIRES', { expiresAtMs: NOW_MS + 59_999 }, {}],
    ['FP_CONSENT_RATE', { ratePerSecond: 99 }, {}],
    ['FP_CONSENT_RATE', {}, { demands: [{ ...demand, ratePerSecond: null }] }],
    ['FP_CONSENT_DURATION', { durationSeconds: 59 }, {}],
    ['FP_CONSENT_KIND', { kinds: ['replay'] }, {}],
    ['FP_CONSENT_KIND', { kinds: ['batch-flood'] }, {}],
  ])('does not cover it: %s %j %j', (code, less, other) => {
    expect(uncovered({ ...consent, ...less }, { ...asking, ...other }).map((fault) => fault.code)).toEqual([code]);
  });

  it('is held against all that is wanted, and all reasons are told', () => {
    const attacks = [...demand.attacks, ...demand.attacks, { kind: 'replay', behaviour: 'replay' } as const];
    const more = { ...demand, name: 'other', ratePerSecond: 1000, durationUs: 3_600_000_000, attacks };
    const faults = uncovered({ ...consent, kinds: [] }, { ...asking, host: 'x', demands: [demand, more] });
    expect(faults.map(({ code, message }) => `${code} ${message.split(' ')[0]}`)).toEqual([
      'FP_CONSENT_HOST it',
      'FP_CONSENT_KIND mine',
      'FP_CONSENT_RATE other',
      'FP_CONSENT_DURATION other',
      'FP_CONSENT_KIND other',
      'FP_CONSENT_KIND other',
    ]);
  });
});

describe('the kind of attack', () => {
  it('is known of every behaviour of attackers, and a consent can name each', () => {
    for (const behaviour of behaviourNames) {
      const { label } = behaviourTable[behaviour];
      const kind = attackKindOf({ behaviour, label });
      expect([behaviour, kind !== null]).toEqual([behaviour, label === 'abuse']);
      if (kind !== null) {
        expect(Object.keys(attackKinds)).toContain(kind);
        expect(consentNames).toContain(behaviour);
      }
    }
    expect(new Set(consentNames).size).toBe(consentNames.length);
  });

  it('is what an actor does, whatever a file calls it', () => {
    expect(attackKindOf({ behaviour: 'order-flood', label: 'legit' })).toBe('flood');
    expect(attackKindOf({ behaviour: 'retail-bot', label: 'abuse' })).toBe('flood');
    expect(attackKindOf({ behaviour: 'retail-bot', label: 'legit' })).toBeNull();
  });

  it('stands in what a plan asks for', () => {
    const plan = examplePlan([exampleActor('order-flood'), exampleActor('retail-trader')]);
    expect(demandOf(plan)).toMatchObject({ name: plan.name, attacks: [{ kind: 'flood', behaviour: 'order-flood' }] });
  });
});

describe('the key of an operator', () => {
  it('is read from its text or its file, and from nothing else', () => {
    expect(readOperatorKey({})).toBeNull();
    expect(readOperatorKey({ FLOODPROOF_CONSENT_KEY: '' })).toBeNull();
    expect(readOperatorKey({ FLOODPROOF_CONSENT_KEY: ` ${pair.secret}\n` })?.id).toBe(pair.id);
    const both = { FLOODPROOF_CONSENT_KEY: pair.secret, FLOODPROOF_CONSENT_KEY_FILE: '/nowhere' };
    expect(() => readOperatorKey(both)).toThrow('are both set');
    expect(() => readOperatorKey({ FLOODPROOF_CONSENT_KEY_FILE: '/nowhere/key' })).toThrow('cannot read /nowhere/key');
  });

  it.each(['x', pair.id, `${pair.secret}A`, pair.secret.slice(0, -1), pair.secret.replace('secret:', '')])(
    'is none: %#',
    (text) => {
      try {
        parseOperatorKey(text, 'HERE');
        expect.unreachable();
      } catch (error) {
        expect(error).toMatchObject({ code: 'FP_CONSENT_KEY', message: expect.stringContaining('HERE holds no key') });
        expect(String(error)).not.toContain(pair.secret.slice(-20));
      }
    },
  );

  it('has the public key of RFC 8032, section 7.1, test 1', () => {
    const secret = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
    const known = parseOperatorKey(`floodproof-consent-secret:${secret.toString('base64url')}`, 'the test');
    const id = Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex');
    expect(known.id).toBe(`ed25519:${id.toString('base64url')}`);
    expect(Buffer.from(known.sign(''), 'base64url').toString('hex').slice(0, 32)).toBe(
      'e5564300c360ac729086e2cc806e828a',
    );
  });
});

describe('the header of a run', () => {
  const text = JSON.stringify(right);
  const at = { host: 'staging.example', port: 443 };
  const run = {
    tool: 'floodproof/0.1.0',
    run: '0123456789abcdef'.repeat(2),
    atSeconds: 1_790_000_000,
    consent: consentDigest(text),
  };
  const value = makeMark(run, at, key);

  it('says which run it is to whom the consent is known', () => {
    expect(verifyRunMark(value, at, ['{}', text])).toEqual(run);
    expect(value.length).toBeLessThan(400);
    expect(value).toMatch(/^[!-~]+$/);
  });

  it.each([
    ['of another host', value, { ...at, host: 'other.example' }, [text]],
    ['of another port', value, { ...at, port: 80 }, [text]],
    ['of a consent that is none of ours', value, at, [`${text} `]],
    ['of nobody', value, at, []],
    ['with another run', value.replace('run=0', 'run=1'), at, [text]],
    ['with another time', value.replace('at=1', 'at=2'), at, [text]],
    ['with another tool', value.replace('0.1.0', '0.1.1'), at, [text]],
    ['with a signature that is cut', value.slice(0, -1), at, [text]],
    [
      'with a changed signature',
      value.replace(/sig=./, (found) => (found === 'sig=A' ? 'sig=B' : 'sig=A')),
      at,
      [text],
    ],
    ['with more behind it', `${value};x=1`, at, [text]],
    ['that is empty', '', at, [text]],
  ])('is none %s', (_, changed, place, consents) => {
    expect(verifyRunMark(changed, place, consents)).toBeNull();
  });

  it('is none signed by somebody whom the consent does not name', () => {
    const stranger = parseOperatorKey(makeOperatorKey().secret, 'the test');
    expect(verifyRunMark(makeMark(run, at, stranger), at, [text])).toBeNull();
  });
});

describe('instantText', () => {
  it('has whole seconds', () => {
    expect(instantText(Date.parse('2026-12-31T00:00:00Z'))).toBe('2026-12-31T00:00:00Z');
  });
});
