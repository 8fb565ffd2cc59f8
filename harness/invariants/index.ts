/** The public door of the kit: checks any limiter against what it claims. */
export { type ClockMove, type ContractAndLimiter, hostileClocks, policies, traffic } from './arbitraries.js';
export { assertLimiter, checkLimiter } from './check-limiter.js';
export * from './contract.js';
export { CORE_KEYS, coreAdapter } from './core-adapter.js';
export { type History, Play } from './history.js';
export { modelAdapter } from './model-limiter.js';
export { reportText } from './report-text.js';
export * from './verifier/index.js';
