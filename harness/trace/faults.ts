/** What can be wrong with a trace file, and the message that carries all of it. */
import { type Fault, FloodproofError } from '../errors.js';

interface FaultRow {
  readonly means: string;
  /** What to do, where the fault has no better advice of its own. */
  readonly hint: string;
}

export const traceFaultTable = {
  FP_TRACE_FILE: { means: 'the file is not there, or cannot be read', hint: 'check the path and its permissions' },
  FP_TRACE_FORMAT: { means: 'the file is not of the format that is named', hint: 'name the format that it has' },
  FP_TRACE_COLUMN: { means: 'a column that the file does not have', hint: 'name a column of its first line' },
  FP_TRACE_STAMP: {
    means: 'no time can be read where one should stand',
    hint: 'times are ISO 8601 with a date, or plain numbers: seconds, or milli-, micro- or nanoseconds since 1970',
  },
  FP_TRACE_CUT: {
    means: 'more than one line of a hundred is cut short or cannot be read',
    hint: 'mend or remove the lines, or export the file again',
  },
  FP_TRACE_LARGE: {
    means: 'the file holds more than is kept in memory',
    hint: 'take a share of it with "keep"',
  },
  FP_TRACE_FLAT: {
    means: 'all times of the file are one moment',
    hint: 'choose a column whose times differ, or take only "who" from this file',
  },
  FP_TRACE_WHO: {
    means: 'the file tells nobody apart as it is named',
    hint: 'name with "who" the column that says who',
  },
} as const satisfies Record<string, FaultRow>;

export type TraceFaultCode = keyof typeof traceFaultTable;

/** Thrown within this room for one fault of one file; whoever asked for traces gets a FloodproofError with all of them. */
export class TraceRefusal extends Error {
  readonly fault: Fault;

  constructor(code: TraceFaultCode, place: { file: string; line?: number }, message: string, hint?: string) {
    super(message);
    this.fault = {
      code,
      file: place.file,
      line: place.line ?? 0,
      column: place.line === undefined ? 0 : 1,
      message,
      hint: hint ?? traceFaultTable[code].hint,
    };
  }
}

/** @throws {FloodproofError} FP_FILE_UNREADABLE where files are missing and nothing else is wrong, FP_FILE_INVALID else. */
export function refuseTraces(faults: readonly Fault[]): never {
  const isMissing = faults.every(({ code }) => code === 'FP_TRACE_FILE');
  const files = new Set(faults.map(({ file }) => file)).size;
  throw new FloodproofError(
    isMissing ? 'FP_FILE_UNREADABLE' : 'FP_FILE_INVALID',
    `${files === 1 ? 'a trace' : `${files} traces`} cannot be played, ${faults.length === 1 ? 'for one fault' : `for ${faults.length} faults`}`,
    { faults },
  );
}
