/** What a batch call may be given; the same words for both engines. */
import { FloodproofError } from '../errors.js';
import { Answer } from './spec.js';

/** @throws {FloodproofError} FP_BATCH_INVALID */
export function checkBatch(records: Uint8Array, count: number, decisions: Uint8Array, answers: Float64Array): void {
  if (!Number.isSafeInteger(count) || count < 0) fault(`count must be a whole number from 0, got ${count}`);
  if (decisions.length < count) fault(`decisions has room for ${decisions.length} of ${count}`);
  if (answers.length < count * Answer.size)
    fault(`answers has room for ${answers.length} of ${count * Answer.size} numbers`);
  const buffers = [records, decisions, answers];
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
