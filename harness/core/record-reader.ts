/** Reads packed records where they lie; texts and views are made only of what is asked for. */
import type { CallerWriter } from './callers.js';
import { RECORD_HEADER_BYTES, recordBytes } from './record.js';

const noBytes = Buffer.alloc(0);

export class RecordReader {
  nowUs = 0;
  timestampUs = 0;
  windowUs = 0;
  ageUs = 0;
  elements = 1;
  classId = 0;
  byteLength = 0;
  // The memory that was read last, kept since callers come again with the same and views cost as much as all the rest.
  #bytes: Buffer = noBytes;
  #view: DataView = new DataView(noBytes.buffer);
  #ipStart = 0;
  #accountStart = 0;
  #keyIdStart = 0;
  #signatureStart = 0;
  #messageStart = 0;
  #messageEnd = 0;

  /** Reads the record at `offset`, whose fields the getters below then tell. @returns why there is none, or null. */
  read(records: Uint8Array, offset: number): string | null {
    if (offset + RECORD_HEADER_BYTES > records.length) return 'is cut short within its header';
    if (this.#bytes.buffer !== records.buffer || this.#bytes.length !== records.buffer.byteLength) {
      // The caller has checked that threads do not share it.
      const memory = records.buffer as ArrayBuffer;
      this.#bytes = Buffer.from(memory);
      this.#view = new DataView(memory);
    }
    const view = this.#view;
    const start = records.byteOffset + offset;
    this.#ipStart = start + RECORD_HEADER_BYTES;
    this.#accountStart = this.#ipStart + view.getUint16(start + 38, true);
    this.#keyIdStart = this.#accountStart + view.getUint16(start + 40, true);
    this.#signatureStart = this.#keyIdStart + view.getUint16(start + 42, true);
    this.#messageStart = this.#signatureStart + view.getUint16(start + 44, true);
    this.#messageEnd = this.#messageStart + view.getUint32(start + 48, true);
    this.byteLength = view.getUint32(start + 32, true);
    const used = this.#messageEnd - start;
    if (this.byteLength !== recordBytes(used - RECORD_HEADER_BYTES)) {
      return `states a length of ${this.byteLength} bytes, but its fields take ${used}`;
    }
    if (offset + this.byteLength > records.length) return 'is cut short within its fields';
    this.nowUs = view.getFloat64(start, true);
    this.timestampUs = view.getFloat64(start + 8, true);
    this.windowUs = view.getFloat64(start + 16, true);
    this.ageUs = view.getFloat64(start + 24, true);
    this.elements = view.getUint16(start + 46, true) || 1;
    this.classId = view.getUint16(start + 36, true);
    return null;
  }

  writeIp(writer: CallerWriter, words: Int32Array): void {
    writer.writeIpBytes(words, this.#bytes, this.#ipStart, this.#accountStart);
  }

  writeAccount(writer: CallerWriter, words: Int32Array): void {
    writer.writeAccountBytes(words, this.#bytes, this.#accountStart, this.#keyIdStart);
  }

  // One character a byte: an id or signature with a byte above 0x7e is malformed, whatever it would mean in UTF-8.
  get ip(): string {
    return this.#bytes.toString('latin1', this.#ipStart, this.#accountStart);
  }

  get keyId(): string {
    return this.#bytes.toString('latin1', this.#keyIdStart, this.#signatureStart);
  }

  get signature(): string {
    return this.#bytes.toString('latin1', this.#signatureStart, this.#messageStart);
  }

  /** The message stays bytes, since they are what was signed. */
  get message(): Uint8Array {
    return this.#bytes.subarray(this.#messageStart, this.#messageEnd);
  }
}
