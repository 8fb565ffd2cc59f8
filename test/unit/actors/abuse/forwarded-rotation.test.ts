import { isIPv4, isIPv6 } from 'node:net';
import { describe, expect, it } from 'vitest';
import { forgedForwardedFor } from '../../../../harness/actors/abuse/forwarded-rotation.js';
import { createRandom } from '../../../../harness/actors/random.js';
import { NO_INDEX } from '../../../../harness/actors/world.js';
import { classOf, setStage, throttled } from '../stage.js';

describe('a forged X-Forwarded-For', () => {
  const random = createRandom(1);
  const forged = Array.from({ length: 5_000 }, () => forgedForwardedFor(random));

  it('is practically always fresh, and so is its left-most entry', () => {
    expect(new Set(forged).size).toBeGreaterThan(4_990);
    expect(new Set(forged.map((value) => value.split(',')[0]?.trim())).size).toBeGreaterThan(4_900);
  });

  it('is a legal header value of moderate length', () => {
    for (const value of forged) expect(value).toMatch(/^[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?$/);
  });

  it('comes in every form: v4, v6, private, list, with port, rubbish', () => {
    const has = (test: (value: string) => boolean) => forged.filter(test).length;
    expect(has(isIPv4)).toBeGreaterThan(500);
    expect(has(isIPv6)).toBeGreaterThan(300);
    expect(has((value) => isIPv4(value) && value.startsWith('10.'))).toBeGreaterThan(300);
    expect(has((value) => value.includes(', '))).toBeGreaterThan(300);
    expect(has((value) => /^\d+\.\d+\.\d+\.\d+:\d+$/.test(value))).toBeGreaterThan(300);
    expect(has((value) => value.startsWith('['))).toBeGreaterThan(300);
    expect(has((value) => /^[^0-9[]/.test(value))).toBeGreaterThan(200);
  });

  it('never claims to be the loopback network', () => {
    expect(forged.filter((value) => isIPv4(value) && value.startsWith('127.'))).toEqual([]);
  });
});

describe('forwarded rotation', () => {
  it('asks for the ticker from one address, unsigned, under another forged address each time', () => {
    const stage = setStage('forwarded-rotation');
    const intents = Array.from({ length: 200 }, () => stage.arrive());
    for (const intent of intents) {
      expect(classOf(intent)).toBe('ticker');
      expect(intent).toMatchObject({ signed: false, accountIndex: NO_INDEX, identity: stage.identities[0] });
      expect(Object.keys(intent.headers ?? {})).toEqual(['x-forwarded-for']);
    }
    expect(new Set(intents.map(({ headers }) => headers?.['x-forwarded-for'])).size).toBe(200);
  });

  it('tries a new name each time when it is told to log in, and none that exists', () => {
    const stage = setStage('forwarded-rotation', { params: { path: 'login' } });
    const intents = Array.from({ length: 200 }, () => stage.arrive());
    const names = intents.map(({ body }) => JSON.parse(body ?? '{}').username);
    expect(new Set(names).size).toBe(200);
    expect(names.some((name) => [...stage.world.registered].some(({ account }) => account === name))).toBe(false);
    expect(intents.map(({ accountIndex }) => stage.world.accountName(accountIndex))).toEqual(names);
    for (const intent of intents) {
      expect(classOf(intent)).toBe('login');
      expect(intent.headers?.['x-forwarded-for']).toBeTruthy();
    }
  });

  it('is not moved by a throttle', () => {
    const stage = setStage('forwarded-rotation');
    expect(stage.behaviour.onOutcome(stage.arrive(), throttled(5), 0)).toBeNull();
  });
});
