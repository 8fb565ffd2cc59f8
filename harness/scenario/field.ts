/** Building blocks of the schemas: fields that are read by this room's own parsers and described for editors. */
import { z } from 'zod';
import { type DurationRange, formatDuration, parseDuration } from './durations.js';
import type { Complaint, Parsed } from './faults.js';
import { formatRatio, type NumberRange, parseCount, parseNumber, parseRatio } from './numbers.js';
import { parseWrittenRate } from './rates.js';
import { parseName, parseParagraph, parsePath } from './texts.js';

/** Keywords of JSON Schema. `title` is the kind of value, as the reference names it. */
type EditorHelp = Readonly<Record<string, unknown>> & { readonly title: string; readonly description: string };

/** How a complaint travels through zod: as the parameters of a custom issue. */
export interface ComplaintParams {
  readonly complaint: Complaint;
}

/** A field with a parser of its own. A missing key is a complaint too; wrap it in `prefault` or `optional` otherwise. */
export function field<T>(
  parse: (input: unknown) => Parsed<T>,
  help: EditorHelp,
): z.ZodPipe<z.ZodUnknown, z.ZodTransform<T, unknown>> {
  const read = z.transform<unknown, T>((input, context) => {
    const parsed: Parsed<T> =
      input === undefined ? { ok: false, complaint: { code: 'FP_KEY_MISSING', message: 'is missing' } } : parse(input);
    if (parsed.ok) return parsed.value;
    const { complaint } = parsed;
    context.issues.push({ code: 'custom', input, message: complaint.message, params: { complaint } });
    return z.NEVER;
  });
  return z.unknown().meta(help).pipe(read);
}

const durationText = '^[0-9]+(\\.[0-9]+)? ?(us|ms|s|min|h|d)$';

export function durationField(range: DurationRange, description: string) {
  return field((input) => parseDuration(input, range), {
    title: 'duration',
    type: 'string',
    pattern: range.minUs < 0 ? durationText.replace('^', '^-?') : durationText,
    description: `${description}; ${formatDuration(range.minUs)} to ${formatDuration(range.maxUs)}`,
  });
}

export function countField(range: NumberRange, description: string) {
  return field((input) => parseCount(input, range), {
    title: 'whole number',
    type: 'integer',
    minimum: range.min,
    maximum: range.max,
    description,
  });
}

export function ratioField(range: NumberRange, description: string) {
  return field((input) => parseRatio(input, range), {
    title: 'ratio',
    anyOf: [
      { type: 'number', minimum: range.min, maximum: range.max },
      { type: 'string', pattern: '^[0-9]+(\\.[0-9]+)? ?%$' },
    ],
    description: `${description}; ${formatRatio(range.min)} to ${formatRatio(range.max)}`,
  });
}

export function nameField(description: string) {
  return field(parseName, {
    title: 'name',
    type: 'string',
    pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$',
    maxLength: 64,
    description,
  });
}

export function paragraphField(lengthMax: number, description: string) {
  return field((input) => parseParagraph(input, lengthMax), {
    title: 'text',
    type: 'string',
    minLength: 1,
    maxLength: lengthMax,
    description,
  });
}

export function numberField(range: NumberRange, description: string) {
  return field((input) => parseNumber(input, range), {
    title: 'number',
    type: 'number',
    minimum: range.min,
    maximum: range.max,
    description,
  });
}

export function pathField(description: string) {
  return field(parsePath, { title: 'path', type: 'string', description });
}

/** A rate of arrivals, read by `parseWrittenRate` or a parser that takes some forms more. */
export function rateField(description: string, parse: typeof parseWrittenRate = parseWrittenRate) {
  return field(parse, {
    title: 'rate',
    type: 'string',
    pattern: '^[0-9]+(\\.[0-9]+)? ?(/ ?(us|ms|s|min|h|d)|per [0-9]+(\\.[0-9]+)? ?(us|ms|s|min|h|d)|% of capacity)$',
    description: `${description}, for example "60/s" or "60% of capacity"; at most 1000000/s`,
  });
}
