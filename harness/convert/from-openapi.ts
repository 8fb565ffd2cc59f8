/** An OpenAPI document -> policy, adapter and scenarios, and what a person has to say of them. */
import { FloodproofError } from '../errors.js';
import { invalidFiles } from '../scenario/faults.js';
import { ForeignFaults, visibleText } from './faults.js';
import { comment } from './import-text.js';
import { freeName } from './imported.js';
import { adapterText } from './openapi-adapter.js';
import { type OpenApiDocument, readOpenApi } from './openapi-document.js';
import { classed, operationsOf } from './openapi-operations.js';
import { openApiPolicy } from './openapi-policy.js';
import { openApiScenarios } from './openapi-scenarios.js';
import { securityOf } from './openapi-security.js';

export interface MadeFile {
  readonly name: string;
  readonly text: string;
}

export interface FromOpenApi {
  /** Of the API, kebab-case. */
  readonly name: string;
  readonly files: readonly MadeFile[];
  /** In plain words, each a sentence or less. */
  readonly unsaid: readonly string[];
  /** The first server of the document; null = it names none. */
  readonly server: string | null;
}

/** Keys that the scenarios need at most: a customer's and an attacker's. */
const HOLDERS = 2;

/** @throws {FloodproofError} FP_FILE_INVALID with every fault, FP_CONVERT_EMPTY when no operation can be used. */
export function fromOpenApi(file: string, text: string): FromOpenApi {
  const faults = new ForeignFaults(file);
  const document = readOpenApi(file, text, faults);
  if (document === null) throw invalidFiles(faults.all);
  const all = operationsOf(document);
  const operations = classed(all);
  if (operations.length === 0) {
    throw new FloodproofError('FP_CONVERT_EMPTY', `${file} has no operation that a scenario could send`, {
      hint: 'an adapter written by hand can name any: docs/your-own-server.md',
    });
  }
  const title = document.root.at('info', 'title').text ?? 'api';
  const name = freeName(title, new Set());
  const security = securityOf(document, operations);
  const policy = openApiPolicy(document, { name, security, operations });
  const [onlyLimit, ...others] = policy.limits;
  const adapter = adapterText(document, {
    name,
    about: visibleText(title),
    security,
    operations,
    holders: HOLDERS,
    onlyLimit: onlyLimit === undefined || others.length > 0 ? null : onlyLimit.name,
  });
  const classes = new Set(operations.map(({ requestClass }) => requestClass));
  const scenarios = openApiScenarios({ classes, security, limits: policy.limits });
  const server = serverOf(document);
  const head = comment(
    `Made from ${visibleText(file)}. Where it tells too little, a comment says "say here".`,
    '',
  ).join('\n');
  const target =
    server === null
      ? []
      : comment(`The document's server is ${visibleText(server)}: give it, or a trial one, as --target.`, '');
  const unused = all.length - operations.length;
  const unsaid = [
    ...policy.unsaid,
    ...adapter.unsaid,
    ...scenarios.flatMap((one) => one.unsaid ?? []),
    ...(unused === 0
      ? []
      : [`${unused === 1 ? '1 operation is' : `${unused} operations are`} not used: no scenario sends such requests`]),
    ...(server === null ? ['the document names no server: give one as --target'] : []),
  ];
  return {
    name,
    files: [
      { name: 'policy.yaml', text: `${head}\n${policy.text}` },
      { name: 'adapter.yaml', text: `${[head, ...target].join('\n')}\n${adapter.text}` },
      ...scenarios.map((one) => ({ name: `${one.name}.yaml`, text: one.text })),
    ],
    unsaid: unsaid.map(visibleText),
    server,
  };
}

/** With its variables at their defaults. */
function serverOf({ root }: OpenApiDocument): string | null {
  const [first] = root.at('servers').items;
  const url = first?.at('url').text ?? null;
  if (first === undefined || url === null || !/^https?:\/\//.test(url)) return null;
  return url.replaceAll(/\{([^{}]*)\}/g, (whole, name: string) =>
    String(first.at('variables', name, 'default').value ?? whole),
  );
}
