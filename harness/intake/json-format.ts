/** Lines of a log that are a JSON object each; a field within another is named with a dot, `request.remote_ip`. */
import type { LogFields } from './log-fields.js';

type Json = Readonly<Record<string, unknown>>;

/** Levels of objects whose fields are named. */
const DEPTH_MAX = 4;

export class JsonFormat implements LogFields {
  readonly names: readonly string[];
  readonly places = null;
  readonly #paths: readonly (readonly string[])[];
  #line: Json = {};

  constructor(names: readonly string[]) {
    this.names = names;
    // A field may have dots of its own in its name: it is looked for as a whole first.
    this.#paths = names.map((name) => name.split('.'));
  }

  read(bytes: Buffer, start: number, end: number): boolean {
    const line = jsonOf(bytes, start, end);
    if (line === null) return false;
    this.#line = line;
    return true;
  }

  text(field: number): string | null {
    const whole = this.#line[this.names[field] as string];
    const value = whole === undefined ? within(this.#line, this.#paths[field] as readonly string[]) : whole;
    if (typeof value === 'string') return value === '' || value === '-' ? null : value;
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
  }
}

/** The names of all fields of a line that hold a text, a number or a truth; none where it is no JSON object. */
export function fieldsOfJson(bytes: Buffer, start: number, end: number): readonly string[] {
  const names: string[] = [];
  const walk = (value: Json, before: string, depth: number): void => {
    for (const [name, inner] of Object.entries(value)) {
      if (inner !== null && typeof inner === 'object') {
        if (depth < DEPTH_MAX && !Array.isArray(inner)) walk(inner as Json, `${before}${name}.`, depth + 1);
      } else names.push(before + name);
    }
  };
  walk(jsonOf(bytes, start, end) ?? {}, '', 1);
  return names;
}

function jsonOf(bytes: Buffer, start: number, end: number): Json | null {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8', start, end));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
  } catch {
    return null;
  }
}

function within(line: Json, path: readonly string[]): unknown {
  let value: unknown = line;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Json)[part];
  }
  return value;
}
