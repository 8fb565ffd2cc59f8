/** What a batch call may be given; the same words for both engines. */
import { FloodproofError } from '../errors.js';
import { Answer } from './spec.js';

/** @throws {FloodproofError} FP_BATCH_INVALID */
export function checkBatch(records: Uint8Array, count: number, decisions: Uint8Array, answers: Float64Array): void {
  checkType('records', records, Uint8Array);
  checkType('answers', answers, Float64Array);
  checkRoom(count, decisions, answers);
  checkApart([records, decisions, answers]);
}

/** @throws {FloodproofError} FP_BATCH_INVALID */
export function checkLimitBatch(
  callers: Uint32Array,
  count: number,
  decisions: Uint8Array,
  answers: Float64Array | null,
): void {
  checkType('callers', callers, Uint32Array);
  if (answers !== null) checkType('answers', answers, Float64Array);
  checkRoom(count, decisions, answers);
  if (callers.length < count) fault(`callers holds ${callers.length} of ${count}`);
  checkApart(answers === null ? [callers, decisions] : [callers, decisions, answers]);
}

/** A record that is decided alone. @throws {FloodproofError} FP_BATCH_INVALID */
export function checkRecord(record: Uint8Array): void {
  checkType('record', record, Uint8Array);
  checkApart([record]);
}

function checkType(name: string, value: unknown, type: { readonly name: string; new (size: number): unknown }): void {
  if (!(value instanceof type)) fault(`${name} must be a ${type.name}`);
}

function checkRoom(count: number, decisions: Uint8Array, answers: Float64Array | null): void {
  checkType('decisions', decisions, Uint8Array);
  if (!Number.isSafeInteger(count) || count < 0) fault(`count must be a whole number from 0, got ${count}`);
  if (decisions.length < count) fault(`decisions has room for ${decisions.length} of ${count}`);
  if (answers !== null && answers.length < count * Answer.size)
    fault(`answers has room for ${answers.length} of ${count * Answer.size} numbers`);
}

function checkApart(buffers: readonly ArrayBufferView[]): void {
  for (const [index, buffer] of buffers.entries()) {
    if (!(buffer.buffer instanceof ArrayBuffer)) fault('a buffer that threads share can change while it is read');
    if (buffers.some((other, otherIndex) => otherIndex < index && overlaps(buffer, other))) fault('buffers overlap');
  }
}

function overlaps(left: ArrayBufferView, right: ArrayBufferView): boolean {
  return (
    left.buffer === right.buffer &&
    left.byteOffset < right.byteOffset + right.byteLength &&
    right.byteOffset < left.byteOffset + left.byteLength
  );
}

function fault(message: string): never {
  throw new FloodproofError('FP_BATCH_INVALID', message);
}
