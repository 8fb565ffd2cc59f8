/** Operations of an API -> request classes, by method, path, id and tags. */
import { type RequestClass, requestClasses } from '../scenario/plan-policy.js';
import { classesByWords } from './class-words.js';
import type { DocumentNode } from './document.js';
import { type Method, methods, type OpenApiDocument } from './openapi-document.js';

export interface Operation {
  readonly method: Method;
  readonly path: string;
  readonly id: string;
  readonly tags: readonly string[];
  /** Said of it in words. */
  readonly about: string;
  /** Those of the path and its own. */
  readonly parameters: readonly DocumentNode[];
  readonly node: DocumentNode;
}

export interface ClassedOperation {
  readonly requestClass: RequestClass;
  readonly operation: Operation;
  /** Why it is this one where no word said so; null = a word did. */
  readonly guess: string | null;
}

export function operationsOf(document: OpenApiDocument): readonly Operation[] {
  return document.root.at('paths').members.flatMap(([path, written]) => {
    if (!path.startsWith('/')) return [];
    const item = document.resolve(written);
    return methods.flatMap((method) => {
      const node = item.at(method);
      if (node.value === undefined) return [];
      const named = new Map<string, DocumentNode>();
      for (const one of [...item.at('parameters').items, ...node.at('parameters').items]) {
        const parameter = document.resolve(one);
        named.set(`${parameter.at('in').text} ${parameter.at('name').text}`, parameter);
      }
      const about = [node.at('summary').text, node.at('description').text].filter((text) => text !== null).join('. ');
      const tags = node.at('tags').items.flatMap(({ text }) => text ?? []);
      const id = node.at('operationId').text ?? '';
      return [{ method, path, id, tags, about, parameters: [...named.values()], node }];
    });
  });
}

/** The class of one operation; null when no word says it. */
export function classOf({ method, path, id, tags }: Operation): RequestClass | null {
  const said = `${path} ${id}`.replaceAll(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();
  // A list of orders, or all of them at once, is no request of one order.
  if (/batch|bulk|cancel-?all|logout|sign-?out/.test(said) && method !== 'get') return null;
  const classes = [path, id, ...tags].map(classesByWords).find((found) => found.length > 0) ?? [];
  const [first] = classes;
  if (first === undefined) return null;
  if (first === 'login') return method === 'post' ? 'login' : null;
  if (!classes.includes('order.place')) return method === 'get' ? first : null;
  if (method === 'get') return /\}$/.test(path) ? null : 'order.list';
  if (method === 'delete' || /cancel/.test(said)) return 'order.cancel';
  if (method === 'put' || method === 'patch' || /amend|edit|replace|modify|update/.test(said)) return 'order.amend';
  return /\{[^{}]*\}$/.test(path) ? null : 'order.place';
}

/** One operation for each class that the API has; where several fit, the one with the shortest path, the first of equals. */
export function classed(operations: readonly Operation[]): readonly ClassedOperation[] {
  const found = new Map<RequestClass, ClassedOperation>();
  for (const operation of operations) {
    const requestClass = classOf(operation);
    const before = requestClass === null ? undefined : found.get(requestClass);
    if (requestClass === null || (before !== undefined && before.operation.path.length <= operation.path.length))
      continue;
    found.set(requestClass, { requestClass, operation, guess: null });
  }
  const isTaken = (one: Operation) => [...found.values()].some(({ operation }) => operation === one);
  if (!found.has('order.place')) {
    const write = operations.find((one) => one.method === 'post' && !isTaken(one) && classOf(one) === null);
    const guess = 'nothing here is called an order: taken as the write that costs most, which the flood will be of';
    if (write !== undefined) found.set('order.place', { requestClass: 'order.place', operation: write, guess });
  }
  if (!found.has('ticker')) {
    const read = operations.find((one) => one.method === 'get' && !isTaken(one) && !one.path.includes('{'));
    const guess = 'nothing here is called a ticker or a price: taken as the read that anybody may do';
    if (read !== undefined) found.set('ticker', { requestClass: 'ticker', operation: read, guess });
  }
  return requestClasses.flatMap((name) => found.get(name) ?? []);
}
