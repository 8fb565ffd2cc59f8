/** Which counter a request has at each limit, found by texts; see `ReferenceGate`. */
import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { IpPrefix, LimitPart, LimitSpec } from '../../harness/core/spec.js';
import { ReferenceCounter } from './reference-counter.js';

/** What is known of a request. */
export interface Facts {
  readonly classId: number;
  readonly ip: string;
  readonly account: string;
  readonly keyId: string;
}

export const isId = (text: string): boolean => /^[\x21-\x7e]{1,256}$/.test(text);
const isIp = (text: string): boolean => /^[\x21-\x7e]{1,64}$/.test(text);

export class ReferenceCounters {
  readonly #limits: readonly LimitSpec[];
  readonly #counters: Map<string, ReferenceCounter>[];

  constructor(limits: readonly LimitSpec[]) {
    this.#limits = limits;
    this.#counters = limits.map(() => new Map());
  }

  /** The counter of the request's key, or null when the request has no key of the right form. */
  of(limit: LimitSpec, index: number, facts: Facts): ReferenceCounter | null {
    const parts = limit.by.toSorted().map((part) => textOf(part, limit.ipPrefix, facts));
    const counters = this.#counters[index];
    if (parts.includes(null) || counters === undefined) return null;
    const text = JSON.stringify(parts);
    const counter = counters.get(text) ?? new ReferenceCounter(limit);
    counters.set(text, counter);
    return counter;
  }

  /** The counters of other limits, where they stay. */
  become(limits: readonly LimitSpec[], nowUs: number): ReferenceCounters {
    const after = new ReferenceCounters(limits);
    for (const [index, limit] of limits.entries()) {
      const at = this.#limits.findIndex((before) => identityOf(before) === identityOf(limit));
      for (const [text, counter] of this.#counters[at] ?? []) {
        counter.become(limit, nowUs);
        after.#counters[index]?.set(text, counter);
      }
    }
    return after;
  }
}

/** All of a limit that must stay for its counters to stay. */
function identityOf({ name, by, ipPrefix, maxKeys, isShadow, ban, numbers }: LimitSpec): string {
  const window = 'windowUs' in numbers ? numbers.windowUs : null;
  const anchor = 'anchor' in numbers ? numbers.anchor : null;
  const prefix = ipPrefix === null ? null : [ipPrefix.v4, ipPrefix.v6];
  return JSON.stringify([name, by.toSorted(), prefix, maxKeys, isShadow, ban === null, numbers.family, window, anchor]);
}

function textOf(part: LimitPart, prefix: IpPrefix | null, { classId, ip, account, keyId }: Facts): string | null {
  const master = account.split('/')[0] ?? '';
  switch (part) {
    case 'class':
      return `${classId}`;
    case 'ip':
      return prefix === null ? formed(ip, isIp(ip)) : networkOf(ip, prefix);
    case 'master':
      return formed(master, isId(account) && master !== '');
    case 'account':
      return formed(account, isId(account));
    case 'key':
      return formed(keyId, isId(keyId));
  }
}

function formed(text: string, isFormed: boolean): string | null {
  return isFormed ? text : null;
}

/** The bits that all addresses of the prefix share, as digits. */
function networkOf(ip: string, { v4, v6 }: IpPrefix): string | null {
  if (!isIPv4(ip) && (!isIPv6(ip) || ip.includes('%'))) return null;
  // The library takes ::1.2.3.4 for ::ffff:1.2.3.4, which is another address.
  const address = ipaddr.process(ip.replace(/^::(?=\d+\.)/, '0:0:0:0:0:0:'));
  const digits = address.toByteArray().map((byte) => byte.toString(2).padStart(8, '0'));
  return `${address.kind()} ${digits.join('').slice(0, address.kind() === 'ipv4' ? v4 : v6)}`;
}
