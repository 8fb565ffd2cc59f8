/** What a scenario file says of a recording: how its file is read. */
import { z } from 'zod';
import { accepted, complained, type Parsed, show } from './faults.js';
import { field } from './field.js';
import type { TraceSource } from './plan.js';

const COLUMN_LENGTH_MAX = 256;

/** The head of a column as the file has it: any line of text. */
function parseColumn(input: unknown): Parsed<string> {
  if (typeof input !== 'string') return complained('FP_TYPE_WRONG', `must be text, got ${show(input)}`, 'quote it');
  if (input === '' || input.length > COLUMN_LENGTH_MAX || /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(input)) {
    return complained('FP_TEXT_INVALID', `must be the head of a column, got ${show(input)}`);
  }
  return accepted(input);
}

export function columnField(description: string) {
  return field(parseColumn, { title: 'text', type: 'string', minLength: 1, maxLength: COLUMN_LENGTH_MAX, description });
}

const formats = ['csv', 'access-log', 'har', 'observations'] as const satisfies readonly TraceSource['format'][];

/** Keys that a trace has wherever it is named. */
export const traceKeys = {
  format: z
    .enum(formats)
    .describe('how the file is read; by its ending (.csv, .log, .har, .parquet, .arrows) when left out')
    .optional(),
  time: columnField('csv: head of the column of times; the first column when left out').optional(),
};

const formatOfEnding: ReadonlyMap<string, TraceSource['format']> = new Map([
  ['csv', 'csv'],
  ['log', 'access-log'],
  ['har', 'har'],
  ['parquet', 'observations'],
  ['arrows', 'observations'],
]);

/** The format that a file's name tells; null = none. */
export function formatOf(file: string): TraceSource['format'] | null {
  const ending = /\.([a-z]+)(?:\.gz)?$/i.exec(file)?.[1]?.toLowerCase() ?? '';
  return formatOfEnding.get(ending) ?? null;
}
