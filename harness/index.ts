/**
 * The public door: decide requests with a gate, judge a record of requests, read and explain scenario files.
 * `floodproof/core` is the core alone, without any dependency.
 */
export { createGate } from './core/gate.js';
export {
  Answer,
  type AuthSpec,
  Decision,
  decisionNames,
  type Gate,
  type GateSpec,
  type HashSecret,
  type LimitSpec,
} from './core/spec.js';
export { ExitCode, type Fault, FloodproofError, formatError } from './errors.js';
export { type JudgeTask, judgeRun } from './judge/judge.js';
export type { ObservationBatch, ObservationColumns, ObservationSource } from './judge/observation.js';
export type { SuiteDocument, Verdict, VerdictDocument } from './judge/verdict.js';
export { type Engine, type EngineChoice, openEngine } from './native/engine.js';
export type { Contention, SharedGate } from './native/native-gate.js';
export { compilePolicy } from './scenario/compile.js';
export { explain } from './scenario/explain.js';
export type { FileReader } from './scenario/file-reader.js';
export type { Plan, Policy } from './scenario/plan.js';
export { loadPolicy } from './scenario/policy.js';
export { loadScenario } from './scenario/scenario.js';
export { type MarkedRun, verifyRunMark } from './targets/consent/consent-mark.js';
