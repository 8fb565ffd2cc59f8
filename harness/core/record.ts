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

/** Length of a record whose fields take this many bytes. */
export function recordBytes(fieldBytes: number): number {
  return Math.ceil((RECORD_HEADER_BYTES + fieldBytes) / 8) * 8;
}
