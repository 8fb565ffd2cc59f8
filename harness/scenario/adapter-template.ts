/** Texts of an adapter file: templates, JSON with templates in it, pointers, names of headers and of the environment. */
import { type AdapterField, adapterFields, type JsonTemplate, type Pointer, type Template } from './adapter.js';
import { accepted, complained, type Parsed, show } from './faults.js';
import { proposal } from './nearest.js';

const TEXT_LENGTH_MAX = 4096;
const DEPTH_MAX = 16;
/** Tokens of RFC 9110, lower-case. */
const headerName = /^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/;
const environmentName = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/;
const control = /\p{Cc}/u;

/** `GET /orders/{orderId}`: `{name}` is a field, `{env:NAME}` a value of the environment, `{{` and `}}` are braces. */
export function parseTemplate(input: unknown): Parsed<Template> {
  const text = typeof input === 'number' || typeof input === 'boolean' ? String(input) : input;
  if (typeof text !== 'string') return complained('FP_TYPE_WRONG', `must be text, got ${show(input)}`, 'quote it');
  if (text.length > TEXT_LENGTH_MAX) {
    return complained('FP_TEXT_INVALID', `must be at most ${TEXT_LENGTH_MAX} characters, got ${text.length}`);
  }
  if (control.test(text)) return complained('FP_TEXT_INVALID', 'must not hold line breaks or other control characters');
  const parts: (string | { field: AdapterField } | { env: string })[] = [];
  let literal = '';
  const flush = (): void => {
    if (literal !== '') parts.push(literal);
    literal = '';
  };
  for (const [piece] of text.matchAll(/\{\{|\}\}|\{[^{}]*\}|[^{}]+|[{}]/g)) {
    if (piece === '{{' || piece === '}}') literal += piece[0];
    else if (piece === '{' || piece === '}') {
      return complained(
        'FP_TEMPLATE_INVALID',
        `has a ${piece} without its partner`,
        `write ${piece}${piece} for a brace`,
      );
    } else if (!piece.startsWith('{')) literal += piece;
    else {
      const place = parsePlace(piece.slice(1, -1));
      if (!place.ok) return place;
      flush();
      parts.push(place.value);
    }
  }
  flush();
  return accepted(parts);
}

function parsePlace(name: string): Parsed<{ field: AdapterField } | { env: string }> {
  if (name.startsWith('env:')) {
    const env = parseEnvironmentName(name.slice(4));
    return env.ok ? accepted({ env: env.value }) : env;
  }
  if ((adapterFields as readonly string[]).includes(name)) return accepted({ field: name as AdapterField });
  return complained('FP_TEMPLATE_INVALID', `has no field ${show(name)}`, proposal(name, adapterFields));
}

/** Upper-case with an underscore, so that a secret written by mistake is no name, and no message repeats it. */
export function parseEnvironmentName(input: unknown): Parsed<string> {
  if (typeof input === 'string' && input.length <= 128 && environmentName.test(input)) return accepted(input);
  return complained(
    'FP_ADAPTER_SECRET',
    'must be the name of an environment variable, not a value',
    'put the value into the environment and write the name here: upper-case with an underscore, for example MY_API_KEY',
  );
}

export function parseHeaderName(input: unknown): Parsed<string> {
  if (typeof input !== 'string') return complained('FP_TYPE_WRONG', `must be text, got ${show(input)}`);
  const name = input.toLowerCase();
  if (headerName.test(name)) return accepted(name);
  return complained('FP_HEADER_INVALID', `must be the name of a header, got ${show(input)}`);
}

/** RFC 6901: `/result/0/id`; '' is the whole. */
export function parsePointer(input: unknown): Parsed<Pointer> {
  if (typeof input !== 'string') return complained('FP_TYPE_WRONG', `must be text, got ${show(input)}`);
  if (input === '') return accepted([]);
  if (!input.startsWith('/') || /~(?![01])/.test(input) || input.length > 512) {
    return complained('FP_POINTER_INVALID', `must be a JSON pointer, got ${show(input)}`);
  }
  return accepted(
    input
      .slice(1)
      .split('/')
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')),
  );
}

/** A text that is one place alone may end in `:number`, and is `{orders}` where the orders of a batch go. */
export function parseJsonTemplate(input: unknown, depth = 0): Parsed<JsonTemplate> {
  if (depth > DEPTH_MAX) return complained('FP_TEMPLATE_INVALID', `has more than ${DEPTH_MAX} levels`);
  if (input === null || typeof input === 'boolean') return accepted({ kind: 'literal', value: input });
  if (typeof input === 'number') {
    if (Number.isFinite(input)) return accepted({ kind: 'literal', value: input });
    return complained('FP_NUMBER_INVALID', 'holds a number that JSON has not');
  }
  if (typeof input === 'string') return parseJsonText(input);
  if (Array.isArray(input)) {
    const items: JsonTemplate[] = [];
    for (const item of input) {
      const parsed = parseJsonTemplate(item, depth + 1);
      if (!parsed.ok) return parsed;
      items.push(parsed.value);
    }
    return accepted({ kind: 'list', items });
  }
  if (typeof input !== 'object') return complained('FP_TYPE_WRONG', `must be JSON, got ${show(input)}`);
  const members: (readonly [string, JsonTemplate])[] = [];
  for (const [name, value] of Object.entries(input)) {
    const parsed = parseJsonTemplate(value, depth + 1);
    if (!parsed.ok)
      return { ok: false, complaint: { ...parsed.complaint, message: `(${name}) ${parsed.complaint.message}` } };
    members.push([name, parsed.value]);
  }
  return accepted({ kind: 'members', members });
}

function parseJsonText(input: string): Parsed<JsonTemplate> {
  if (input === '{orders}') return accepted({ kind: 'orders' });
  const [, name] = /^\{([^{}]*):number\}$/.exec(input) ?? [];
  const parsed = parseTemplate(name === undefined ? input : `{${name}}`);
  if (!parsed.ok) return parsed;
  if (name !== undefined) return accepted({ kind: 'number', text: parsed.value });
  const isPlain = parsed.value.every((part) => typeof part === 'string');
  return accepted(isPlain ? { kind: 'literal', value: parsed.value.join('') } : { kind: 'text', text: parsed.value });
}

/** `429`, "4xx", "200-299", or a list of such, as ranges. */
export function parseStatuses(input: unknown): Parsed<readonly (readonly [number, number])[]> {
  const ranges: (readonly [number, number])[] = [];
  for (const one of Array.isArray(input) ? input : [input]) {
    const text = typeof one === 'number' ? String(one) : one;
    const [, family] = typeof text === 'string' ? (/^([1-5])xx$/.exec(text) ?? []) : [];
    const [, from, to = from] = typeof text === 'string' ? (/^([1-5]\d\d)(?:-([1-5]\d\d))?$/.exec(text) ?? []) : [];
    if (family !== undefined) ranges.push([Number(family) * 100, Number(family) * 100 + 99]);
    else if (from !== undefined && Number(from) <= Number(to)) ranges.push([Number(from), Number(to)]);
    else return complained('FP_VALUE_UNKNOWN', `must be a status, got ${show(one)}`, 'write 429, "4xx" or "400-404"');
  }
  return accepted(ranges);
}
