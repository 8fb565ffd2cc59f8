/** An OpenAPI document (3.0, 3.1; YAML or JSON): its references followed, and everything told that is wrong with it. */
import { type DocumentNode, readDocument } from './document.js';
import type { ForeignFaults } from './faults.js';

const HOPS_MAX = 32;

export const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;
export type Method = (typeof methods)[number];

export class OpenApiDocument {
  readonly root: DocumentNode;

  constructor(root: DocumentNode) {
    this.root = root;
  }

  /** What is meant, where a reference may stand; the node itself where none does. */
  resolve(node: DocumentNode): DocumentNode {
    let found = node;
    for (let hop = 0; hop < HOPS_MAX; hop += 1) {
      const reference = found.at('$ref').text;
      const next = reference === null ? null : this.#at(reference);
      if (next === null) return found;
      found = next;
    }
    return found;
  }

  #at(reference: string): DocumentNode | null {
    const keys = pointerKeys(reference);
    if (keys === null) return null;
    let node: DocumentNode | undefined = this.root;
    for (const key of keys) {
      node = Array.isArray(node.value) ? node.items[Number(key)] : node.at(key);
      if (node === undefined || node.value === undefined) return null;
    }
    return node;
  }

  /** Why a reference leads nowhere; null when it leads somewhere. */
  faultOf(reference: string): string | null {
    if (!reference.startsWith('#'))
      return `the reference "${reference}" leads out of this document, and is not followed`;
    const seen = new Set<string>();
    let next: string | null = reference;
    while (next !== null) {
      if (seen.has(next)) return `the reference "${reference}" leads back to itself`;
      seen.add(next);
      const node = this.#at(next);
      if (node === null) return `there is nothing at "${next}"`;
      next = node.at('$ref').text;
    }
    return null;
  }
}

/** `#/components/schemas/Order` -> its keys; null for what is no pointer into this document. */
function pointerKeys(reference: string): readonly string[] | null {
  if (reference === '#') return [];
  if (!reference.startsWith('#/')) return null;
  try {
    return reference
      .slice(2)
      .split('/')
      .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'));
  } catch {
    return null;
  }
}

/** @returns null when the document can't be used; the faults say why, all of them. */
export function readOpenApi(file: string, text: string, faults: ForeignFaults): OpenApiDocument | null {
  const root = readDocument(file, text, faults);
  if (root === null) return null;
  const document = new OpenApiDocument(root);
  checkHead(root, faults);
  for (const node of root.everything()) {
    const reference = node.at('$ref');
    // A property of a schema may be called "$ref" too: then it is no text.
    if (reference.text === null || node.path.at(-1) === 'properties' || isExample(node)) continue;
    const fault = document.faultOf(reference.text);
    const hint = reference.text.startsWith('#')
      ? 'define what is named, or take the reference out'
      : 'bundle the files into one document first; nothing is fetched and no other file is read';
    if (fault !== null) faults.add('FP_FOREIGN_REFERENCE', reference.place, fault, hint);
  }
  checkPaths(document, faults);
  return faults.all.length > 0 ? null : document;
}

function isExample({ path }: DocumentNode): boolean {
  return path.some((part) => part === 'example' || part === 'examples' || part === 'default' || part === 'enum');
}

function checkHead(root: DocumentNode, faults: ForeignFaults): void {
  const version = root.at('openapi');
  if (root.at('swagger').value !== undefined) {
    const hint = 'convert it to OpenAPI 3 first';
    faults.add(
      'FP_FOREIGN_KIND',
      root.at('swagger').place,
      'is a Swagger 2 document; OpenAPI 3.0 and 3.1 are read',
      hint,
    );
  } else if (version.text === null || !/^3\.[01]\.\d+/.test(version.text)) {
    const hint = 'the document must begin with for example openapi: 3.0.3';
    const got = version.value === undefined ? 'nothing' : JSON.stringify(version.value);
    faults.add('FP_FOREIGN_KIND', version.place, `openapi: must be a version 3.0 or 3.1 as text, got ${got}`, hint);
  }
}

function checkPaths({ root }: OpenApiDocument, faults: ForeignFaults): void {
  const paths = root.at('paths');
  const hint = 'see https://spec.openapis.org for the shape of a document';
  if (paths.members.length === 0) {
    faults.add('FP_FOREIGN_VALUE', paths.place, 'paths: must be a mapping with at least one path', hint);
  }
  for (const [path, item] of paths.members) {
    if (path.startsWith('x-')) continue;
    if (!path.startsWith('/')) faults.add('FP_FOREIGN_VALUE', item.place, `paths: "${path}" must begin with /`, hint);
    if (typeof item.value !== 'object' || item.value === null || Array.isArray(item.value)) {
      faults.add('FP_FOREIGN_VALUE', item.place, `paths: "${path}" must be a mapping of methods`, hint);
    }
    for (const method of methods) {
      const operation = item.at(method);
      if (operation.value === undefined) continue;
      const isMapping = typeof operation.value === 'object' && operation.value !== null;
      if (!isMapping || Array.isArray(operation.value)) {
        faults.add('FP_FOREIGN_VALUE', operation.place, `paths: ${method} of "${path}" must be a mapping`, hint);
      }
    }
  }
}
