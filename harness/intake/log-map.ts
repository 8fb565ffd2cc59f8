/** Which field of a log means what: the file of `--map`, and what is taken where it says nothing. */
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import type { Fault } from '../errors.js';
import { parseAddressRange } from '../scenario/address-range.js';
import { invalidFiles } from '../scenario/faults.js';
import { countField, durationField, field, nameField } from '../scenario/field.js';
import type { FileReader } from '../scenario/file-reader.js';
import { type Label, requestClasses } from '../scenario/plan.js';
import { readable } from '../scenario/readable.js';
import { checkShape } from '../scenario/shape.js';
import { readYaml, type YamlSource } from '../scenario/yaml-source.js';
import { type ClassPatterns, isPattern } from './class-paths.js';
import { type OutcomeRule, outcomeWords } from './outcome-rules.js';
import type { Rounding, StampForm, TimeUnit } from './stamps.js';

/** How far lines may be out of order. */
const WINDOW_US = 10_000_000;
const HOUR_US = 3_600_000_000;

const text = (description: string) => z.string().min(1).max(4096).describe(description);
const fieldName = (what: string) => text(`the field that holds ${what}`).optional();
const words = (description: string) => z.array(text('a value')).min(1).max(10_000).describe(description);

const patternField = field(
  (input) =>
    typeof input === 'string' && isPattern(input)
      ? { ok: true, value: input }
      : {
          ok: false,
          complaint: {
            code: 'FP_TEXT_INVALID',
            message: `must be a method and a path, got ${JSON.stringify(input)}`,
            hint: 'for example "GET /v1/ticker", "DELETE /v1/orders/*" or "* /v1/**"',
          },
        },
  {
    title: 'pattern',
    type: 'string',
    description: 'METHOD /path; `*` is any one segment, `/**` at the end all that follow',
  },
);

const zoneField = field(
  (input) => {
    const parts = input === 'UTC' ? ['', '+', '0', '0'] : /^([+-])(\d{2}):(\d{2})$/.exec(String(input));
    const minutes = Number(parts?.[2]) * 60 + Number(parts?.[3]);
    if (parts !== null && minutes <= 18 * 60) return { ok: true, value: parts[1] === '-' ? -minutes : minutes };
    return {
      ok: false,
      complaint: {
        code: 'FP_VALUE_UNKNOWN',
        message: `must be an offset, got ${JSON.stringify(input)}`,
        hint: 'write "UTC" or "+02:00"; a place whose clock is set twice a year has no offset of its own',
      },
    };
  },
  { title: 'offset', type: 'string', description: 'of times that name none, `UTC` or `+02:00`' },
);

const actorSchema = z.strictObject({
  name: nameField('of the actor in the verdict'),
  label: z.enum(['legit', 'abuse']),
  keys: words('API keys').optional(),
  accounts: words('accounts').optional(),
  ips: z.array(field(parseAddressRange, { title: 'range', type: 'string', description: 'address/bits' })).optional(),
  where: z.strictObject({ field: text('a field'), in: words('its values') }).optional(),
});

const mapSchema = z.strictObject({
  version: z.literal(1),
  format: z.enum(['combined', 'common', 'json']).optional(),
  'log-format': text("nginx's own log_format; instead of `format`").optional(),
  time: z
    .strictObject({
      field: text('the field that holds the time'),
      form: z
        .enum(['clf', 'iso', 's', 'ms', 'us', 'ns'])
        .describe('`17/May/2015:10:05:03 +0000`, ISO 8601, or a number since 1970'),
      zone: zoneField.optional(),
      is: z.enum(['end', 'start']).optional().describe('of the request; end when left out'),
      grain: durationField({ minUs: 1, maxUs: HOUR_US }, "the clock's, where it is coarser than the digits").optional(),
      rounded: z.enum(['down', 'nearest', 'either']).optional(),
    })
    .optional(),
  duration: z
    .strictObject({
      field: text('the field that holds how long the request took'),
      unit: z.enum(['s', 'ms', 'us', 'ns']),
    })
    .optional(),
  longest: durationField(
    { minUs: 0, maxUs: 24 * HOUR_US },
    'how long a request lasts at most, where the log has no duration',
  ).optional(),
  window: durationField({ minUs: 0, maxUs: HOUR_US }, 'how far lines may be out of order').optional(),
  ip: fieldName("the caller's address"),
  account: fieldName('the account'),
  key: fieldName('the API key'),
  signature: fieldName('the signature'),
  elements: fieldName('how many orders a batch holds'),
  request: fieldName('method and path, as a request line'),
  method: fieldName('the method'),
  path: fieldName('the path'),
  status: fieldName('the status'),
  limit: fieldName('the limit that said no, by its name in the policy'),
  classes: z.partialRecord(z.enum(requestClasses), z.array(patternField)).optional(),
  outcome: z
    .array(
      z.strictObject({
        field: text('a field'),
        in: words('its values; `-` for none, `*` for any, `2xx`'),
        is: z.enum(Object.keys(outcomeWords) as [keyof typeof outcomeWords]),
      }),
    )
    .max(1000)
    .optional(),
  actors: z.array(actorSchema).max(100).optional(),
  others: z.enum(['legit', 'abuse']).optional(),
  orders: countField({ min: 1, max: 65_535 }, 'orders of a request whose line tells none').optional(),
});

/** What of a caller makes him one of an actor's; any of them is enough. */
export interface ActorRule {
  readonly name: string;
  readonly label: Label;
  readonly keys: ReadonlySet<string>;
  readonly accounts: ReadonlySet<string>;
  readonly ranges: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][];
  readonly where: { readonly field: string; readonly values: ReadonlySet<string> } | null;
}

export interface TimeRule {
  readonly field: string;
  readonly form: StampForm;
  readonly unit: TimeUnit;
  readonly zoneMinutes: number;
  readonly isStart: boolean;
  /** 0 = that of the digits. */
  readonly grainUs: number;
  readonly rounding: Rounding;
}

/** Parts that are fields which are named, or left to what is known. */
export const roles = [
  'ip',
  'account',
  'key',
  'signature',
  'elements',
  'request',
  'method',
  'path',
  'status',
  'limit',
] as const;
export type Role = (typeof roles)[number];

export interface LogMap {
  readonly format: 'combined' | 'common' | 'json' | null;
  /** As nginx has it; null = `format` says. */
  readonly logFormat: string | null;
  readonly time: TimeRule | null;
  readonly duration: { readonly field: string; readonly unit: TimeUnit } | null;
  /** null = not said. */
  readonly longestUs: number | null;
  readonly windowUs: number;
  readonly fields: Readonly<Partial<Record<Role, string>>>;
  /** null = the paths of the house. */
  readonly classes: ClassPatterns | null;
  readonly outcomes: readonly OutcomeRule[];
  readonly actors: readonly ActorRule[];
  readonly others: Label;
  readonly orders: number;
}

export const noMap: LogMap = {
  format: null,
  logFormat: null,
  time: null,
  duration: null,
  longestUs: null,
  windowUs: WINDOW_US,
  fields: {},
  classes: null,
  outcomes: [],
  actors: [],
  others: 'legit',
  orders: 1,
};

/** @throws {FloodproofError} FP_FILE_UNREADABLE, or FP_FILE_INVALID with every fault of the file. */
export function loadLogMap(reader: FileReader, file: string): LogMap {
  return readLogMap(file, reader.read(file));
}

/** @throws {FloodproofError} FP_FILE_INVALID with every fault of the file. */
export function readLogMap(file: string, source: string): LogMap {
  const { source: yaml, faults: textFaults } = readYaml(file, source);
  if (yaml === null) throw invalidFiles(textFaults);
  const { value, faults } = checkShape(mapSchema, yaml.value, yaml);
  const rest = value ?? readable(mapSchema, yaml.value);
  const all = [...textFaults, ...faults, ...(rest === null ? [] : faultsOf(rest, yaml))];
  if (value === null || all.length > 0) throw invalidFiles(all);
  return mapOf(value);
}

type MapFile = z.output<typeof mapSchema>;

/** What is wrong though each part alone is right. */
function faultsOf(value: MapFile, yaml: YamlSource): readonly Fault[] {
  const faults: Fault[] = [];
  if (value.format !== undefined && value['log-format'] !== undefined) {
    const message = 'stands beside format, and only one of the two can be right';
    faults.push(yaml.fault(['log-format'], { code: 'FP_VALUE_UNKNOWN', message, hint: 'leave one of them out' }));
  }
  if (value.duration !== undefined && value.longest !== undefined) {
    const message = 'stands beside duration, which tells how long each request took';
    faults.push(yaml.fault(['longest'], { code: 'FP_VALUE_UNKNOWN', message, hint: 'leave one of them out' }));
  }
  const names = ['legit', 'abuse', 'all', 'others'];
  for (const [index, { name, keys, accounts, ips, where }] of (value.actors ?? []).entries()) {
    if (names.includes(name)) {
      const message = `"${name}" is taken`;
      faults.push(yaml.fault(['actors', index, 'name'], { code: 'FP_NAME_TAKEN', message }));
    }
    names.push(name);
    if (keys === undefined && accounts === undefined && ips === undefined && where === undefined) {
      const message = 'says of nobody that he is one of it';
      const hint = 'add keys, accounts, ips or where';
      faults.push(yaml.fault(['actors', index], { code: 'FP_KEY_MISSING', message, hint }));
    }
  }
  return faults;
}

function mapOf(value: MapFile): LogMap {
  const { time } = value;
  return {
    format: value.format ?? null,
    logFormat: value['log-format'] ?? null,
    time: time === undefined ? null : timeRule(time),
    duration: value.duration ?? null,
    longestUs: value.longest ?? null,
    windowUs: value.window ?? WINDOW_US,
    fields: Object.fromEntries(roles.flatMap((role) => (value[role] === undefined ? [] : [[role, value[role]]]))),
    classes: value.classes ?? null,
    outcomes: value.outcome ?? [],
    actors: (value.actors ?? []).map(({ name, label, keys = [], accounts = [], ips = [], where }) => ({
      name,
      label,
      keys: new Set(keys),
      accounts: new Set(accounts),
      ranges: ips.map((range) => ipaddr.parseCIDR(range)),
      where: where === undefined ? null : { field: where.field, values: new Set(where.in) },
    })),
    others: value.others ?? 'legit',
    orders: value.orders ?? 1,
  };
}

function timeRule({ field: name, form, zone, is, grain, rounded }: NonNullable<MapFile['time']>): TimeRule {
  const isCalendar = form === 'clf' || form === 'iso';
  return {
    field: name,
    form: isCalendar ? form : 'number',
    unit: isCalendar ? 's' : form,
    zoneMinutes: zone ?? 0,
    isStart: is === 'start',
    grainUs: grain ?? 0,
    rounding: rounded ?? (isCalendar ? 'down' : 'either'),
  };
}
