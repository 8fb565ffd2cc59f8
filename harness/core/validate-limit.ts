/** Says everything that is wrong with one limit of a gate's spec. */
import { INT32_MAX } from './family.js';
import type { FaultList } from './fault-list.js';
import { bucketOf } from './leaky-queue.js';
import { slotCountOf } from './probe-order.js';
import { inexactCounterReason } from './sliding-counter.js';
import { logBytes } from './sliding-log.js';
import { type BanSpec, type FixedWindowNumbers, HORIZON_US, type LimitNumbers, type LimitSpec } from './spec.js';
import { type BucketNumbers, inexactReason } from './token-bucket.js';

/** Keys or signatures that a table is made for at most. */
export const KEYS_MAX = 10_000_000;
const WINDOW_US_MAX = 2 ** 52;
const LOG_CAPACITY_MAX = 10_000;
const LOG_BYTES_MAX = 2 ** 31;
const BAN_STEPS_MAX = 16;
const AGE_COSTS_MAX = 16;

const families = [
  'token-bucket',
  'fixed-window',
  'sliding-log',
  'sliding-counter',
  'leaky-queue',
  'earned-budget',
  'concurrency',
];
const parts = ['ip', 'master', 'account', 'key', 'class'];
const anchors = ['calendar', 'first-hit'];
const credits = ['none', 'to-zero', 'below-zero'];

const cellRange = { min: 1, max: INT32_MAX };
const windowRange = { min: 1, max: WINDOW_US_MAX };
const timeRange = { min: 1, max: HORIZON_US };

/** @param field - where the limit stands, for example `limits[0]`. */
export function validateLimit(list: FaultList, field: string, limit: LimitSpec, classCount: number): void {
  validateBy(list, field, limit);
  const isCapacityRight = validateNumbers(list, field, limit.numbers);
  const isTableRight = list.number(`${field}.maxKeys`, limit.maxKeys, { min: 1, max: KEYS_MAX });
  if (isCapacityRight && isTableRight) validateMemory(list, field, limit);
  if (limit.costs.length !== classCount) {
    const message = `${field}.costs must have one entry for each of the ${classCount} classes, got ${limit.costs.length}`;
    list.add('FP_LIST_SIZE', message, 'write 0 for a class that the limit does not match');
  }
  for (const [index, cost] of limit.costs.entries()) {
    list.number(`${field}.costs[${index}]`, cost, { min: 0, max: INT32_MAX });
  }
  validateAgeCosts(list, field, limit, classCount);
  list.flag(`${field}.isShadow`, limit.isShadow);
  if (limit.ban !== null) validateBan(list, `${field}.ban`, limit.ban);
}

function validateBy(list: FaultList, field: string, { by, ipPrefix }: LimitSpec): void {
  if (list.list(`${field}.by`, by, { min: 0, max: parts.length })) {
    for (const [index, part] of by.entries()) {
      if (!list.choice(`${field}.by[${index}]`, part, parts) || by.indexOf(part) === index) continue;
      list.add('FP_PART_DUPLICATE', `${field}.by names ${part} twice`, 'name each part once');
    }
  }
  if (ipPrefix === null) return;
  if (Array.isArray(by) && !by.includes('ip')) {
    const message = `${field}.ipPrefix is of no use to a limit that does not count by ip`;
    list.add('FP_PREFIX_WITHOUT_IP', message, 'add ip to by, or leave the prefix out');
  }
  list.number(`${field}.ipPrefix.v4`, ipPrefix.v4, { min: 1, max: 32 });
  list.number(`${field}.ipPrefix.v6`, ipPrefix.v6, { min: 1, max: 128 });
}

/** @returns whether the capacity is right. */
function validateNumbers(list: FaultList, field: string, numbers: LimitNumbers): boolean {
  if (!list.choice(`${field}.family`, numbers.family, families)) return false;
  const max = numbers.family === 'sliding-log' ? LOG_CAPACITY_MAX : INT32_MAX;
  const isCapacityRight = list.number(`${field}.capacity`, numbers.capacity, { min: 1, max });
  switch (numbers.family) {
    case 'token-bucket':
      validateRefill(list, field, numbers, isCapacityRight);
      break;
    case 'leaky-queue': {
      const queueMax = isCapacityRight ? INT32_MAX - numbers.capacity : INT32_MAX;
      const isQueueRight = list.number(`${field}.queueCells`, numbers.queueCells, { min: 1, max: queueMax });
      validateRefill(list, field, bucketOf(numbers), isCapacityRight && isQueueRight);
      break;
    }
    case 'fixed-window':
      validateFixedWindow(list, field, numbers);
      break;
    case 'sliding-log':
      list.number(`${field}.windowUs`, numbers.windowUs, windowRange);
      break;
    case 'sliding-counter':
      if (list.number(`${field}.windowUs`, numbers.windowUs, windowRange) && isCapacityRight) {
        const hint = 'write a shorter window or a smaller capacity';
        addInexact(list, field, inexactCounterReason(numbers), hint);
      }
      break;
    case 'earned-budget':
      if (numbers.trickleUs !== null) list.number(`${field}.trickleUs`, numbers.trickleUs, timeRange);
      break;
    case 'concurrency':
      break;
  }
  return isCapacityRight;
}

function validateRefill(list: FaultList, field: string, numbers: BucketNumbers, isCapacityRight: boolean): void {
  const isRefillRight = list.number(`${field}.refillCells`, numbers.refillCells, cellRange);
  const periodRange = { min: 1, max: Number.MAX_SAFE_INTEGER };
  const isPeriodRight = list.number(`${field}.refillPeriodUs`, numbers.refillPeriodUs, periodRange);
  if (!isCapacityRight || !isRefillRight || !isPeriodRight) return;
  const hint = 'write the rate with a smaller reduced fraction, for example 100 per 1s instead of 99991 per 1000s';
  addInexact(list, field, inexactReason(numbers), hint);
}

function addInexact(list: FaultList, field: string, reason: string | null, hint: string): void {
  if (reason === null) return;
  list.add('FP_LIMIT_INEXACT', `${field}.numbers can not be counted exactly: ${reason}`, hint);
}

function validateFixedWindow(list: FaultList, field: string, numbers: FixedWindowNumbers): void {
  list.number(`${field}.windowUs`, numbers.windowUs, windowRange);
  list.choice(`${field}.anchor`, numbers.anchor, anchors);
  list.choice(`${field}.credit`, numbers.credit, credits);
  list.flag(`${field}.countsDenied`, numbers.countsDenied);
  if (numbers.credit === 'none' || numbers.countsDenied !== true) return;
  const message = `${field} takes credit and counts denied requests, so that cells would come back for what was never done`;
  list.add('FP_CREDIT_COUNTS_DENIED', message, 'leave out one of credit and countsDenied');
}

function validateMemory(list: FaultList, field: string, { numbers, maxKeys }: LimitSpec): void {
  if (numbers.family !== 'sliding-log') return;
  const bytes = logBytes(slotCountOf(maxKeys), numbers.capacity);
  if (bytes <= LOG_BYTES_MAX) return;
  const message = `${field} could need ${bytes} bytes for the logs of ${maxKeys} keys, more than 2 GiB`;
  list.add('FP_LIMIT_MEMORY', message, 'write a smaller capacity or maxKeys, or take a sliding-counter');
}

function validateAgeCosts(list: FaultList, field: string, limit: LimitSpec, classCount: number): void {
  if (!list.list(`${field}.ageCosts`, limit.ageCosts, { min: 0, max: Number.POSITIVE_INFINITY })) return;
  if (limit.ageCosts.length !== classCount) {
    const message = `${field}.ageCosts must have one entry for each of the ${classCount} classes, got ${limit.ageCosts.length}`;
    list.add('FP_LIST_SIZE', message, 'write [] for a class without age costs');
  }
  for (const [index, ages] of limit.ageCosts.entries()) {
    const place = `${field}.ageCosts[${index}]`;
    if (!list.list(place, ages, { min: 0, max: AGE_COSTS_MAX }) || ages.length === 0) continue;
    if (limit.costs[index] === 0) {
      const message = `${place} is for a class that the limit does not match, since its cost is 0`;
      list.add('FP_AGE_COST_UNUSED', message, 'give the class a cost of 1 or more, or leave its age costs out');
    }
    if (limit.numbers.family === 'concurrency') {
      const message = `${place} would be held until a release that does not know the age`;
      list.add('FP_AGE_COST_HELD', message, 'leave the age costs out of a limit of the family concurrency');
    }
    let beforeUs = 0;
    for (const [entry, { underUs, cells }] of ages.entries()) {
      list.number(`${place}[${entry}].cells`, cells, { min: 0, max: INT32_MAX });
      if (!list.number(`${place}[${entry}].underUs`, underUs, timeRange)) continue;
      if (underUs <= beforeUs) {
        const message = `${place}[${entry}].underUs must be above the one before it, ${beforeUs}, got ${underUs}`;
        list.add('FP_AGE_COST_ORDER', message, 'write the shortest age first');
      }
      beforeUs = underUs;
    }
  }
}

function validateBan(list: FaultList, field: string, ban: BanSpec): void {
  list.number(`${field}.afterThrottles`, ban.afterThrottles, cellRange);
  if (!list.list(`${field}.stepsUs`, ban.stepsUs, { min: 1, max: BAN_STEPS_MAX })) return;
  let beforeUs = 0;
  for (const [index, stepUs] of ban.stepsUs.entries()) {
    if (!list.number(`${field}.stepsUs[${index}]`, stepUs, timeRange)) continue;
    if (stepUs < beforeUs) {
      const message = `${field}.stepsUs[${index}] must not be shorter than the one before it, ${beforeUs}, got ${stepUs}`;
      list.add('FP_BAN_STEPS_FALL', message, 'write the shortest ban first');
    }
    beforeUs = stepUs;
  }
  if (ban.stepsUs.length > 1) {
    list.number(`${field}.forgetUs`, ban.forgetUs, timeRange);
  } else if (ban.forgetUs !== 0) {
    const message = `${field}.forgetUs must be 0 where there is one step, got ${String(ban.forgetUs)}`;
    list.add('FP_BAN_FORGETS', message, 'write 0, or a second step');
  }
}
