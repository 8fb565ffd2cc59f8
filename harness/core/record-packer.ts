/** Writes records, one after the other, into one buffer that is had once. */
import { ELEMENTS_MAX, RECORD_HEADER_BYTES, type RequestRecord, recordBytes } from './record.js';

const FIELD_BYTES_MAX = 0xffff;
/** UTF-8 takes at most three bytes for a UTF-16 code unit. */
const UTF8_BYTES_PER_UNIT = 3;

export class RecordPacker {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  #end = 0;
  #count = 0;

  /** @param byteLength - room for all records that are packed before `clear`. */
  constructor(byteLength: number) {
    this.#bytes = Buffer.from(new ArrayBuffer(byteLength));
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** The packed part; a view, so that the next `pack` after `clear` writes over it. */
  get bytes(): Uint8Array {
    return new Uint8Array(this.#bytes.buffer, 0, this.#end);
  }

  get count(): number {
    return this.#count;
  }

  clear(): void {
    this.#end = 0;
    this.#count = 0;
  }

  /**
   * @returns false when there is no room for the record; the packed part is as it was.
   * @throws RangeError when an id or signature takes more than 65,535 bytes, or there are more elements; fields are cut by
   *   none.
   */
  pack(record: RequestRecord): boolean {
    const { ip, account, keyId, signature, message } = record;
    const isText = typeof message === 'string';
    checkElements(record.elements);
    // In one piece, since a short text is written about as slowly as a long one. Texts of which every character takes
    // one byte are ASCII, and then the fields' lengths are known.
    const text = isText ? ip + account + keyId + signature + message : ip + account + keyId + signature;
    const start = this.#end + RECORD_HEADER_BYTES;
    const byteLength = recordBytes(text.length + (isText ? 0 : message.length));
    if (byteLength > this.#bytes.length - this.#end) {
      // No character takes less than a byte, so this is no room; but a fault is told whether there is room or not.
      checkFields(record);
      return false;
    }
    if (this.#bytes.write(text, start, 'utf8') !== text.length) return this.#packFields(record);
    if (!isText) this.#bytes.set(message, start + text.length);
    this.#view.setUint16(this.#end + 38, fieldLength(ip.length), true);
    this.#view.setUint16(this.#end + 40, fieldLength(account.length), true);
    this.#view.setUint16(this.#end + 42, fieldLength(keyId.length), true);
    this.#view.setUint16(this.#end + 44, fieldLength(signature.length), true);
    this.#view.setUint32(this.#end + 48, message.length, true);
    this.#finish(record, byteLength, start + text.length + (isText ? 0 : message.length));
    return true;
  }

  /** Field by field, for texts that are not all ASCII. */
  #packFields(record: RequestRecord): boolean {
    const { ip, account, keyId, signature, message } = record;
    checkFields(record);
    const fields = [ip, account, keyId, signature];
    const lengths = fields.map((field) => Buffer.byteLength(field, 'utf8'));
    const messageLength = typeof message === 'string' ? Buffer.byteLength(message, 'utf8') : message.length;
    const byteLength = recordBytes(lengths.reduce((sum, length) => sum + length, messageLength));
    if (byteLength > this.#bytes.length - this.#end) return false;
    let offset = this.#end + RECORD_HEADER_BYTES;
    for (const [index, field] of fields.entries()) {
      this.#view.setUint16(this.#end + 38 + 2 * index, lengths[index] as number, true);
      offset += this.#bytes.write(field, offset, 'utf8');
    }
    this.#view.setUint32(this.#end + 48, messageLength, true);
    if (typeof message === 'string') this.#bytes.write(message, offset, 'utf8');
    else this.#bytes.set(message, offset);
    this.#finish(record, byteLength, offset + messageLength);
    return true;
  }

  /** The rest of the header, and zeros from the end of the fields to the end of the record. */
  #finish(record: RequestRecord, byteLength: number, fieldsEnd: number): void {
    const start = this.#end;
    this.#end += byteLength;
    this.#count += 1;
    this.#view.setFloat64(start, record.nowUs, true);
    this.#view.setFloat64(start + 8, record.timestampUs, true);
    this.#view.setFloat64(start + 16, record.windowUs, true);
    this.#view.setUint32(start + 32, byteLength, true);
    this.#view.setFloat64(start + 24, record.ageUs ?? 0, true);
    this.#view.setUint16(start + 36, record.classId, true);
    this.#view.setUint16(start + 46, record.elements ?? 1, true);
    for (let index = fieldsEnd; index < this.#end; index += 1) this.#bytes[index] = 0;
  }
}

/** Bytes of one record, ready to be concatenated with others. */
export function encodeRecord(record: RequestRecord): Uint8Array {
  const { ip, account, keyId, signature, message } = record;
  const units = ip.length + account.length + keyId.length + signature.length;
  const messageBytesMax = typeof message === 'string' ? UTF8_BYTES_PER_UNIT * message.length : message.length;
  const packer = new RecordPacker(recordBytes(UTF8_BYTES_PER_UNIT * units + messageBytesMax));
  packer.pack(record);
  return packer.bytes.slice();
}

function checkFields({ ip, account, keyId, signature, elements }: RequestRecord): void {
  checkElements(elements);
  for (const field of [ip, account, keyId, signature]) fieldLength(Buffer.byteLength(field, 'utf8'));
}

function checkElements(elements: number | undefined): void {
  if (elements === undefined || (Number.isInteger(elements) && elements >= 1 && elements <= ELEMENTS_MAX)) return;
  throw new RangeError(`a record is of 1 to ${ELEMENTS_MAX} elements, got ${elements}`);
}

function fieldLength(byteLength: number): number {
  if (byteLength <= FIELD_BYTES_MAX) return byteLength;
  throw new RangeError(`an id or signature of a record is at most ${FIELD_BYTES_MAX} bytes`);
}
