/** Checks a value against a schema and turns every issue into a fault with its place, its words and a proposal. */
import { z } from 'zod';
import type { Fault } from '../errors.js';
import type { Complaint } from './faults.js';
import { show } from './faults.js';
import type { ComplaintParams } from './field.js';
import { proposal } from './nearest.js';
import type { Path, YamlSource } from './yaml-source.js';

type Issue = z.core.$ZodIssue;

const typeWords: Readonly<Record<string, string>> = {
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  string: 'text',
  boolean: 'true or false',
};

export interface Shape<T> {
  /** null: there are faults. */
  readonly value: T | null;
  readonly faults: readonly Fault[];
}

/** @param base - Where in the file `value` stands. */
export function checkShape<T>(schema: z.ZodType<T>, value: unknown, source: YamlSource, base: Path = []): Shape<T> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return { value: result.data, faults: [] };
  const teller = new IssueTeller(source, base);
  // What is no list has no length that could be wrong.
  const issues = result.error.issues.filter((issue) => !isLength(issue) || Array.isArray(issue.input));
  return { value: null, faults: issues.flatMap((issue) => teller.tell(schema, value, issue)) };
}

class IssueTeller {
  readonly #source: YamlSource;
  readonly #base: Path;

  constructor(source: YamlSource, base: Path) {
    this.#source = source;
    this.#base = base;
  }

  tell(schema: z.ZodType, value: unknown, issue: Issue): readonly Fault[] {
    const path = issue.path as Path;
    if (issue.code === 'unrecognized_keys') return this.#tellUnknownKeys(schema, value, path, issue.keys);
    if (issue.code === 'invalid_union' && 'discriminator' in issue) return this.#tellVariant(schema, value, issue);
    if (issue.code === 'invalid_union') return this.#tellUnion(schema, value, issue);
    return [this.#fault(path, complaintOf(issue))];
  }

  #fault(path: Path, complaint: Complaint, isKey = false): Fault {
    return this.#source.fault([...this.#base, ...path], complaint, { key: isKey });
  }

  #tellUnknownKeys(schema: z.ZodType, value: unknown, path: Path, keys: readonly string[]): readonly Fault[] {
    const object = schemaAt(schema, value, path);
    const known = object instanceof z.ZodObject ? Object.keys(object.shape) : [];
    return keys.map((key) => {
      const complaint: Complaint = {
        code: 'FP_KEY_UNKNOWN',
        message: 'is not a known key',
        hint: proposal(key, known),
      };
      return this.#fault([...path, key], complaint, true);
    });
  }

  /** The word that chooses the variant is wrong; what all variants have in common is checked all the same. */
  #tellVariant(schema: z.ZodType, value: unknown, issue: Issue): readonly Fault[] {
    const path = issue.path as Path;
    const key = String(path.at(-1));
    const at = path.slice(0, -1);
    const union = schemaAt(schema, value, at, true);
    if (!(union instanceof z.ZodDiscriminatedUnion)) return [this.#fault(path, complaintOf(issue))];
    const options = union.options.filter((option) => option instanceof z.ZodObject);
    const words = options.flatMap((option) => [...(literalOf(option, key)?.values ?? [])]).map(String);
    const variant = valueAt(value, at);
    const [first, ...others] = options;
    const shared = Object.entries(first?.shape ?? {}).filter(([name, member]) =>
      others.every((other) => other.shape[name] === member),
    );
    const common = checkShape(z.looseObject(Object.fromEntries(shared)), variant, this.#source, [...this.#base, ...at]);
    return [this.#fault(path, wordComplaint(valueAt(variant, [key]), words)), ...common.faults];
  }

  /** Of several shapes the one that has the value's form is told about; for none, the description says what is wanted. */
  #tellUnion(schema: z.ZodType, value: unknown, issue: Issue & { code: 'invalid_union' }): readonly Fault[] {
    const path = issue.path as Path;
    const got = valueAt(value, path);
    if (got === undefined) return [this.#fault(path, { code: 'FP_KEY_MISSING', message: 'is missing' })];
    const union = schemaAt(schema, value, path, true);
    const option = union instanceof z.ZodUnion && typeof got === 'object' ? chosen(union, got) : undefined;
    if (option instanceof z.ZodType) {
      return checkShape(option, got, this.#source, [...this.#base, ...path]).faults;
    }
    const wanted = union instanceof z.ZodType ? union.description : undefined;
    const custom = issue.errors.flat().find((inner) => inner.code === 'custom' && inner.path.length === 0);
    if (custom !== undefined && typeof got !== 'object') return [this.#fault(path, complaintOf(custom))];
    const message = `must be ${wanted ?? 'of another form'}, got ${show(got)}`;
    return [this.#fault(path, { code: 'FP_TYPE_WRONG', message })];
  }
}

function literalOf(option: z.ZodObject, key: string): z.ZodLiteral | null {
  const member = option.shape[key];
  return member instanceof z.ZodLiteral ? member : null;
}

function wordComplaint(got: unknown, words: readonly string[]): Complaint {
  if (got === undefined) {
    return { code: 'FP_KEY_MISSING', message: 'is missing', hint: `add it: one of ${words.join(', ')}` };
  }
  const wanted = words.length === 1 ? words.join() : `one of ${words.join(', ')}`;
  const hint = typeof got === 'string' ? { hint: proposal(got, words) } : {};
  return { code: 'FP_VALUE_UNKNOWN', message: `must be ${wanted}, got ${show(got)}`, ...hint };
}

function complaintOf(issue: Issue): Complaint {
  if (issue.code === 'custom' && issue.params !== undefined) return (issue.params as ComplaintParams).complaint;
  if (issue.code === 'invalid_value') return wordComplaint(issue.input, issue.values.map(String));
  if (issue.code === 'invalid_type') {
    if (issue.input === undefined) return { code: 'FP_KEY_MISSING', message: 'is missing' };
    const wanted = typeWords[issue.expected] ?? issue.expected;
    return { code: 'FP_TYPE_WRONG', message: `must be ${wanted}, got ${show(issue.input)}` };
  }
  if (issue.code === 'too_small') return lengthComplaint('at least', Number(issue.minimum));
  if (issue.code === 'too_big') return lengthComplaint('at most', Number(issue.maximum));
  return { code: 'FP_TYPE_WRONG', message: issue.message };
}

function isLength({ code }: Issue): boolean {
  return code === 'too_small' || code === 'too_big';
}

function lengthComplaint(bound: string, count: number): Complaint {
  return { code: 'FP_LIST_LENGTH', message: `must have ${bound} ${count} ${count === 1 ? 'entry' : 'entries'}` };
}

function valueAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const part of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, part)) return undefined;
    found = (found as Record<string | number, unknown>)[part];
  }
  return found;
}

/** Takes the wrappers off: what is left has a form of its own. */
function unwrap(schema: unknown): unknown {
  let inner = schema;
  for (;;) {
    if (inner instanceof z.ZodOptional || inner instanceof z.ZodPrefault || inner instanceof z.ZodDefault) {
      inner = inner.unwrap();
    } else if (inner instanceof z.ZodPipe) inner = inner.in;
    else return inner;
  }
}

/** The variant of a union that `value` chooses, or the one that has the value's form. */
function chosen(union: z.ZodDiscriminatedUnion | z.ZodUnion, value: unknown): unknown {
  const options = union.options.map(unwrap);
  if (union instanceof z.ZodDiscriminatedUnion) {
    const key = union.def.discriminator;
    const word = valueAt(value, [key]);
    return options.find(
      (option) => option instanceof z.ZodObject && literalOf(option, key)?.values.has(word as string),
    );
  }
  return options.find((option) =>
    Array.isArray(value)
      ? option instanceof z.ZodArray
      : option instanceof z.ZodObject || option instanceof z.ZodRecord,
  );
}

/** The schema that stands for the value at `path`; null when the path leads out of it. */
function schemaAt(schema: unknown, value: unknown, path: Path, keepsUnion = false): unknown {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodUnion) {
    return keepsUnion && path.length === 0 ? inner : schemaAt(chosen(inner, value), value, path, keepsUnion);
  }
  const [part, ...rest] = path;
  if (part === undefined) return inner;
  const next = valueAt(value, [part]);
  if (inner instanceof z.ZodObject) return schemaAt(inner.shape[part], next, rest, keepsUnion);
  if (inner instanceof z.ZodArray) return schemaAt(inner.element, next, rest, keepsUnion);
  if (inner instanceof z.ZodRecord) return schemaAt(inner.valueType, next, rest, keepsUnion);
  return null;
}
