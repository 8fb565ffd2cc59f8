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
  readonly message: string;
  readonly signature: string;
}

/** Bytes of one record, ready to be concatenated with others. Fields longer than their length field are cut by none: they throw RangeError. */
export function encodeRecord(record: RequestRecord): Uint8Array {
  const encoder = new TextEncoder();
  const parts = [record.ip, record.account, record.keyId, record.signature, record.message].map((text) =>
    encoder.encode(text),
  ) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  const [ip, account, keyId, signature, message] = parts;
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
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
