/** A map laid over the fields that a log's lines really have. */
import { FloodproofError } from '../errors.js';
import { type ClassPatterns, housePatterns } from './class-paths.js';
import { fieldsOfJson, JsonFormat } from './json-format.js';
import { knownDurations, knownFields, knownFormats, knownTimes } from './known-fields.js';
import type { LogFields } from './log-fields.js';
import { type ActorRule, type LogMap, type Role, roles, type TimeRule } from './log-map.js';
import { type BoundRule, boundRule, limitReqRules, type OutcomeRule } from './outcome-rules.js';
import type { TimeUnit } from './stamps.js';
import { TextFormat } from './text-format.js';

export interface BoundMap {
  readonly fields: LogFields;
  readonly time: { readonly at: number; readonly rule: TimeRule };
  readonly duration: { readonly at: number; readonly name: string; readonly unit: TimeUnit } | null;
  /** By role the fields that may hold it, the likeliest first; of a text format one at most. */
  readonly roles: Readonly<Record<Role, readonly number[]>>;
  readonly rules: readonly BoundRule[];
  readonly actors: readonly { readonly rule: ActorRule; readonly where: number }[];
  readonly patterns: ClassPatterns;
}

/** Fields by name and number: those of the format, and of JSON every one that somebody asks for. */
class FieldList {
  readonly names: string[];
  readonly #isOpen: boolean;

  constructor(names: readonly string[], isOpen: boolean) {
    this.names = [...names];
    this.#isOpen = isOpen;
  }

  /** -1 = there is none. */
  find(name: string): number {
    const at = this.names.indexOf(name);
    if (at >= 0 || !this.#isOpen) return at;
    return this.names.push(name) - 1;
  }

  /** @throws {FloodproofError} FP_USAGE when there is none. */
  need(name: string, what: string): number {
    const at = this.find(name);
    if (at >= 0) return at;
    throw new FloodproofError('FP_USAGE', `the map names "${name}" for ${what}, which the log format does not have`, {
      hint: `it has ${this.names.join(', ')}`,
    });
  }
}

/**
 * Chooses how lines are read. What the map names must be there; of what it leaves out the first known name is taken.
 *
 * @param first - the first line of the log: of JSON it tells which time there is, and where no format is named, whether it is
 *   JSON.
 * @throws {FloodproofError} FP_USAGE when a field that is named or needed is not there.
 */
export function bindMap(map: LogMap, first: Buffer): BoundMap {
  const isJson = map.logFormat === null && (map.format === 'json' || (map.format === null && first[0] === 0x7b));
  const text = isJson ? null : new TextFormat(map.logFormat ?? knownFormats[formatOf(map)]);
  const seen = text === null ? fieldsOfJson(first, 0, first.length) : text.names;
  const list = new FieldList(text === null ? [] : text.names, isJson);
  const rule = map.time ?? knownTimes.find(({ field }) => seen.includes(field));
  if (rule === undefined) {
    throw new FloodproofError('FP_USAGE', 'no field of the log is known as a time', {
      hint: `name it in a map: time: { field: ..., form: ... }; the lines have ${seen.slice(0, 20).join(', ') || 'no fields'}`,
    });
  }
  const duration = map.duration ?? knownDurations.find(({ field }) => seen.includes(field));
  const bound = {
    time: { at: list.need(rule.field, 'the time'), rule },
    duration:
      duration === undefined
        ? null
        : { at: list.need(duration.field, 'the duration'), name: duration.field, unit: duration.unit },
    roles: Object.fromEntries(roles.map((role) => [role, placesOf(map, role, list, seen)])) as BoundMap['roles'],
    rules: rulesOf(map, seen).map((one) => boundRule(one, list.need(one.field, 'an outcome'))),
    actors: map.actors.map((one) => ({
      rule: one,
      where: one.where === null ? -1 : list.need(one.where.field, `the actor ${one.name}`),
    })),
    patterns: map.classes ?? housePatterns,
  };
  assertTold(bound, list);
  return { ...bound, fields: text ?? new JsonFormat(list.names) };
}

function formatOf({ format }: LogMap): keyof typeof knownFormats {
  return format === 'common' ? 'common' : 'combined';
}

function placesOf(map: LogMap, role: Role, list: FieldList, seen: readonly string[]): readonly number[] {
  const named = map.fields[role];
  if (named !== undefined) return [list.need(named, role)];
  // A field that only some lines of JSON have need not be in the first one, and "request" may be an object.
  const known = knownFields[role].filter((name) => name !== 'request' || seen.includes(name));
  return known.map((name) => list.find(name)).filter((at) => at >= 0);
}

/** What the map says comes first; of nginx's own word for it everything is known. */
function rulesOf(map: LogMap, seen: readonly string[]): readonly OutcomeRule[] {
  return [...map.outcomes, ...limitReqRules.filter(({ field }) => seen.includes(field))];
}

function assertTold({ roles: found, rules }: Pick<BoundMap, 'roles' | 'rules'>, { names }: FieldList): void {
  const missing: string[] = [];
  if (found.request.length === 0 && (found.method.length === 0 || found.path.length === 0)) {
    missing.push('method and path (request, or method and path)');
  }
  if (found.status.length === 0 && rules.length === 0) missing.push('what was decided (status, or outcome)');
  if (missing.length === 0) return;
  throw new FloodproofError('FP_USAGE', `no field of the log tells ${missing.join(', nor ')}`, {
    hint: `name them in a map; the lines have ${names.join(', ')}`,
  });
}
