/** A described API -> the text of an adapter. */
import type { AdapterField } from '../scenario/adapter.js';
import type { DocumentNode } from './document.js';
import { visibleText } from './faults.js';
import { flowText, keyText } from './flow-text.js';
import { comment } from './import-text.js';
import { type AnswerRule, answerRules, pointerOf } from './openapi-answers.js';
import type { OpenApiDocument } from './openapi-document.js';
import type { ClassedOperation } from './openapi-operations.js';
import type { Security } from './openapi-security.js';
import {
  exampleOf,
  fieldOf,
  propertiesOf,
  requiredOf,
  variantsOf,
  type Written,
  writtenFor,
} from './openapi-values.js';

export interface AdapterText {
  readonly text: string;
  readonly unsaid: readonly string[];
}

export interface AdapterParts {
  readonly name: string;
  readonly about: string;
  readonly security: Security;
  readonly operations: readonly ClassedOperation[];
  /** Keys, and accounts where there is a login, that the scenarios need. */
  readonly holders: number;
  /** The only limit of the policy; null when there are several or none. */
  readonly onlyLimit: string | null;
}

/** Collects what is written over all calls: forms of fields, and what a person has to say. */
class Notes {
  readonly unsaid: string[] = [];
  readonly forms = new Map<AdapterField, Readonly<Record<string, unknown>>>();
}

export function adapterText(document: OpenApiDocument, parts: AdapterParts): AdapterText {
  const { name, security, operations } = parts;
  const notes = new Notes();
  const calls = operations.flatMap((one) => callLines(document, one, security, notes));
  const values = [...notes.forms].map(([field, form]) => `  ${field}: ${flowText(form)}`);
  const rules = answerRules(document, operations);
  const headers = Object.entries(security.headers);
  const lines = [
    'version: 1',
    `name: ${name}`,
    ...(parts.about === '' ? [] : [`description: ${JSON.stringify(parts.about)}`]),
    ...signLines(security),
    ...credentialLines(parts),
    ...(headers.length === 0 ? [] : [`headers: ${flowText(Object.fromEntries(headers))}`]),
    ...(values.length === 0 ? [] : ['values:', ...values]),
    'calls:',
    ...calls,
    ...(rules.length === 0 ? [] : ['outcomes:', ...rules.flatMap((rule) => ruleLines(rule, parts.onlyLimit))]),
  ];
  const unsaid = [...(security.unsaid === null ? [] : [security.unsaid]), ...notes.unsaid];
  return { text: `${lines.join('\n')}\n`, unsaid };
}

function signLines({ sign, because, unsaid }: Security): readonly string[] {
  const lines = comment(because, '');
  if (sign === 'unknown') return [...lines, ...comment(`say here ${unsaid}. Until then: as the policy says`, '')];
  if (sign === 'none') return [...lines, ...(unsaid === null ? [] : comment(`say here: ${unsaid}`, '')), 'sign: none'];
  return [...lines, `sign: { profile: ${sign} }`];
}

/** Names of variables begin with the API's own. */
function credentialLines({ name, security, operations, holders }: AdapterParts): readonly string[] {
  const prefix = name.toUpperCase().replaceAll('-', '_');
  const hasLogin = operations.some(({ requestClass }) => requestClass === 'login');
  if (security.signed.size === 0 && !hasLogin) return [];
  const lines = Array.from({ length: holders }, (_, index) => {
    const nth = index + 1;
    const members = [
      ...(security.signed.size === 0 ? [] : [`keyId: ${prefix}_KEY_${nth}`]),
      ...(security.signed.size === 0 || !security.hasSecret ? [] : [`secret: ${prefix}_SECRET_${nth}`]),
      ...(hasLogin ? [`account: ${prefix}_USER_${nth}`, `password: ${prefix}_PASSWORD_${nth}`] : []),
    ];
    return `    - { ${members.join(', ')} }`;
  });
  return [
    ...comment('Names of variables, never values: one holder for each who takes part.', ''),
    'credentials:',
    '  environment:',
    ...lines,
  ];
}

function callLines(
  document: OpenApiDocument,
  one: ClassedOperation,
  { query: keyQuery }: Security,
  notes: Notes,
): readonly string[] {
  const { requestClass, operation, guess } = one;
  const where = `${operation.method.toUpperCase()} ${visibleText(operation.path)}`;
  const tell = (what: string): string => {
    notes.unsaid.push(`${where}: ${what}`);
    return what;
  };
  const lines: string[] = [];
  const note = (text: string) => lines.push(...comment(`say here ${tell(text)}`, '    '));
  const keep = (key: string, written: Written | null, into: Record<string, unknown>): void => {
    if (written === null) return;
    if (written.field !== null) noteForm(document, written.field, written.schema, notes, note);
    if (written.isUnsaid) note(`what "${visibleText(key)}" is to hold: it is required, and no example is given`);
    into[key] = written.value;
  };
  const query: Record<string, unknown> = { ...keyQuery };
  const headers: Record<string, unknown> = {};
  let path = operation.path;
  for (const parameter of operation.parameters) {
    const name = parameter.at('name').text ?? '';
    const given = {
      schema: parameter.at('schema'),
      example: parameter.at('example'),
      isRequired: parameter.at('required').value === true || parameter.at('in').text === 'path',
    };
    const place = parameter.at('in').text;
    const written = writtenFor(document, name, given, requestClass);
    if (place === 'query') keep(name, scalarOnly(written), query);
    else if (place === 'header' && !/^(?:authorization|accept|content-type)$/i.test(name)) {
      if (!/sign|timestamp|nonce|api-?key/i.test(name)) keep(name.toLowerCase(), scalarOnly(written), headers);
    } else if (place === 'path') path = path.replace(`{${name}}`, pathPlace(name, written, one, note));
  }
  path = path.replaceAll(/\{([^{}]*)\}/g, (whole, name: string) => {
    if (fieldOf(name, requestClass) !== null) return `{${fieldOf(name, requestClass)}}`;
    note(`what stands in the path for "${visibleText(name)}", of which no parameter tells`);
    return whole.length > 0 ? '1' : '';
  });
  const body = bodyOf(document, one, keep, note);
  const answer = answerOf(document, one);
  return [
    `  ${keyText(requestClass)}:`,
    ...comment(`line ${operation.node.place.line}: ${where}`, '    '),
    ...(guess === null ? [] : comment(`say here if it is another: ${tell(guess)}`, '    ')),
    ...lines,
    `    method: ${operation.method.toUpperCase()}`,
    `    path: ${flowText(path)}`,
    ...(Object.keys(query).length === 0 ? [] : [`    query: ${flowText(query)}`]),
    ...(Object.keys(headers).length === 0 ? [] : [`    headers: ${flowText(headers)}`]),
    ...body,
    ...answer,
  ];
}

function scalarOnly(written: Written | null): Written | null {
  if (written === null || typeof written.value !== 'object') {
    return written === null ? null : { ...written, value: String(written.value).replace(/:number\}$/, '}') };
  }
  return { ...written, value: 'SAY-HERE', isUnsaid: true };
}

function pathPlace(
  name: string,
  written: Written | null,
  { requestClass }: ClassedOperation,
  note: (text: string) => void,
): string {
  const field = fieldOf(name, requestClass);
  if (field !== null) return `{${field}}`;
  if (written === null || written.isUnsaid || typeof written.value === 'object') {
    note(`what stands in the path for "${visibleText(name)}"`);
    return '1';
  }
  return encodeURIComponent(String(written.value));
}

function bodyOf(
  document: OpenApiDocument,
  { operation, requestClass }: ClassedOperation,
  keep: (key: string, written: Written | null, into: Record<string, unknown>) => void,
  note: (text: string) => void,
): readonly string[] {
  const body = document.resolve(operation.node.at('requestBody'));
  const media = body.at('content').members;
  const [type, content] =
    media.find(([name]) => /json/i.test(name)) ?? media.find(([name]) => /form-urlencoded/i.test(name)) ?? [];
  if (content === undefined) {
    if (media.length > 0)
      note(`the body: none of ${media.map(([name]) => visibleText(name)).join(', ')} is written by an adapter`);
    return [];
  }
  const [schema] = variantsOf(document, content.at('schema'));
  const members: Record<string, unknown> = {};
  const required = schema === undefined ? new Set() : requiredOf(document, schema);
  const example = content.at('example');
  for (const [name, property] of schema === undefined ? [] : propertiesOf(document, schema)) {
    const given = { schema: property, example: example.at(name), isRequired: required.has(name) };
    keep(name, writtenFor(document, name, given, requestClass), members);
  }
  if (Object.keys(members).length === 0) note('the body, of which no property is known');
  const isForm = type !== undefined && !/json/i.test(type);
  if (!isForm) return [`    json: ${flowText(members)}`];
  const texts = Object.entries(members).map(([key, value]) => [key, String(value).replace(/:number\}$/, '}')]);
  return [`    form: ${flowText(Object.fromEntries(texts))}`];
}

/** How this API spells a field, by its enum or example. */
function noteForm(
  document: OpenApiDocument,
  field: AdapterField,
  schema: DocumentNode,
  notes: Notes,
  note: (text: string) => void,
): void {
  if (notes.forms.has(field)) return;
  const listed = schema.at('enum').items.flatMap(({ text }) => text ?? []);
  const words = { side: ['buy', 'sell'], type: ['limit', 'market'] }[field as 'side' | 'type'];
  if (words !== undefined && listed.length > 0) {
    const map = Object.fromEntries(words.map((word) => [word, listed.find((one) => one.toLowerCase() === word)]));
    if (Object.values(map).some((one) => one === undefined))
      note(`how "${field}" is written: ${words.join(' and ')} are not among ${listed.map(visibleText).join(', ')}`);
    else if (words.some((word) => map[word] !== word)) {
      notes.forms.set(field, words.every((word) => map[word] === word.toUpperCase()) ? { case: 'upper' } : { map });
    }
  }
  if (field !== 'symbol') return;
  const example = listed[0] ?? exampleOf(document, schema, 0);
  if (typeof example !== 'string') return;
  const form = {
    ...(/^[A-Za-z0-9]+$/.test(example) ? { remove: '-' } : {}),
    ...(example === example.toLowerCase() ? { case: 'lower' } : {}),
  };
  const isKnown = /^[A-Za-z0-9]+(?:-[A-Za-z0-9]+)?$/.test(example);
  if (!isKnown) note(`how symbols are written: ours are as BTC-USDT, the example is ${visibleText(example)}`);
  else if (Object.keys(form).length > 0) notes.forms.set(field, form);
}

function answerOf(document: OpenApiDocument, one: ClassedOperation): readonly string[] {
  const { requestClass } = one;
  if (requestClass === 'login') {
    const token = pointerOf(document, one, /^(?:access_?token|token|session|jwt|id_?token)$/i);
    return token === null ? [] : [`    answer: { token: ${token} }`];
  }
  if (requestClass !== 'order.place') return [];
  const id = pointerOf(document, one, /^(?:order_?id|id|ord_?id)$/i);
  return id === null ? [] : [`    answer: { orderId: ${id} }`];
}

function ruleLines(
  { status, pointer, codes, is, origin, wait }: AnswerRule,
  onlyLimit: string | null,
): readonly string[] {
  const body =
    pointer === null ? '' : `, body: { ${flowText(pointer)}: ${flowText(codes.length === 1 ? codes[0] : codes)} }`;
  return [
    ...comment(origin, '  '),
    `  - when: { status: ${status}${body} }`,
    `    is: ${is}`,
    ...(is === 'throttled' && onlyLimit !== null ? [`    limit: ${onlyLimit}`] : []),
    ...(wait === null ? [] : [`    retryAfter: { body: ${wait.pointer}, unit: ${wait.unit} }`]),
  ];
}
