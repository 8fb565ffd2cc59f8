/** Adapter file -> adapter. */
import type { Fault } from '../errors.js';
import type {
  Adapter,
  AdapterBatch,
  AdapterCall,
  AdapterCredentials,
  AdapterSign,
  CallForm,
  Condition,
  Entry,
  LimitSource,
  Match,
  Source,
  Template,
  WaitSource,
} from './adapter.js';
import { checkAdapter } from './adapter-check.js';
import {
  type AdapterFile,
  adapterSchema,
  type BatchEntry,
  type CallEntry,
  type ConditionEntry,
  type MatchEntry,
  type WaitEntry,
} from './adapter-schema.js';
import { parsePointer } from './adapter-template.js';
import { invalidFiles } from './faults.js';
import type { FileReader } from './file-reader.js';
import { deepFreeze } from './freeze.js';
import { checkShape } from './shape.js';
import { entriesOf, readYaml } from './yaml-source.js';

export interface AdapterReading {
  readonly adapter: Adapter | null;
  readonly faults: readonly Fault[];
}

const standardWaits: readonly WaitSource[] = [{ source: { in: 'header', name: 'retry-after' }, unit: 's' }];

/**
 * Reads an adapter file; paths of modules count from its folder.
 * @throws {FloodproofError} FP_FILE_UNREADABLE, or FP_FILE_INVALID with every fault of the file.
 */
export function loadAdapter(reader: FileReader, file: string): Adapter {
  const { adapter, faults } = readAdapter(file, reader.read(file), (path) => reader.resolve(file, path));
  if (adapter === null) throw invalidFiles(faults);
  return adapter;
}

/** @param resolve - The path that is meant by one written in the file. */
export function readAdapter(file: string, text: string, resolve: (path: string) => string): AdapterReading {
  const { source, faults: textFaults } = readYaml(file, text);
  if (source === null) return { adapter: null, faults: textFaults };
  const top = entriesOf(source.value);
  if (top.calls === undefined && (top.limits !== undefined || top.actors !== undefined)) {
    const kind = top.limits !== undefined ? 'a policy' : 'a scenario';
    const complaint = { code: 'FP_FILE_KIND', message: `is ${kind}, but an adapter is wanted here` } as const;
    return { adapter: null, faults: [...textFaults, source.fault([], complaint)] };
  }
  const shape = checkShape(adapterSchema, source.value, source);
  const faults = [...textFaults, ...shape.faults, ...checkAdapter(source)];
  if (shape.value === null || faults.length > 0) return { adapter: null, faults };
  return { adapter: deepFreeze(buildAdapter(file, shape.value, resolve)), faults: [] };
}

function buildAdapter(file: string, content: AdapterFile, resolve: (path: string) => string): Adapter {
  const { hooks, answeredBy } = content;
  return {
    schema: 'floodproof/adapter/1',
    name: content.name,
    file,
    http2: content.http2,
    sign: buildSign(content.sign, resolve),
    credentials: buildCredentials(content.credentials),
    hooks: hooks === undefined ? null : { file: resolve(hooks.module), deadlineMs: Math.ceil(hooks.deadline / 1000) },
    headers: headersOf(content.headers),
    values: mapped(content.values, (form) => ({ map: form.map, remove: form.remove, case: form.case ?? null })),
    calls: mapped(content.calls, buildCall),
    outcomes: content.outcomes.map(({ when, is, limit, retryAfter }) => ({
      when: buildCondition(when),
      is,
      limit: limit === undefined ? null : buildLimit(limit),
      retryAfter: retryAfter === undefined ? null : buildWait(retryAfter),
    })),
    answeredBy: {
      limiter: answeredBy.limiter.map(buildCondition),
      others: answeredBy.others.map(({ name, when }) => ({ name, when: buildCondition(when) })),
    },
    retryAfter: content.retryAfter?.map(buildWait) ?? standardWaits,
  };
}

/** The same keys with other values; those that are left out stay so. */
function mapped<Key extends string, From, To>(
  given: { readonly [K in Key]?: From | undefined },
  make: (value: From) => To,
): Partial<Record<Key, To>> {
  const found: Partial<Record<Key, To>> = {};
  for (const key of Object.keys(given) as Key[]) {
    const value = given[key];
    if (value !== undefined) found[key] = make(value);
  }
  return found;
}

function buildSign(sign: AdapterFile['sign'], resolve: (path: string) => string): AdapterSign {
  if (sign === undefined) return { kind: 'policy' };
  if (sign === 'none') return { kind: 'none' };
  if (sign.profile !== undefined) return { kind: 'profile', profile: sign.profile };
  return { kind: 'module', file: resolve(sign.module ?? '') };
}

function buildCredentials(credentials: AdapterFile['credentials']): AdapterCredentials {
  if (typeof credentials === 'string') return { from: credentials };
  const holders = credentials.environment.map((holder) => ({
    keyId: holder.keyId ?? null,
    secret: holder.secret ?? null,
    passphrase: holder.passphrase ?? null,
    privateKey: holder.privateKey ?? null,
    account: holder.account ?? null,
    password: holder.password ?? null,
    token: holder.token ?? null,
  }));
  return { from: 'environment', holders };
}

function entries(templates: Readonly<Record<string, Template>>): Entry[] {
  return Object.entries(templates).map(([name, value]) => ({ name, value }));
}

function headersOf(templates: Readonly<Record<string, Template>>): Entry[] {
  return Object.entries(templates).map(([name, value]) => ({ name: name.toLowerCase(), value }));
}

function buildForm(call: CallEntry | BatchEntry): CallForm {
  return {
    method: call.method,
    path: call.path,
    query: entries(call.query),
    headers: headersOf(call.headers),
    form: call.form === undefined ? null : entries(call.form),
    json: call.json ?? null,
  };
}

function buildCall(call: CallEntry): AdapterCall {
  const { orderId, token } = call.answer;
  return {
    ...buildForm(call),
    answer: { orderId: orderId ?? null, token: token ?? null },
    batch: call.batch === undefined ? null : buildBatch(call.batch),
  };
}

function buildBatch(batch: BatchEntry): AdapterBatch {
  return { ...buildForm(batch), each: batch.each, answer: batch.answer };
}

function buildCondition(when: ConditionEntry): Condition {
  const { class: classes, header = {}, body = {}, text } = when;
  return {
    classes: classes === undefined ? null : [classes].flat(),
    isSigned: when.signed ?? null,
    statuses: when.status ?? null,
    headers: Object.entries(header).map(([name, match]) => ({ name: name.toLowerCase(), match: buildMatch(match) })),
    body: Object.entries(body).map(([at, match]) => ({ at: pointerOf(at), match: buildMatch(match) })),
    text: text === undefined ? null : buildMatch(text),
  };
}

/** Of a pointer that has been looked at. */
function pointerOf(text: string): readonly string[] {
  const parsed = parsePointer(text);
  return parsed.ok ? parsed.value : [];
}

function buildMatch(match: MatchEntry): Match {
  if (typeof match !== 'object' || match === null) return { kind: 'equals', values: [String(match)] };
  if (Array.isArray(match)) return { kind: 'equals', values: match.map(String) };
  if ('there' in match) return { kind: 'there', wanted: match.there };
  return 'begins' in match ? { kind: 'begins', text: match.begins } : { kind: 'holds', text: match.holds };
}

function buildSource({ header, body }: { header?: string | undefined; body?: readonly string[] | undefined }): Source {
  return header !== undefined ? { in: 'header', name: header } : { in: 'body', at: body ?? [] };
}

function buildWait(wait: WaitEntry): WaitSource {
  return { source: buildSource(wait), unit: wait.unit };
}

function buildLimit(limit: NonNullable<AdapterFile['outcomes'][number]['limit']>): LimitSource {
  if (typeof limit === 'string') return { kind: 'fixed', name: limit };
  return { kind: 'read', source: buildSource(limit), names: limit.names };
}
