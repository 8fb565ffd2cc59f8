/**
 * The packed form of a request for the batch call, the same for both engines. Little-endian, each record padded to 8 bytes:
 *
 * | offset | type | field |
 * |---|---|---|
 * | 0 | f64 | nowUs |
 * | 8 | f64 | timestampUs |
 * | 16 | f64 | windowUs |
 * | 24 | f64 | ageUs |
 * | 32 | u32 | total length of the record in bytes, padding included |
 * | 36 | u16 | classId |
 * | 38 | u16 | length of ip |
 * | 40 | u16 | length of account |
 * | 42 | u16 | length of keyId |
 * | 44 | u16 | length of signature |
 * | 46 | u16 | elements; 0 is read as 1 |
 * | 48 | u32 | length of message |
 * | 52 | | ip, account, keyId, signature, message in UTF-8, one after the other |
 */
export const RECORD_HEADER_BYTES = 52;

/** Elements that one request can be made of: what a record can say. */
export const ELEMENTS_MAX = 0xffff;

export interface RequestRecord {
  readonly nowUs: number;
  readonly classId: number;
  readonly ip: string;
  readonly account: string;
  readonly keyId: string;
  readonly timestampUs: number;
  readonly windowUs: number;
  /** Text is written as UTF-8, bytes as they are: a gate of Latin-1 texts is given bytes. */
  readonly message: string | Uint8Array;
  readonly signature: string;
  /** Whole, 1 to 65,535; 1 when left out. */
  readonly elements?: number;
  /** Whole microseconds; 0 when left out. */
  readonly ageUs?: number;
}

/** Length of a record whose fields take this many bytes. */
export function recordBytes(fieldBytes: number): number {
  return Math.ceil((RECORD_HEADER_BYTES + fieldBytes) / 8) * 8;
}
