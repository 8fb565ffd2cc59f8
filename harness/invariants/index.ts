/** The public door of the kit: checks any limiter against what it claims. */
export { assertLimiter, checkLimiter } from './check-limiter.js';
export * from './contract.js';
export { CORE_KEYS, coreAdapter } from './core-adapter.js';
export { modelAdapter } from './model-limiter.js';
export { reportText } from './report-text.js';
