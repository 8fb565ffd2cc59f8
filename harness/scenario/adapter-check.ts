/** What the parts of an adapter mean together: what goes with what, and that no secret stands in the file. */
import type { Fault } from '../errors.js';
import { parseHeaderName, parsePointer, parseTemplate } from './adapter-template.js';
import type { Complaint } from './faults.js';
import { entriesOf, listOf, type Path, type YamlSource } from './yaml-source.js';

type Report = (path: Path, complaint: Complaint, isKey?: boolean) => void;

/** Headers that the client writes itself. */
const ownHeaders: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'x-forwarded-for',
]);
/** Names under which secrets travel. */
const secretName = /authorization|cookie|secret|token|passw|passphrase|signature|(?:api|access|private)[-_]?key/i;

/** Every part that can be read is looked at, whatever the others are like. */
export function checkAdapter(source: YamlSource): readonly Fault[] {
  const top = entriesOf(source.value);
  const faults: Fault[] = [];
  const report: Report = (path, complaint, isKey = false) => {
    faults.push(source.fault(path, complaint, { key: isKey }));
  };
  checkEither(top.sign, ['sign'], ['profile', 'module'], report);
  if (top.credentials === 'hooks' && top.hooks === undefined) {
    report(['credentials'], { code: 'FP_ADAPTER_PARTS', message: 'are those of the hooks, but there are no hooks' });
  }
  for (const [index, holder] of listOf(entriesOf(top.credentials).environment).entries()) {
    checkHolder(holder, ['credentials', 'environment', index], report);
  }
  checkHeaders(top.headers, ['headers'], report);
  const calls = entriesOf(top.calls);
  if (top.calls !== undefined && Object.keys(calls).length === 0) {
    report(['calls'], { code: 'FP_LIST_LENGTH', message: 'must have at least 1 entry' });
  }
  for (const [name, call] of Object.entries(calls)) checkCall(call, ['calls', name], report);
  checkOrderIds(calls, report);
  for (const [index, rule] of listOf(top.outcomes).entries()) {
    const path: Path = ['outcomes', index];
    const { when, limit, retryAfter } = entriesOf(rule);
    checkCondition(when, [...path, 'when'], report);
    checkEither(limit, [...path, 'limit'], ['header', 'body'], report);
    checkEither(retryAfter, [...path, 'retryAfter'], ['header', 'body'], report);
  }
  const { limiter, others } = entriesOf(top.answeredBy);
  for (const [index, when] of listOf(limiter).entries()) checkCondition(when, ['answeredBy', 'limiter', index], report);
  for (const [index, other] of listOf(others).entries()) {
    checkCondition(entriesOf(other).when, ['answeredBy', 'others', index, 'when'], report);
  }
  for (const [index, wait] of listOf(top.retryAfter).entries()) {
    checkEither(wait, ['retryAfter', index], ['header', 'body'], report);
  }
  return faults;
}

/** A mapping that must have exactly one of two keys. */
function checkEither(value: unknown, path: Path, [a, b]: readonly [string, string], report: Report): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  const given = entriesOf(value);
  if ((given[a] === undefined) !== (given[b] === undefined)) return;
  const message = given[a] === undefined ? `must have ${a} or ${b}` : `has both ${a} and ${b}`;
  report(path, { code: 'FP_ADAPTER_PARTS', message });
}

function checkHolder(holder: unknown, path: Path, report: Report): void {
  const { keyId, secret, privateKey, account, password, token } = entriesOf(holder);
  if (keyId === undefined && account === undefined && token === undefined) {
    report(path, { code: 'FP_ADAPTER_PARTS', message: 'must have keyId, account or token' });
  }
  if ((secret !== undefined || privateKey !== undefined) && keyId === undefined) {
    report(path, { code: 'FP_ADAPTER_PARTS', message: 'has a secret without the keyId that it belongs to' });
  }
  if ((account === undefined) !== (password === undefined)) {
    report(path, { code: 'FP_ADAPTER_PARTS', message: 'must have account and password together' });
  }
}

function checkHeaders(headers: unknown, path: Path, report: Report): void {
  for (const [written, value] of Object.entries(entriesOf(headers))) {
    const at = [...path, written];
    const name = parseHeaderName(written);
    if (!name.ok) report(at, name.complaint, true);
    else if (ownHeaders.has(name.value)) {
      const hint = 'leave it out';
      report(at, { code: 'FP_HEADER_INVALID', message: 'is a header that is written for every request', hint }, true);
    } else checkSecret(written, value, at, report);
  }
}

/** A value that is written out where only secrets travel. */
function checkSecret(name: string, value: unknown, path: Path, report: Report): void {
  if (!secretName.test(name)) return;
  const template = parseTemplate(value);
  if (!template.ok || template.value.length === 0 || template.value.some((part) => typeof part !== 'string')) return;
  report(path, {
    code: 'FP_ADAPTER_SECRET',
    message: 'looks like a secret that is written out',
    hint: 'write "{env:NAME}" and put the value into the environment, or "{token}" or "{keyId}"',
  });
}

function checkCall(call: unknown, path: Path, report: Report): void {
  checkForm(call, path, report);
  const { batch, json } = entriesOf(call);
  if (holdsOrders(json)) {
    report([...path, 'json'], { code: 'FP_TEMPLATE_INVALID', message: 'holds {orders}, which only a batch has' });
  }
  if (batch === undefined) return;
  checkForm(batch, [...path, 'batch'], report);
  const { json: list, each } = entriesOf(batch);
  if (!holdsOrders(list)) {
    const hint = 'write for example json: { orders: "{orders}" }';
    report([...path, 'batch'], { code: 'FP_TEMPLATE_INVALID', message: 'must hold "{orders}" in its json', hint });
  }
  if (holdsOrders(each)) {
    report([...path, 'batch', 'each'], { code: 'FP_TEMPLATE_INVALID', message: 'is one order and holds {orders}' });
  }
}

function checkForm(call: unknown, path: Path, report: Report): void {
  const { form, json, headers, query, path: where } = entriesOf(call);
  if (form !== undefined && json !== undefined) {
    report(path, { code: 'FP_ADAPTER_PARTS', message: 'has both form and json' });
  }
  checkHeaders(headers, [...path, 'headers'], report);
  for (const [part, entries] of [
    ['query', query],
    ['form', form],
  ] as const) {
    for (const [name, value] of Object.entries(entriesOf(entries)))
      checkSecret(name, value, [...path, part, name], report);
  }
  if (typeof where !== 'string') return;
  const bare = where.replaceAll(/\{[^{}]*\}/g, 'x');
  if (!/^\/[!-~]*$/.test(bare) || /[?#]/.test(bare)) {
    const message = 'must begin with / and hold visible ASCII without ? and #';
    report([...path, 'path'], { code: 'FP_TEXT_INVALID', message, hint: 'parameters stand under "query"' });
  }
}

function holdsOrders(json: unknown): boolean {
  if (typeof json === 'string') return json === '{orders}';
  return typeof json === 'object' && json !== null && Object.values(json).some(holdsOrders);
}

/** A cancel that names the order by its id needs to know where the id stands. */
function checkOrderIds(calls: Readonly<Record<string, unknown>>, report: Report): void {
  const needs = ['order.amend', 'order.cancel'].filter((name) =>
    JSON.stringify(calls[name] ?? '').includes('{orderId}'),
  );
  const [first] = needs;
  if (first === undefined) return;
  const place = calls['order.place'];
  if (place !== undefined && entriesOf(entriesOf(place).answer).orderId !== undefined) return;
  report(place === undefined ? ['calls'] : ['calls', 'order.place'], {
    code: 'FP_ADAPTER_PARTS',
    message: `must say where the id of a placed order stands, since ${first} needs it`,
    hint: 'add to order.place: answer: { orderId: /orderId }',
  });
}

function checkCondition(when: unknown, path: Path, report: Report): void {
  if (typeof when !== 'object' || when === null) return;
  const { header, body, ...others } = entriesOf(when);
  if (header === undefined && body === undefined && Object.keys(others).length === 0) {
    report(path, { code: 'FP_ADAPTER_PARTS', message: 'holds for every answer: say by what it is told' });
  }
  for (const name of Object.keys(entriesOf(header))) {
    const parsed = parseHeaderName(name);
    if (!parsed.ok) report([...path, 'header', name], parsed.complaint, true);
  }
  for (const name of Object.keys(entriesOf(body))) {
    const parsed = parsePointer(name);
    if (!parsed.ok) report([...path, 'body', name], parsed.complaint, true);
  }
}
