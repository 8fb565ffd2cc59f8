/** What answers mean: codes inside bodies, ids of orders, tokens of sessions, and waits. */
import type { OutcomeWord } from '../scenario/adapter.js';
import type { DocumentNode } from './document.js';
import { visibleText } from './faults.js';
import type { OpenApiDocument } from './openapi-document.js';
import type { ClassedOperation } from './openapi-operations.js';
import { propertiesOf, variantsOf } from './openapi-values.js';

/** One rule of an adapter: status, code in the body, and what it is. */
export interface AnswerRule {
  readonly status: string;
  /** Pointer of the code; null = the status tells. */
  readonly pointer: string | null;
  readonly codes: readonly (string | number)[];
  readonly is: OutcomeWord;
  readonly origin: string;
  readonly wait: { readonly pointer: string; readonly unit: 's' | 'ms' } | null;
}

const codeName = /^(?:code|ret_?code|err(?:or)?_?code|s_?code|status_?code|error)$/i;
const holders = ['data', 'result', 'order', 'session', 'response'] as const;

export function answerRules(document: OpenApiDocument, operations: readonly ClassedOperation[]): readonly AnswerRule[] {
  const rules = new Map<string, AnswerRule>();
  for (const { operation } of operations) {
    for (const [status, written] of operation.node.at('responses').members) {
      const answer = document.resolve(written);
      for (const rule of rulesOf(document, status, answer)) {
        const id = `${rule.status} ${rule.pointer} ${rule.is} ${JSON.stringify(rule.wait)}`;
        const before = rules.get(id);
        const codes = [...new Set([...(before?.codes ?? []), ...rule.codes])];
        rules.set(id, { ...(before ?? rule), codes });
      }
    }
  }
  // Where one code is read in two ways, the first that was said holds.
  return [...rules.values()];
}

function rulesOf(document: OpenApiDocument, status: string, answer: DocumentNode): readonly AnswerRule[] {
  const about = answer.at('description').text ?? '';
  const origin = `line ${answer.place.line}: answer ${visibleText(status)}`;
  const schema = jsonSchema(answer);
  const coded =
    schema === null ? [] : variantsOf(document, schema).flatMap((one) => codedRule(document, status, one, origin));
  if (coded.length > 0) return coded;
  const isOdd = /^[45]\d\d$/.test(status) && status !== '429';
  if (isOdd && /rate.?limit|too many|throttl/i.test(about)) {
    return [{ status, pointer: null, codes: [], is: 'throttled', origin, wait: null }];
  }
  if (isOdd && /\bbanned\b|\bblocked\b/i.test(about)) {
    return [{ status, pointer: null, codes: [], is: 'banned', origin, wait: null }];
  }
  return [];
}

function codedRule(
  document: OpenApiDocument,
  status: string,
  schema: DocumentNode,
  origin: string,
): readonly AnswerRule[] {
  if (!/^[2345]\d\d$/.test(status)) return [];
  const properties = propertiesOf(document, schema);
  const found = [
    ['', properties] as const,
    ...properties.map(([name, one]) => [`/${name}`, propertiesOf(document, one)] as const),
  ]
    .flatMap(([before, list]) => list.map(([name, one]) => ({ pointer: `${before}/${name}`, name, one })))
    .find(({ name, one }) => codeName.test(name) && codesOf(one).length > 0);
  if (found === undefined) return [];
  const codes = codesOf(found.one);
  const name = String(schema.path.at(-1) ?? '');
  const about = [
    name.replaceAll(/([a-z])([A-Z])/g, '$1 $2'),
    schema.at('title').text,
    schema.at('description').text,
    ...codes,
  ]
    .filter((text) => text !== null)
    .join(' ');
  const waitNamed = properties.find(([key]) => /^(?:retry_?after|wait)(?:_?(?:ms|s|seconds))?$/i.test(key))?.[0];
  const is = meaningOf(about, codes, status);
  const wait = waitNamed === undefined || is !== 'throttled' ? null : waitOf(waitNamed);
  return [{ status, pointer: found.pointer, codes, is, origin, wait }];
}

function waitOf(name: string): { pointer: string; unit: 's' | 'ms' } {
  return { pointer: `/${name}`, unit: /ms$/i.test(name) ? 'ms' : 's' };
}

function meaningOf(about: string, codes: readonly (string | number)[], status: string): OutcomeWord {
  if (/too.?many|rate.?limit|throttl|flood|exceeded/i.test(about)) return 'throttled';
  if (/\bban(?:ned)?\b|blocked/i.test(about)) return 'banned';
  if (/signature|unauthori[sz]ed|invalid.?key|unknown.?key|api.?key|token|stale|timestamp|nonce/i.test(about))
    return 'refused';
  if (status.startsWith('5')) return 'server-error';
  if (codes.some((code) => code === 0 || /^(?:0|ok|success)$/i.test(String(code)))) return 'admitted';
  // The limits had let it through, and the business said no.
  return 'admitted';
}

function codesOf(schema: DocumentNode): readonly (string | number)[] {
  const constant = schema.at('const').value;
  const listed = constant === undefined ? schema.at('enum').items.map(({ value }) => value) : [constant];
  return listed.filter((value) => typeof value === 'string' || typeof value === 'number');
}

function jsonSchema(answer: DocumentNode): DocumentNode | null {
  const [, media] = answer.at('content').members.find(([type]) => /json/i.test(type)) ?? [];
  return media === undefined || media.at('schema').value === undefined ? null : media.at('schema');
}

/** Where an answer of success holds something of one of these names; null when no schema says. */
export function pointerOf(document: OpenApiDocument, { operation }: ClassedOperation, names: RegExp): string | null {
  for (const [status, written] of operation.node.at('responses').members) {
    const schema = /^2\d\d$|^2XX$/.test(status) ? jsonSchema(document.resolve(written)) : null;
    for (const variant of schema === null ? [] : variantsOf(document, schema)) {
      const properties = propertiesOf(document, variant);
      const own = properties.find(([name]) => names.test(name));
      if (own !== undefined) return `/${own[0]}`;
      for (const holder of holders) {
        const inner = properties.find(([name]) => name === holder)?.[1];
        const found =
          inner === undefined ? undefined : propertiesOf(document, inner).find(([name]) => names.test(name));
        if (found !== undefined) return `/${holder}/${found[0]}`;
      }
    }
  }
  return null;
}
