/** The public door of the core. */

export { createGate } from './gate.js';
export { hmacSha256 } from './hmac-key.js';
export { encodeRecord, type RequestRecord } from './record.js';
export * from './spec.js';
export { validateSpec } from './validate-spec.js';
