/**
 * The counters of one limit: which of them a row belongs to, and what it is called.
 *
 * A counter by ip, account or key alone has the index that the record gives it. Where several of them share a counter
 * (addresses of one prefix, accounts of one master), or several parts make one together, counters are numbered as they
 * are first seen: rows of one run must all be asked about in the same space. With the class beside one other part they
 * have room for each class.
 */
import ipaddr from 'ipaddr.js';
import type { IpPrefix, LimitPart } from '../core/spec.js';
import { type PolicyLimit, requestClasses } from '../scenario/plan.js';
import { NONE } from './observation.js';
import type { Row } from './row.js';

/** Texts of what limits count by, see `World`. */
export interface CounterNames {
  /** Whether each index of an address is another IPv4 address: by such in full nothing has to be looked up. */
  readonly hasOneIpv4Each?: boolean;
  ipName(index: number): string;
  keyName(index: number): string;
  accountName(index: number): string;
}

type Keyed = Pick<Row, 'ip' | 'account' | 'key' | 'requestClass'>;

const PAGE_INDEXES = 1024;

/** Numbers for texts, and for the indexes that were already looked up: four bytes for each of these. */
class Groups {
  readonly texts: string[] = [];
  private readonly byText = new Map<string, number>();
  /** The group of an index and 1; 0 = not looked up yet. */
  private readonly pages: (Uint32Array | undefined)[] = [];
  private readonly textOf: (index: number) => string;

  constructor(textOf: (index: number) => string) {
    this.textOf = textOf;
  }

  of(index: number): number {
    const number = Math.floor(index / PAGE_INDEXES);
    let page = this.pages[number];
    if (page === undefined) {
      page = new Uint32Array(PAGE_INDEXES);
      this.pages[number] = page;
    }
    const at = index % PAGE_INDEXES;
    if (page[at] === 0) page[at] = this.groupOf(this.textOf(index)) + 1;
    return (page[at] as number) - 1;
  }

  private groupOf(text: string): number {
    const group = this.byText.get(text) ?? this.texts.length;
    if (group === this.texts.length) {
      this.texts.push(text);
      this.byText.set(text, group);
    }
    return group;
  }
}

export class CounterSpace {
  private readonly parts: readonly LimitPart[];
  /** The one part that stands beside the class, null when it is not so. */
  private readonly besideClass: LimitPart | null;
  private readonly names: CounterNames;
  private readonly prefixes: Groups | null;
  private readonly masters: Groups;
  private readonly combinations = new Map<string, number>();
  private readonly members: (readonly number[])[] = [];

  constructor({ by, ipPrefix }: Pick<PolicyLimit, 'by' | 'ipPrefix'>, names: CounterNames) {
    this.parts = by;
    this.besideClass = by.length === 2 && by.includes('class') ? (by.find((part) => part !== 'class') ?? null) : null;
    this.names = names;
    const isWhole = ipPrefix === null || (ipPrefix.v4 === 32 && names.hasOneIpv4Each === true);
    this.prefixes = isWhole ? null : new Groups((index) => prefixText(names.ipName(index), ipPrefix));
    this.masters = new Groups((index) => masterOf(names.accountName(index)));
  }

  /** Below 2^36; -1 when the row lacks what the limit counts by. Whether the limit matches its class is not asked. */
  of(row: Keyed): number {
    const { parts } = this;
    if (parts.length === 0) return 0;
    if (parts.length === 1) return this.memberOf(row, parts[0] as LimitPart);
    if (this.besideClass !== null) {
      const member = this.memberOf(row, this.besideClass);
      return member < 0 ? -1 : member * requestClasses.length + row.requestClass;
    }
    const members = parts.map((part) => this.memberOf(row, part));
    if (members.includes(-1)) return -1;
    const text = members.join('/');
    const known = this.combinations.get(text);
    if (known !== undefined) return known;
    this.members.push(members);
    this.combinations.set(text, this.members.length - 1);
    return this.members.length - 1;
  }

  /** @param counter - -1: several together. */
  name(counter: number): string {
    const { parts } = this;
    if (parts.length === 0 || counter < 0) return '*';
    if (parts.length === 1) return this.memberName(parts[0] as LimitPart, counter);
    const members =
      this.besideClass === null
        ? (this.members[counter] ?? [])
        : parts.map((part) =>
            part === 'class' ? counter % requestClasses.length : Math.floor(counter / requestClasses.length),
          );
    return parts.map((part, at) => this.memberName(part, members[at] ?? -1)).join(' ');
  }

  private memberOf(row: Keyed, part: LimitPart): number {
    if (part === 'class') return row.requestClass;
    const index = part === 'ip' ? row.ip : part === 'key' ? row.key : row.account;
    if (index === NONE) return -1;
    if (part === 'ip') return this.prefixes === null ? index : this.prefixes.of(index);
    return part === 'master' ? this.masters.of(index) : index;
  }

  private memberName(part: LimitPart, member: number): string {
    const { names } = this;
    if (part === 'account') return names.accountName(member);
    if (part === 'master') return this.masters.texts[member] ?? `master ${member}`;
    if (part === 'class') return requestClasses[member] ?? `class ${member}`;
    if (part === 'key') return names.keyName(member);
    return this.prefixes === null ? names.ipName(member) : (this.prefixes.texts[member] ?? `ip ${member}`);
  }
}

/** The account up to its first slash, the whole of it when there is none. */
function masterOf(account: string): string {
  const slash = account.indexOf('/');
  return slash < 0 ? account : account.slice(0, slash);
}

/** `10.1.0.0/16`. A text that is no address shares its counter with nobody. */
function prefixText(text: string, prefix: IpPrefix): string {
  if (!ipaddr.isValid(text)) return text;
  const address = ipaddr.process(text);
  const bits = address.kind() === 'ipv4' ? prefix.v4 : prefix.v6;
  const bytes = address.toByteArray().map((byte, index) => {
    const kept = Math.min(8, Math.max(0, bits - 8 * index));
    return byte & (0xff << (8 - kept)) & 0xff;
  });
  const network = ipaddr.fromByteArray(bytes).toString();
  return bits === 8 * bytes.length ? network : `${network}/${bits}`;
}
