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

/** What is remembered of each address, account or key by its number. */
interface Known {
  /** The first of the actors whose it is by the map; the number of rules = nobody's. */
  readonly owners: number[];
  /** The actor that it was last seen as an identity of, and which one of them; -1 = of none. */
  readonly lastActors: number[];
  readonly lastIdentities: number[];
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
  readonly #ips: Known = { owners: [], lastActors: [], lastIdentities: [] };
  readonly #accounts: Known = { owners: [], lastActors: [], lastIdentities: [] };
  readonly #keys: Known = { owners: [], lastActors: [], lastIdentities: [] };
  readonly #hasWhere: boolean;

  constructor(rules: BoundMap['actors']) {
    this.#rules = rules;
    this.#identities = [...rules, null].map(() => new Map());
    this.#homes = [...rules, null].map(() => []);
    this.#hasWhere = rules.some(({ rule }) => rule.where !== null);
  }

  /** @throws {FloodproofError} FP_LOG_UNREADABLE for too many of them. */
  ipOf(text: string): number {
    const number = this.ips.of(text);
    if (number === this.#ips.owners.length) {
      if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) this.isIpv4 = false;
      this.#meet(this.#ips, (rule) => isWithin(text, rule));
    }
    return number;
  }

  /** @throws {FloodproofError} FP_LOG_UNREADABLE for too many of them. */
  accountOf(text: string): number {
    const number = this.accounts.of(text);
    if (number === this.#accounts.owners.length) this.#meet(this.#accounts, ({ accounts }) => accounts.has(text));
    return number;
  }

  /** @throws {FloodproofError} FP_LOG_UNREADABLE for too many of them. */
  keyOf(text: string): number {
    const number = this.keys.of(text);
    if (number === this.#keys.owners.length) this.#meet(this.#keys, ({ keys }) => keys.has(text));
    return number;
  }

  /** Fills in whose row it is, by its address, account and key. */
  place(row: LogRow, whereText: (field: number) => string | null): void {
    row.actor = this.#actorOf(row, whereText);
    row.identity = this.#identityOf(row);
  }

  /** Identities of an actor. */
  population(actor: number): number {
    return (this.#identities[actor] as Map<number, number>).size;
  }

  /** The first address and account of an identity. */
  home(actor: number, identity: number): { readonly ip: number; readonly account: number } {
    return this.#homes[actor]?.[identity] ?? { ip: NONE, account: NONE };
  }

  #meet({ owners, lastActors, lastIdentities }: Known, isOf: (rule: ActorRule) => boolean): void {
    const owner = this.#rules.findIndex(({ rule }) => isOf(rule));
    owners.push(owner < 0 ? this.#rules.length : owner);
    lastActors.push(-1);
    lastIdentities.push(-1);
  }

  /** The first rule that fits is the first of those that fit by any of what they go by. */
  #actorOf({ ip, account, key }: LogRow, whereText: (field: number) => string | null): number {
    let first = ip === NONE ? this.#rules.length : (this.#ips.owners[ip] as number);
    if (account !== NONE) first = Math.min(first, this.#accounts.owners[account] as number);
    if (key !== NONE) first = Math.min(first, this.#keys.owners[key] as number);
    if (!this.#hasWhere) return first;
    for (let actor = 0; actor < first; actor++) {
      const { rule, where } = this.#rules[actor] as BoundMap['actors'][number];
      if (rule.where?.values.has(whereText(where) ?? '-') === true) return actor;
    }
    return first;
  }

  #identityOf({ actor, ip, account, key }: LogRow): number {
    if (key !== NONE) return this.#numberIn(this.#keys, key, 2 * KIND_SPAN, actor, ip, account);
    if (account !== NONE) return this.#numberIn(this.#accounts, account, KIND_SPAN, actor, ip, account);
    // All of whom nothing is told are one.
    return ip === NONE
      ? this.#placeIn(actor, 3 * KIND_SPAN, ip, account)
      : this.#numberIn(this.#ips, ip, 0, actor, ip, account);
  }

  #numberIn(
    { lastActors, lastIdentities }: Known,
    who: number,
    kind: number,
    actor: number,
    ip: number,
    account: number,
  ): number {
    // Nearly everybody is always the same actor's.
    if (lastActors[who] === actor) return lastIdentities[who] as number;
    const number = this.#placeIn(actor, kind + who, ip, account);
    lastActors[who] = actor;
    lastIdentities[who] = number;
    return number;
  }

  #placeIn(actor: number, who: number, ip: number, account: number): number {
    const identities = this.#identities[actor] as Map<number, number>;
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
