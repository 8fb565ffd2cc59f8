/** The public door of the core. */

export { createGate } from './gate.js';
export { encodeRecord, type RequestRecord } from './record.js';
export * from './spec.js';
export { validateSpec } from './validate-spec.js';
export { hmacSha256 } from './verifier.js';
