/** The kit for verifiers: what a contract promises is asked of any implementation. */
export { assertVerifier, checkVerifier, verifierReportText } from './check-verifier.js';
export { textOfLines } from './claims.js';
export * from './contract.js';
export { coreVerifierAdapter, coreVerifierContract } from './core-adapter.js';
export { HISTORY_START_US } from './drafts.js';
