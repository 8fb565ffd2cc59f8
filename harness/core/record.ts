/**
 * The packed form of a request for the batch call, the same for both engines. Little-endian, each record padded to 8 bytes:
 *
 * | offset | type | field |
 * |---|---|---|
 * | 0 | f64 | nowUs |
 * | 8 | f64 | timestampUs |
 * | 16 | f64 | windowUs |
 * | 24 | u32 | total length of the record in bytes, padding included |
 * | 28 | u16 | classId |
 * | 30 | u16 | length of ip |
 * | 32 | u16 | length of account |
 * | 34 | u16 | length of keyId |
 * | 36 | u16 | length of signature |
 * | 38 | u16 | unused, 0 |
 * | 40 | u32 | length of message |
 * | 44 | | ip, account, keyId, signature, message in UTF-8, one after the other |
 */
export const RECORD_HEADER_BYTES = 44;

export interface RequestRecord {
  readonly nowUs: number;
  readonly classId: number;
  readonly ip: string;
  readonly account: string;
  readonly keyId: string;
  readonly timestampUs: number;
  readonly windowUs: number;
  /** Text is written as UTF-8, bytes as they are. */
  readonly message: string | Uint8Array;
  readonly signature: string;
}

/** Bytes of one record, ready to be concatenated with others. Fields longer than their length field are cut by none: they throw RangeError. */
export function encodeRecord(record: RequestRecord): Uint8Array {
  const encoder = new TextEncoder();
  const ip = encoder.encode(record.ip);
  const account = encoder.encode(record.account);
  const keyId = encoder.encode(record.keyId);
  const signature = encoder.encode(record.signature);
  const message = typeof record.message === 'string' ? encoder.encode(record.message) : record.message;
  for (const part of [ip, account, keyId, signature]) {
    if (part.length > 0xffff) throw new RangeError('an id or signature of a record is at most 65535 bytes');
  }
  const used = RECORD_HEADER_BYTES + ip.length + account.length + keyId.length + signature.length + message.length;
  const bytes = new Uint8Array(Math.ceil(used / 8) * 8);
  const view = new DataView(bytes.buffer);
  view.setFloat64(0, record.nowUs, true);
  view.setFloat64(8, record.timestampUs, true);
  view.setFloat64(16, record.windowUs, true);
  view.setUint32(24, bytes.length, true);
  view.setUint16(28, record.classId, true);
  view.setUint16(30, ip.length, true);
  view.setUint16(32, account.length, true);
  view.setUint16(34, keyId.length, true);
  view.setUint16(36, signature.length, true);
  view.setUint32(40, message.length, true);
  let offset = RECORD_HEADER_BYTES;
  for (const part of [ip, account, keyId, signature, message]) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** A record as the gate reads it: the message stays bytes, since they are what was signed. */
export interface ReadRecord extends RequestRecord {
  readonly message: Uint8Array;
  readonly byteLength: number;
}

/** Reads the record at `offset`, which `recordFault` has found whole. */
export function readRecord(records: Uint8Array, offset: number): ReadRecord {
  const view = new DataView(records.buffer, records.byteOffset + offset);
  const bytes = Buffer.from(records.buffer, records.byteOffset, records.length);
  let end = offset + RECORD_HEADER_BYTES;
  // One character a byte: an id or signature with a byte above 0x7e is malformed, whatever it would mean in UTF-8.
  const text = (length: number): string => {
    end += length;
    return length === 0 ? '' : bytes.toString('latin1', end - length, end);
  };
  const ip = text(view.getUint16(30, true));
  const account = text(view.getUint16(32, true));
  const keyId = text(view.getUint16(34, true));
  const signature = text(view.getUint16(36, true));
  return {
    nowUs: view.getFloat64(0, true),
    timestampUs: view.getFloat64(8, true),
    windowUs: view.getFloat64(16, true),
    byteLength: view.getUint32(24, true),
    classId: view.getUint16(28, true),
    ip,
    account,
    keyId,
    signature,
    message: records.subarray(end, end + view.getUint32(40, true)),
  };
}

/** Why there is no whole record at `offset`, or null when there is one. */
export function recordFault(records: Uint8Array, offset: number): string | null {
  if (offset + RECORD_HEADER_BYTES > records.length) return 'is cut short within its header';
  const view = new DataView(records.buffer, records.byteOffset + offset);
  let used = RECORD_HEADER_BYTES + view.getUint32(40, true);
  for (const at of [30, 32, 34, 36]) used += view.getUint16(at, true);
  const total = view.getUint32(24, true);
  if (total !== Math.ceil(used / 8) * 8) return `states a length of ${total} bytes, but its fields take ${used}`;
  return offset + total > records.length ? 'is cut short within its fields' : null;
}
