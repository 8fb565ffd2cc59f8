/** The public door of the core. */

export { createGate } from './gate.js';
export { hmacSha256 } from './hmac-key.js';
export type { RequestRecord } from './record.js';
export { encodeRecord, RecordPacker } from './record-packer.js';
export * from './spec.js';
export { validateSpec } from './validate-spec.js';
