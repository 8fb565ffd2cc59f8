/** A described API -> the text of a policy: how requests are signed, and the limits that the document tells. */
import type { RequestClass } from '../scenario/plan-policy.js';
import { flowText } from './flow-text.js';
import { comment } from './import-text.js';
import { freeName } from './imported.js';
import type { OpenApiDocument } from './openapi-document.js';
import { type ToldLimit, toldLimit, toldOfAll } from './openapi-limits.js';
import type { ClassedOperation } from './openapi-operations.js';
import type { Security } from './openapi-security.js';

/** A limit of the policy, as the scenarios need to know it. */
export interface WrittenLimit {
  readonly name: string;
  readonly classes: readonly RequestClass[];
  readonly by: 'key' | 'ip' | 'global';
  readonly told: ToldLimit;
}

export interface PolicyParts {
  readonly name: string;
  readonly security: Security;
  readonly operations: readonly ClassedOperation[];
}

export interface OpenApiPolicy {
  readonly text: string;
  readonly limits: readonly WrittenLimit[];
  readonly unsaid: readonly string[];
}

export function openApiPolicy(document: OpenApiDocument, parts: PolicyParts): OpenApiPolicy {
  const { name, security } = parts;
  const unsaid: string[] = [];
  const limits = limitsOf(document, parts, unsaid);
  const lines = [
    'version: 1',
    `name: ${name}`,
    ...authLines(security, unsaid),
    ...comment(
      'The grain of the clock of most servers; say here a coarser one where yours counts in whole seconds.',
      '',
    ),
    'resolution: 1ms',
    ...comment('say here how many nodes count on their own, and how many cells more than promised may pass', ''),
    'nodes: 1',
    'slack: 0',
    ...limitsText(limits, security, unsaid),
  ];
  return { text: `${lines.join('\n')}\n`, limits, unsaid };
}

function authLines({ sign, signed, because }: Security, unsaid: string[]): readonly string[] {
  if (signed.size === 0)
    return comment('say here under "auth" how requests are signed, if they are: the document tells nothing', '');
  const list = `[${[...signed].join(', ')}]`;
  const lines = comment(because, '');
  if (sign === 'unknown') {
    unsaid.push('the policy: name under "auth" the profile by which requests are signed ("hmac-lines" is a guess)');
    return [
      ...lines,
      ...comment('say here by which profile: hmac-lines is a guess', ''),
      `auth: { profile: hmac-lines, signed: ${list} }`,
    ];
  }
  if (sign === 'none') {
    // The key goes as it is, as a bearer token does: nothing is signed, and nothing can be forged but the key.
    return [...lines, `auth: { profile: bearer, signed: ${list} }`];
  }
  return [...lines, `auth: { profile: ${sign}, signed: ${list} }`];
}

function limitsOf(
  document: OpenApiDocument,
  { security, operations }: PolicyParts,
  unsaid: string[],
): readonly WrittenLimit[] {
  const taken = new Set<string>();
  const groups = new Map<
    string,
    { readonly told: ToldLimit; readonly by: WrittenLimit['by']; readonly classes: RequestClass[] }
  >();
  const ofAll = toldOfAll(document);
  for (const { requestClass, operation } of operations) {
    const told = toldLimit(document, operation) ?? ofAll;
    if (told === null) {
      if (operation.node.at('responses', '429').value === undefined) continue;
      const what = `${operation.method.toUpperCase()} ${operation.path}`;
      unsaid.push(`${what} answers 429, but no number is told: say under "limits" of the policy what is promised`);
      continue;
    }
    const isSigned = security.signed.has(requestClass);
    const by = told.by === 'key' && !isSigned ? 'ip' : (told.by ?? (isSigned ? 'key' : 'ip'));
    const id = `${told.origin} ${by}`;
    const group = groups.get(id) ?? { told, by, classes: [] };
    group.classes.push(requestClass);
    groups.set(id, group);
  }
  return [...groups.values()].map(({ told, by, classes }) => {
    const what =
      classes.length === 1
        ? (classes[0] ?? '')
        : classes.some((one) => one.startsWith('order'))
          ? 'requests'
          : classes[0];
    const name = freeName(`${what} ${by}`, taken);
    if (told.by === null) unsaid.push(`${name}: the document does not say by what it counts; "${by}" is a guess`);
    if (told.kind === 'unknown') {
      unsaid.push(
        `${name}: the document does not say which kind of limit it is; what is written is the loosest, and a verdict sharper with the right one`,
      );
    }
    return { name, classes, by, told };
  });
}

function limitsText(limits: readonly WrittenLimit[], { signed }: Security, unsaid: string[]): readonly string[] {
  if (limits.length > 0) return ['limits:', ...limits.flatMap(limitLines)];
  unsaid.push('the policy: no limit is told anywhere in the document; say under "limits" what the API promises');
  const sample = comment('say here what the API promises, for example:', '');
  const example =
    '#  - { name: orders, match: [order.place], by: ip, family: token-bucket, capacity: 20, refill: 10/s }';
  if (signed.size > 0) return [...sample, example, 'limits: []'];
  return [
    ...sample,
    example,
    ...comment('Until then one that nothing reaches, since a policy without "auth" needs one:', ''),
    'limits:',
    '  - { name: nothing-told, match: "*", by: global, family: token-bucket, capacity: 1000000000, refill: 1000000/s }',
  ];
}

function limitLines({ name, classes, by, told }: WrittenLimit): readonly string[] {
  return [
    ...comment(told.origin, '  '),
    ...(told.by === null ? comment(`say here by what it counts: "${by}" is a guess`, '  ') : []),
    ...(told.kind === 'unknown'
      ? comment(
          `say here which kind of limit it is. Until then the loosest: windows of ${told.windowSeconds} s with ${told.count} each, wherever they begin, let ${2 * told.count} pass at once and no more`,
          '  ',
        )
      : []),
    `  - name: ${name}`,
    `    match: ${flowText(classes)}`,
    `    by: ${by}`,
    ...numberLines(told).map((line) => `    ${line}`),
  ];
}

function numberLines({ kind, count, windowSeconds, burst }: ToldLimit): readonly string[] {
  const window = `window: ${windowSeconds}s`;
  switch (kind) {
    case 'fixed-window':
      return ['family: fixed-window', `capacity: ${count}`, window, 'anchor: calendar'];
    case 'sliding-log':
    case 'sliding-counter':
      return [`family: ${kind}`, `capacity: ${count}`, window];
    default: {
      const capacity = kind === 'unknown' ? 2 * count : (burst ?? count);
      return ['family: token-bucket', `capacity: ${capacity}`, `refill: ${count} per ${windowSeconds}s`];
    }
  }
}
