/** Says everything that is wrong with a contract, at once. */
import { FaultList } from '../core/fault-list.js';
import { HORIZON_US, type LimitNumbers } from '../core/spec.js';
import { inexactReason } from '../core/token-bucket.js';
import { FloodproofError } from '../errors.js';
import { capacityOf, hasCredit } from './claims.js';
import type { CheckOptions, Contract, LimiterAdapter } from './contract.js';
import { invariantNames } from './contract.js';

const INT32_MAX = 2 ** 31 - 1;
const HOUR_US = 3_600_000_000;
const LOG_CELLS_MAX = 10_000;

const families = [
  'token-bucket',
  'fixed-window',
  'sliding-log',
  'sliding-counter',
  'leaky-queue',
  'earned-budget',
  'concurrency',
];

class ContractFaults extends FaultList {
  contradiction(message: string, hint: string): void {
    this.add('FP_CONTRACT_CONTRADICTION', message, hint);
  }
}

/** Of a contract; what it does not know may be a slip of the pen, and then the strictest would be claimed in silence. */
const fields = [
  'promises',
  'grainUs',
  'nodes',
  'slackCells',
  'deniedRequests',
  'retryAfter',
  'retryGrainUs',
  'remaining',
  'keys',
  'countersMax',
  'costMax',
  'overCapacity',
  'horizonUs',
  'clockBack',
] as const satisfies readonly (keyof Contract)[];

/** What makes a limiter is looked at before any is made. @throws {FloodproofError} FP_CONTRACT_INVALID */
export function validateAdapter(adapter: LimiterAdapter): void {
  const list = new ContractFaults();
  if (typeof adapter !== 'object' || adapter === null) {
    list.add(
      'FP_ADAPTER_INVALID',
      `the adapter must be an object, got ${String(adapter)}`,
      'write { name, clock, create }',
    );
  } else {
    list.choice('adapter.clock', adapter.clock, ['argument', 'global', 'real']);
    if (typeof adapter.create !== 'function') {
      const message = `adapter.create must be a function that makes a limiter, got ${String(adapter.create)}`;
      list.add('FP_ADAPTER_INVALID', message, 'write create: () => ({ consume(key, cost, nowUs) { ... } })');
    }
  }
  refuse(list, 'the limiter can not be asked');
}

/** @throws {FloodproofError} FP_CONTRACT_INVALID, with a fault for every field that is wrong. */
export function validateContract(contract: Contract): void {
  const list = new ContractFaults();
  if (typeof contract !== 'object' || contract === null || !Array.isArray(contract.promises)) {
    list.add('FP_LIST_SIZE', 'promises must be a list of one or more promises', 'write what the limiter promises');
  } else {
    contractFaults(list, contract);
  }
  refuse(list, 'the contract can not be asked for');
}

/** @throws {FloodproofError} FP_CONTRACT_INVALID */
export function validateOptions(options: CheckOptions): void {
  const list = new ContractFaults();
  if (options.runs !== undefined) list.number('runs', options.runs, { min: 1, max: 1_000_000 });
  if (options.operations !== undefined)
    list.number('operations', options.operations, { min: 1, max: Number.MAX_SAFE_INTEGER });
  if (options.timeBudgetMs !== undefined)
    list.number('timeBudgetMs', options.timeBudgetMs, { min: 1, max: Number.MAX_SAFE_INTEGER });
  if (options.seed !== undefined) list.number('seed', options.seed, { min: -(2 ** 31), max: INT32_MAX });
  if (options.invariant !== undefined) list.choice('invariant', options.invariant, invariantNames);
  if (options.path !== undefined) {
    if (!/^\d+(?::\d+)*$/.test(options.path)) {
      list.add(
        'FP_PATH_FORM',
        `path must be numbers with colons in between, got ${options.path}`,
        'copy it from a report',
      );
    }
    if (options.seed === undefined || options.invariant === undefined) {
      list.contradiction('path leads nowhere without seed and invariant', 'copy all three from a report');
    }
  }
  refuse(list, 'the options of the check do not go together');
}

function refuse(list: ContractFaults, what: string): void {
  const [first] = list.faults;
  if (first === undefined) return;
  const more = list.faults.length === 1 ? '' : ` (and ${list.faults.length - 1} more)`;
  throw new FloodproofError('FP_CONTRACT_INVALID', `${what}: ${first.message}${more}`, { faults: list.faults });
}

function contractFaults(list: ContractFaults, contract: Contract): void {
  const { promises } = contract;
  const before = list.faults.length;
  if (promises.length < 1 || promises.length > 64) {
    list.add('FP_LIST_SIZE', `promises must have 1 to 64 entries, got ${promises.length}`, 'add or remove entries');
  }
  for (const [index, numbers] of promises.entries()) promiseFaults(list, `promises[${index}]`, numbers);
  const areNumbersRight = list.faults.length === before;
  for (const field of Object.keys(contract)) {
    if (fields.some((known) => known === field)) continue;
    list.add('FP_KEY_UNKNOWN', `a contract has no field ${field}`, `it has ${fields.join(', ')}`);
  }
  claimFaults(list, contract);
  if (areNumbersRight) contradictions(list, contract);
}

function promiseFaults(list: ContractFaults, field: string, numbers: LimitNumbers): void {
  if (!list.choice(`${field}.family`, numbers?.family, families)) return;
  const before = list.faults.length;
  list.number(`${field}.capacity`, numbers.capacity, {
    min: 1,
    max: numbers.family === 'sliding-log' ? LOG_CELLS_MAX : INT32_MAX,
  });
  if (numbers.family === 'fixed-window' || numbers.family === 'sliding-log' || numbers.family === 'sliding-counter') {
    list.number(`${field}.windowUs`, numbers.windowUs, { min: 1, max: 2 ** 52 });
  }
  if (numbers.family === 'token-bucket' || numbers.family === 'leaky-queue') {
    list.number(`${field}.refillCells`, numbers.refillCells, { min: 1, max: INT32_MAX });
    list.number(`${field}.refillPeriodUs`, numbers.refillPeriodUs, { min: 1, max: Number.MAX_SAFE_INTEGER });
  }
  if (numbers.family === 'leaky-queue') {
    list.number(`${field}.queueCells`, numbers.queueCells, {
      min: 1,
      max: Math.max(1, INT32_MAX - Number(numbers.capacity)),
    });
  }
  if (numbers.family === 'fixed-window') {
    list.choice(`${field}.anchor`, numbers.anchor, ['calendar', 'first-hit']);
    list.choice(`${field}.credit`, numbers.credit, ['none', 'to-zero', 'below-zero']);
    if (typeof numbers.countsDenied !== 'boolean') {
      list.add('FP_CHOICE_UNKNOWN', `${field}.countsDenied must be true or false`, 'write true or false');
    }
  }
  if (numbers.family === 'earned-budget' && numbers.trickleUs !== null) {
    list.number(`${field}.trickleUs`, numbers.trickleUs, { min: 1, max: HORIZON_US });
  }
  if (list.faults.length === before) exactnessFaults(list, field, numbers);
}

function exactnessFaults(list: ContractFaults, field: string, numbers: LimitNumbers): void {
  let reason: string | null = null;
  if (numbers.family === 'token-bucket' || numbers.family === 'leaky-queue') {
    const { refillCells, refillPeriodUs } = numbers;
    reason = inexactReason({ capacity: capacityOf(numbers), refillCells, refillPeriodUs });
  } else if (
    numbers.family === 'sliding-counter' &&
    2 * numbers.capacity * numbers.windowUs > Number.MAX_SAFE_INTEGER
  ) {
    reason = '2 x capacity x windowUs is above 2^53 - 1';
  }
  if (reason === null) return;
  list.add('FP_LIMIT_INEXACT', `${field} can not be counted exactly: ${reason}`, 'write it with smaller numbers');
}

function claimFaults(list: ContractFaults, contract: Contract): void {
  const { grainUs, nodes, slackCells, retryGrainUs, keys, countersMax, costMax, horizonUs } = contract;
  if (grainUs !== undefined) list.number('grainUs', grainUs, { min: 1, max: HOUR_US });
  if (nodes !== undefined) list.number('nodes', nodes, { min: 1, max: 1_000 });
  if (slackCells !== undefined) list.number('slackCells', slackCells, { min: 0, max: INT32_MAX });
  if (retryGrainUs !== undefined) list.number('retryGrainUs', retryGrainUs, { min: 1, max: HORIZON_US });
  if (keys !== undefined && keys !== null) list.number('keys', keys, { min: 1, max: Number.MAX_SAFE_INTEGER });
  if (countersMax !== undefined && countersMax !== null) {
    list.number('countersMax', countersMax, { min: 1, max: Number.MAX_SAFE_INTEGER });
  }
  if (costMax !== undefined) list.number('costMax', costMax, { min: 1, max: INT32_MAX });
  if (horizonUs !== undefined) list.number('horizonUs', horizonUs, { min: 1, max: HORIZON_US });
  const choices = [
    ['deniedRequests', contract.deniedRequests, ['free', 'charged']],
    ['retryAfter', contract.retryAfter, ['exact', 'sufficient', 'none']],
    ['remaining', contract.remaining, ['exact', 'at-least', 'none']],
    ['overCapacity', contract.overCapacity, ['told', 'refused']],
    ['clockBack', contract.clockBack, ['no-windfall', 'undefined']],
  ] as const;
  for (const [field, value, allowed] of choices) if (value !== undefined) list.choice(field, value, allowed);
}

function contradictions(list: ContractFaults, contract: Contract): void {
  const { promises, grainUs = 1, keys = null, countersMax = null } = contract;
  const capacityCells = Math.min(...promises.map(capacityOf));
  const { costMax = capacityCells, retryGrainUs = grainUs } = contract;
  if (costMax > capacityCells) {
    const message = `costMax ${costMax} is above the smallest capacity ${capacityCells}: such a request can never pass`;
    list.contradiction(message, `write 1 to ${capacityCells}`);
  }
  if (retryGrainUs < grainUs) {
    list.contradiction(
      `retryGrainUs ${retryGrainUs} is finer than the clock's grainUs ${grainUs}`,
      'write a multiple of it',
    );
  }
  if (keys !== null && countersMax !== null && countersMax < keys) {
    const message = `countersMax ${countersMax} is below keys ${keys}: so many keys can not be kept apart`;
    list.contradiction(message, 'write one counter or more for each key');
  }
  for (const [index, numbers] of promises.entries()) {
    if (numbers.family !== 'fixed-window') continue;
    if (numbers.countsDenied && contract.deniedRequests !== 'charged') {
      const message = `promises[${index}] counts denied requests, and deniedRequests says that they are free`;
      list.contradiction(message, 'write deniedRequests: charged');
    }
    if (numbers.countsDenied && hasCredit(numbers)) {
      const message = `promises[${index}] has credit and counts denied requests: what comes back then is not defined`;
      list.contradiction(message, 'write credit: none, or countsDenied: false');
    }
  }
}
