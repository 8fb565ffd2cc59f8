/** Who calls, as the hashes that limits look up. Also the callers that are known by a number. */
import { FloodproofError } from '../errors.js';
import { PREFIX_BYTES, writePrefix } from './ip-address.js';
import type { KeyHash } from './key-hash.js';
import type { IpPrefix } from './spec.js';
import { ID_LENGTH_MAX, IP_LENGTH_MAX } from './text-form.js';

/**
 * Where in a caller's words stand the hashes, two words each, 0 and 0 for a text that has not the form. Behind them
 * stand those of the address under each prefix of the gate.
 */
export const callerWordOf = { ip: 0, master: 2, account: 4, key: 6, global: 8 } as const;
const PREFIXES_AT = 10;

const CALLERS_MAX = 10_000_000;
const CALLERS_FIRST = 64;
const SLASH = 0x2f;

export function writeHash(words: Int32Array, at: number, lo: number, hi: number): void {
  words[at] = lo;
  words[at + 1] = hi;
}

/** Whether the words say that there was no text of the right form. */
export function isBlank(words: Int32Array, at: number): boolean {
  return words[at] === 0 && words[at + 1] === 0;
}

/** Writes callers: what of them is asked for, from texts or from the bytes of a record. */
export class CallerWriter {
  /** Words of one caller. */
  readonly size: number;
  readonly #keyHash: KeyHash;
  readonly #prefixes: readonly IpPrefix[];
  readonly #prefixBytes = new Uint8Array(PREFIX_BYTES);

  /** @param prefixes - all different ones of the gate. */
  constructor(keyHash: KeyHash, prefixes: readonly IpPrefix[]) {
    this.#keyHash = keyHash;
    this.#prefixes = prefixes;
    this.size = PREFIXES_AT + 2 * prefixes.length;
  }

  /** The words of a caller of whom nothing is known. */
  blank(): Int32Array {
    const words = new Int32Array(this.size);
    this.#writeGlobal(words, 0);
    return words;
  }

  /** Where the hash of the address stands. */
  wordOfIp(prefix: IpPrefix | null): number {
    if (prefix === null) return callerWordOf.ip;
    return PREFIXES_AT + 2 * this.#prefixes.findIndex((one) => one.v4 === prefix.v4 && one.v6 === prefix.v6);
  }

  writeIp(words: Int32Array, base: number, ip: string): void {
    this.#write(words, base + callerWordOf.ip, this.#keyHash.ofText(ip, IP_LENGTH_MAX));
  }

  writePrefixes(words: Int32Array, base: number, ip: string): void {
    for (const [index, prefix] of this.#prefixes.entries()) {
      const isAddress = writePrefix(ip, prefix, this.#prefixBytes);
      if (isAddress) this.#keyHash.ofBytes(this.#prefixBytes, 0, PREFIX_BYTES, PREFIX_BYTES);
      this.#write(words, base + PREFIXES_AT + 2 * index, isAddress);
    }
  }

  writeAccount(words: Int32Array, base: number, account: string): void {
    this.#write(words, base + callerWordOf.account, this.#keyHash.ofText(account, ID_LENGTH_MAX));
  }

  writeMaster(words: Int32Array, base: number, account: string): void {
    this.#write(words, base + callerWordOf.master, hashMaster(this.#keyHash, account));
  }

  writeKey(words: Int32Array, base: number, keyId: string): void {
    this.#write(words, base + callerWordOf.key, this.#keyHash.ofText(keyId, ID_LENGTH_MAX));
  }

  /** The bytes of an address. */
  writeIpBytes(words: Int32Array, bytes: Uint8Array, start: number, end: number): void {
    this.#write(words, callerWordOf.ip, this.#keyHash.ofBytes(bytes, start, end, IP_LENGTH_MAX));
  }

  /** The bytes of an account. */
  writeAccountBytes(words: Int32Array, bytes: Uint8Array, start: number, end: number): void {
    const isFormed = this.#keyHash.ofBytes(bytes, start, end, ID_LENGTH_MAX);
    this.#write(words, callerWordOf.account, isFormed);
    const slash = bytes.subarray(start, end).indexOf(SLASH);
    const isWhole = slash < 0 || !isFormed;
    this.#write(
      words,
      callerWordOf.master,
      isWhole ? isFormed : this.#keyHash.ofBytes(bytes, start, start + slash, ID_LENGTH_MAX),
    );
  }

  /** All that limits count by. */
  writeAll(words: Int32Array, base: number, ip: string, account: string, keyId: string): void {
    this.writeIp(words, base, ip);
    this.writePrefixes(words, base, ip);
    this.writeAccount(words, base, account);
    this.writeMaster(words, base, account);
    this.writeKey(words, base, keyId);
    this.#writeGlobal(words, base);
  }

  /** What all callers share. */
  #writeGlobal(words: Int32Array, base: number): void {
    this.#keyHash.ofText('', 0);
    this.#write(words, base + callerWordOf.global, true);
  }

  #write(words: Int32Array, at: number, isFormed: boolean): void {
    writeHash(words, at, isFormed ? this.#keyHash.lo : 0, isFormed ? this.#keyHash.hi : 0);
  }
}

/** Hashes an account up to its first slash. @returns whether the account is well formed and there is something before it. */
export function hashMaster(keyHash: KeyHash, account: string): boolean {
  const slash = account.indexOf('/');
  const isFormed = keyHash.ofText(account, ID_LENGTH_MAX);
  return isFormed && slash >= 0 ? keyHash.ofText(account.slice(0, slash), ID_LENGTH_MAX) : isFormed;
}

/** Callers by number. */
export class CallerList {
  words: Int32Array;
  count = 0;
  readonly #writer: CallerWriter;
  readonly #countMax: number;
  /** Of each caller, since keys are known by their text. */
  readonly #keyIds: string[] = [];

  constructor(writer: CallerWriter, countMax: number = CALLERS_MAX) {
    this.#writer = writer;
    this.#countMax = countMax;
    this.words = new Int32Array(CALLERS_FIRST * writer.size);
  }

  /** @throws {FloodproofError} FP_CALLERS_FULL */
  add(ip: string, account: string, keyId: string): number {
    if (this.count >= this.#countMax) {
      throw new FloodproofError('FP_CALLERS_FULL', `${this.#countMax} callers are interned, and no more can be`);
    }
    const base = this.count * this.#writer.size;
    if (base === this.words.length) {
      const longer = new Int32Array(Math.min(2 * base, this.#countMax * this.#writer.size));
      longer.set(this.words);
      this.words = longer;
    }
    this.#writer.writeAll(this.words, base, ip, account, keyId);
    this.#keyIds.push(keyId);
    this.count += 1;
    return this.count - 1;
  }

  /** @throws {FloodproofError} FP_CALLER_INVALID */
  replace(caller: number, ip: string, account: string, keyId: string): void {
    this.#writer.writeAll(this.words, this.baseOf(caller), ip, account, keyId);
    this.#keyIds[caller] = keyId;
  }

  /** @param caller - who is interned. */
  keyIdOf(caller: number): string {
    return this.#keyIds[caller] ?? '';
  }

  /** Where the caller's words start. @throws {FloodproofError} FP_CALLER_INVALID */
  baseOf(caller: number): number {
    if (caller >>> 0 === caller && caller < this.count) return caller * this.#writer.size;
    throw new FloodproofError('FP_CALLER_INVALID', `there is no caller ${caller}, ${this.count} are interned`);
  }
}
