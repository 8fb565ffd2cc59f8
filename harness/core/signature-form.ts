/**
 * How a signature is written: the one place that reads hex and base64. Both are read strictly, since a second spelling
 * of the same bytes would be a second signature for whoever compares texts. Buffer's decoders are not strict: hex takes
 * U+0130 for '0', base64 takes other alphabets and skips what it does not know.
 */
import type { AuthSpec } from './spec.js';

/** Value of a character; others have a number whose sign bit marks it. */
function valuesOf(alphabet: string): Int8Array {
  const values = new Int8Array(0x80).fill(-1);
  for (let value = 0; value < alphabet.length; value += 1) values[alphabet.charCodeAt(value)] = value;
  return values;
}

const hexValues = valuesOf('0123456789abcdef');
for (const [value, digit] of [...'ABCDEF'].entries()) hexValues[digit.charCodeAt(0)] = 10 + value;
const base64Values = valuesOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');

const PADDING = '='.charCodeAt(0);

/** Reads signatures of one length into one buffer. */
export class SignatureReader {
  /** What was read last. */
  readonly bytes: Uint8Array;
  readonly #isHex: boolean;
  readonly #length: number;

  constructor(encoding: AuthSpec['encoding'], byteLength: number) {
    this.bytes = new Uint8Array(byteLength);
    this.#isHex = encoding === 'hex';
    this.#length = this.#isHex ? 2 * byteLength : 4 * Math.ceil(byteLength / 3);
  }

  /** @returns false when the text is not the one right spelling of this many bytes; hex digits may be of either case. */
  read(signature: string): boolean {
    if (signature.length !== this.#length) return false;
    return this.#isHex ? this.#readHex(signature) : this.#readBase64(signature);
  }

  #readHex(signature: string): boolean {
    const { bytes } = this;
    let faults = 0;
    for (let index = 0; index < bytes.length; index += 1) {
      const high = signature.charCodeAt(2 * index);
      const low = signature.charCodeAt(2 * index + 1);
      const value = ((hexValues[high & 0x7f] as number) << 4) | (hexValues[low & 0x7f] as number);
      faults |= value | (0x7f - high) | (0x7f - low);
      bytes[index] = value;
    }
    return faults >= 0;
  }

  #readBase64(signature: string): boolean {
    const { bytes } = this;
    const whole = Math.floor(bytes.length / 3);
    let faults = 0;
    for (let group = 0; group < whole; group += 1) {
      const a = signature.charCodeAt(4 * group);
      const b = signature.charCodeAt(4 * group + 1);
      const c = signature.charCodeAt(4 * group + 2);
      const d = signature.charCodeAt(4 * group + 3);
      const high = ((base64Values[a & 0x7f] as number) << 6) | (base64Values[b & 0x7f] as number);
      const low = ((base64Values[c & 0x7f] as number) << 6) | (base64Values[d & 0x7f] as number);
      faults |= high | low | (0x7f - a) | (0x7f - b) | (0x7f - c) | (0x7f - d);
      bytes[3 * group] = high >> 4;
      bytes[3 * group + 1] = (high << 4) | (low >> 8);
      bytes[3 * group + 2] = low;
    }
    return faults >= 0 && this.#readBase64End(signature, whole);
  }

  /** The last group, of one or two bytes; what is left of its bits must be 0. */
  #readBase64End(signature: string, group: number): boolean {
    const { bytes } = this;
    const rest = bytes.length - 3 * group;
    if (rest === 0) return true;
    if (signature.charCodeAt(4 * group + 3) !== PADDING) return false;
    const a = signature.charCodeAt(4 * group);
    const b = signature.charCodeAt(4 * group + 1);
    const c = signature.charCodeAt(4 * group + 2);
    const high = ((base64Values[a & 0x7f] as number) << 6) | (base64Values[b & 0x7f] as number);
    if ((high | (0x7f - a) | (0x7f - b)) < 0) return false;
    bytes[3 * group] = high >> 4;
    if (rest === 1) return c === PADDING && (high & 0x0f) === 0;
    const low = base64Values[c & 0x7f] as number;
    if ((low | (0x7f - c)) < 0 || (low & 0x03) !== 0) return false;
    bytes[3 * group + 1] = (high << 4) | (low >> 2);
    return true;
  }
}
