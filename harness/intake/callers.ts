/**
 * Who the callers of a log are: numbers for their addresses, accounts, keys and signatures, whose of the actors each of them is,
 * and which of its identities. An identity is a key; without one an account, and without that an address.
 */
import ipaddr from 'ipaddr.js';
import { NONE } from '../judge/observation.js';
import type { BoundMap } from './bound-map.js';
import type { ActorRule } from './log-map.js';
import type { LogRow } from './log-row.js';
import { Names } from './names.js';
import { SignatureBook } from './signature-book.js';

/** Kinds of identities, so that key 3 is another one than address 3. */
const KIND_SPAN = 2 ** 32;

export interface Caller {
  readonly ip: string | null;
  readonly account: string | null;
  readonly key: string | null;
  readonly signature: string | null;
}

export class Callers {
  readonly ips = new Names('addresses');
  readonly accounts = new Names('accounts');
  readonly keys = new Names('API keys');
  readonly signatures = new SignatureBook();
  /** Whether all addresses are IPv4 in its usual spelling. */
  isIpv4 = true;
  readonly #rules: BoundMap['actors'];
  /** By actor: numbers of its identities. */
  readonly #identities: Map<number, number>[];
  /** By actor and identity: the address and account that it was first seen with. */
  readonly #homes: { ip: number; account: number }[][];
  /** By address: whose it is by the ranges of the map; -1 = nobody's. */
  readonly #byIp: number[] = [];
  readonly #hasRanges: boolean;

  constructor(rules: BoundMap['actors']) {
    this.#rules = rules;
    this.#identities = [...rules, null].map(() => new Map());
    this.#homes = [...rules, null].map(() => []);
    this.#hasRanges = rules.some(({ rule }) => rule.ranges.length > 0);
  }

  /** Fills in whose row it is. @throws {FloodproofError} FP_LOG_UNREADABLE for too many of a kind. */
  place(row: LogRow, { ip, account, key, signature }: Caller, whereText: (field: number) => string | null): void {
    const ips = this.ips.texts.length;
    row.ip = this.ips.of(ip ?? '');
    if (this.ips.texts.length > ips) this.#meet(row.ip, ip ?? '');
    row.account = account === null ? NONE : this.accounts.of(account);
    row.key = key === null ? NONE : this.keys.of(key);
    row.signature = signature === null ? NONE : this.signatures.of(signature);
    row.actor = this.#actorOf(row.ip, account, key, whereText);
    row.identity = this.#identityOf(row);
  }

  /** Identities of an actor. */
  population(actor: number): number {
    return (this.#identities[actor] as Map<number, number>).size;
  }

  /** The first address and account of an identity. */
  home(actor: number, identity: number): { readonly ip: number; readonly account: number } {
    return this.#homes[actor]?.[identity] ?? { ip: 0, account: NONE };
  }

  #meet(number: number, text: string): void {
    if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) this.isIpv4 = false;
    if (this.#hasRanges) this.#byIp[number] = this.#rules.findIndex(({ rule }) => isWithin(text, rule));
  }

  #actorOf(
    ip: number,
    account: string | null,
    key: string | null,
    whereText: (field: number) => string | null,
  ): number {
    const rules = this.#rules;
    for (let actor = 0; actor < rules.length; actor++) {
      const { rule, where } = rules[actor] as BoundMap['actors'][number];
      if (key !== null && rule.keys.has(key)) return actor;
      if (account !== null && rule.accounts.has(account)) return actor;
      if (this.#hasRanges && rule.ranges.length > 0 && this.#byIp[ip] === actor) return actor;
      if (rule.where?.values.has(whereText(where) ?? '-') === true) return actor;
    }
    return rules.length;
  }

  #identityOf({ actor, ip, account, key }: LogRow): number {
    const identities = this.#identities[actor] as Map<number, number>;
    const who = key !== NONE ? 2 * KIND_SPAN + key : account !== NONE ? KIND_SPAN + account : ip;
    const known = identities.get(who);
    if (known !== undefined) return known;
    const number = identities.size;
    identities.set(who, number);
    this.#homes[actor]?.push({ ip, account });
    return number;
  }
}

function isWithin(text: string, { ranges }: ActorRule): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  return ranges.some((range) => address.kind() === range[0].kind() && address.match(range));
}
