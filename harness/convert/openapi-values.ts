/** Parameters and bodies of an API -> values of an adapter: which of our fields a name means, and what else it must hold. */
import type { AdapterField } from '../scenario/adapter.js';
import type { RequestClass } from '../scenario/plan-policy.js';
import { entriesOf } from '../scenario/yaml-source.js';
import type { DocumentNode } from './document.js';
import type { OpenApiDocument } from './openapi-document.js';

const DEPTH_MAX = 6;

/** What is written for one value; `unsaid` = it has to be said by a person. */
export interface Written {
  readonly value: unknown;
  readonly field: AdapterField | null;
  readonly isUnsaid: boolean;
  readonly schema: DocumentNode;
}

const names: readonly (readonly [RegExp, AdapterField])[] = [
  [/^(?:symbol|pair|market|instrument(?:_?id|_?name)?|inst_?id|product(?:_?id)?|ticker)$/, 'symbol'],
  [/^(?:side|direction)$/, 'side'],
  [/^(?:type|order_?type|ord_?type|kind)$/, 'type'],
  [/^(?:time_?in_?force|tif)$/, 'timeInForce'],
  [/^(?:price|limit_?price|px)$/, 'price'],
  [/^(?:quantity|qty|amount|size|volume|sz)$/, 'quantity'],
  [
    /^(?:client_?order_?id|new_?client_?order_?id|cl_?ord_?id|client_?oid|client_?id|order_?link_?id|ref|reference)$/,
    'clientOrderId',
  ],
  [/^(?:order_?id|ord_?id)$/, 'orderId'],
  [/^(?:user_?name|user|login|email)$/, 'username'],
  [/^(?:password|pass|passwd)$/, 'password'],
  [/^(?:page|page_?number|cursor|offset)$/, 'page'],
  [/^(?:account|account_?id)$/, 'account'],
];

/** Which field a name means in requests of a class; null = none. */
export function fieldOf(name: string, requestClass: RequestClass): AdapterField | null {
  const plain = name
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll('-', '_');
  const isOrder = requestClass.startsWith('order.');
  if (plain === 'id' && isOrder) return 'orderId';
  const field = names.find(([form]) => form.test(plain))?.[1] ?? null;
  if (field === 'type' && !isOrder) return null;
  if ((field === 'username' || field === 'password') && requestClass !== 'login') return null;
  return field;
}

/** The value of a parameter or property; null when it can be left out. */
export function writtenFor(
  document: OpenApiDocument,
  name: string,
  given: { readonly schema: DocumentNode; readonly example: DocumentNode; readonly isRequired: boolean },
  requestClass: RequestClass,
): Written | null {
  const schema = document.resolve(given.schema);
  const field = fieldOf(name, requestClass);
  if (field !== null) {
    const isNumber = typesOf(schema).some((type) => type === 'number' || type === 'integer');
    return { value: isNumber ? `{${field}:number}` : `{${field}}`, field, isUnsaid: false, schema };
  }
  if (!given.isRequired) return null;
  const example = given.example.value ?? exampleOf(document, schema, 0);
  if (example !== undefined) return { value: escaped(example), field: null, isUnsaid: false, schema };
  return { value: fillerOf(schema), field: null, isUnsaid: true, schema };
}

function typesOf(schema: DocumentNode): readonly string[] {
  const { value } = schema.at('type');
  return (Array.isArray(value) ? value : [value]).filter((type) => typeof type === 'string');
}

/** What the document itself gives as a value: const, example, default, the first of an enum. */
export function exampleOf(document: OpenApiDocument, node: DocumentNode, depth: number): unknown {
  const schema = document.resolve(node);
  const { value: constant } = schema.at('const');
  const own =
    constant ??
    schema.at('example').value ??
    schema.at('examples').items[0]?.value ??
    schema.at('default').value ??
    schema.at('enum').items[0]?.value;
  if (own !== undefined || depth >= DEPTH_MAX) return own;
  if (!typesOf(schema).includes('object') && schema.at('properties').members.length === 0) return undefined;
  const required = new Set(schema.at('required').items.map(({ text }) => text));
  const members: Record<string, unknown> = {};
  for (const [name, property] of schema.at('properties').members) {
    const value = exampleOf(document, property, depth + 1);
    if (value === undefined && required.has(name)) return undefined;
    if (value !== undefined && required.has(name)) members[name] = value;
  }
  return members;
}

/** Something of the right type, so that the file is whole until somebody says it. */
function fillerOf(schema: DocumentNode): unknown {
  const [type] = typesOf(schema);
  if (type === 'integer' || type === 'number') return schema.at('minimum').value ?? 1;
  if (type === 'boolean') return false;
  if (type === 'array') return [];
  return type === 'object' ? {} : 'SAY-HERE';
}

/** Braces are places in a template. */
function escaped(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('{', '{{').replaceAll('}', '}}');
  if (Array.isArray(value)) return value.map(escaped);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(entriesOf(value)).map(([key, inner]) => [key, escaped(inner)]));
}

/** All properties of a schema, `allOf` joined; each variant of `oneOf` and `anyOf` is a schema of its own. */
export function variantsOf(document: OpenApiDocument, node: DocumentNode, depth = 0): readonly DocumentNode[] {
  const schema = document.resolve(node);
  const inner = [...schema.at('oneOf').items, ...schema.at('anyOf').items];
  if (inner.length === 0 || depth >= DEPTH_MAX) return [schema];
  return inner.flatMap((one) => variantsOf(document, one, depth + 1));
}

export function propertiesOf(
  document: OpenApiDocument,
  node: DocumentNode,
  depth = 0,
): readonly (readonly [string, DocumentNode])[] {
  const schema = document.resolve(node);
  if (depth >= DEPTH_MAX) return [];
  const own = schema.at('properties').members.map(([name, one]) => [name, document.resolve(one)] as const);
  return [...own, ...schema.at('allOf').items.flatMap((one) => propertiesOf(document, one, depth + 1))];
}

export function requiredOf(document: OpenApiDocument, node: DocumentNode, depth = 0): ReadonlySet<string> {
  const schema = document.resolve(node);
  const own = schema.at('required').items.flatMap(({ text }) => text ?? []);
  if (depth >= DEPTH_MAX) return new Set(own);
  return new Set([...own, ...schema.at('allOf').items.flatMap((one) => [...requiredOf(document, one, depth + 1)])]);
}
