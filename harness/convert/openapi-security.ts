/** How an API wants its callers to prove themselves -> a signing profile, headers, and which classes are signed. */
import { type ProfileName, profileNames } from '../signing/profile-names.js';
import type { DocumentNode } from './document.js';
import type { OpenApiDocument } from './openapi-document.js';
import type { ClassedOperation } from './openapi-operations.js';

export interface Security {
  /** As the adapter has it; `policy`: by the profile of the policy, which has to be said. */
  readonly sign: ProfileName | 'none' | 'unknown';
  /** Headers and query parameters of every call that carry the key where no profile does. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Whether holders have a secret beside their id. */
  readonly hasSecret: boolean;
  readonly signed: ReadonlySet<ClassedOperation['requestClass']>;
  readonly because: string;
  /** What has to be said by a person; null = nothing. */
  readonly unsaid: string | null;
}

/** Names by which a venue's or a standard's way of signing is known. */
const marks: readonly (readonly [RegExp, ProfileName])[] = [
  [/x-mbx-apikey/i, 'binance'],
  [/x-bapi-sign/i, 'bybit'],
  [/ok-access-sign/i, 'okx'],
  [/kc-api-sign/i, 'kucoin'],
  [/api-sign\b/i, 'kraken'],
  [/apca-api-/i, 'alpaca'],
  [/cb-access-sign/i, 'coinbase-exchange'],
  [/x-gemini-signature/i, 'gemini'],
  [/bfx-signature/i, 'bitfinex'],
  [/aws4-hmac-sha256|awssigv4/i, 'sigv4'],
  [/signature-input|rfc ?9421|http message signatures/i, 'rfc9421'],
  [/x-hub-signature/i, 'github'],
  [/stripe-signature/i, 'stripe'],
];
const signatureHint = /(?:^|[-_ ])sign(?:ature|ed|s)?\b|hmac/i;

export function securityOf(document: OpenApiDocument, operations: readonly ClassedOperation[]): Security {
  const schemes = document.root.at('components', 'securitySchemes').members.map(([name, written]) => {
    return { name, scheme: document.resolve(written) };
  });
  const used = operations.filter(({ operation }) => needed(document, operation.node).length > 0);
  const signed = new Set(used.map(({ requestClass }) => requestClass).filter((name) => name !== 'login'));
  const wanted = new Set(used.flatMap(({ operation }) => needed(document, operation.node)));
  const chosen = schemes.filter(({ name }) => wanted.has(name));
  const nothing = { headers: {}, query: {}, hasSecret: true, signed, unsaid: null } as const;
  if (chosen.length === 0 || signed.size === 0) {
    return {
      ...nothing,
      sign: 'none',
      signed: new Set(),
      because: 'no operation that is used here names a security scheme',
    };
  }
  const profile = markedProfile(document, chosen, operations);
  const because = chosen.map(({ name, scheme }) => `line ${scheme.place.line}: security scheme ${name}`).join(', ');
  if (profile !== null) return { ...nothing, sign: profile, because };
  const hint = hintOf(chosen, operations);
  if (hint !== null) {
    const unsaid = `how requests are signed (${hint}): name a profile, or a module of your own (docs/your-own-server.md)`;
    return { ...nothing, sign: 'unknown', because, unsaid };
  }
  const bearer = chosen.find(({ scheme }) => isBearer(scheme));
  if (bearer !== undefined) return { ...nothing, sign: 'bearer', because };
  const basic = chosen.find(({ scheme }) => scheme.at('scheme').text?.toLowerCase() === 'basic');
  if (basic !== undefined) {
    const unsaid = 'HTTP Basic: put "Basic " and the base64 of name:password of one account into the variable';
    return { ...nothing, sign: 'none', headers: { authorization: '{env:API_BASIC}' }, because, unsaid };
  }
  return apiKey(chosen, { ...nothing, because });
}

function apiKey(chosen: readonly { readonly scheme: DocumentNode }[], base: Omit<Security, 'sign'>): Security {
  const headers: Record<string, string> = {};
  const query: Record<string, string> = {};
  let unsaid: string | null = null;
  for (const { scheme } of chosen) {
    const name = scheme.at('name').text ?? 'x-api-key';
    const place = scheme.at('in').text;
    if (place === 'header') headers[name.toLowerCase()] = '{keyId}';
    else if (place === 'query') query[name] = '{keyId}';
    else unsaid = 'a key in a cookie: say under "headers" what the cookie holds';
  }
  return { ...base, sign: 'none', headers, query, hasSecret: false, unsaid };
}

function isBearer(scheme: DocumentNode): boolean {
  const type = scheme.at('type').text;
  return scheme.at('scheme').text?.toLowerCase() === 'bearer' || type === 'oauth2' || type === 'openIdConnect';
}

/** Names of the schemes of an operation's first requirement; none when it may be called without. */
function needed(document: OpenApiDocument, operation: DocumentNode): readonly string[] {
  const own = operation.at('security');
  const list = own.value === undefined ? document.root.at('security') : own;
  const [first, ...others] = list.items.map(({ members }) => members.map(([name]) => name));
  return first === undefined || others.some((names) => names.length === 0) ? [] : first;
}

function markedProfile(
  document: OpenApiDocument,
  chosen: readonly { readonly scheme: DocumentNode }[],
  operations: readonly ClassedOperation[],
): ProfileName | null {
  const said = document.root.at('x-signing-profile').text;
  if (said !== null) return profileNames.find((name) => name === said) ?? null;
  const text = JSON.stringify(chosen.map(({ scheme }) => scheme.value)) + parameterNames(operations).join(' ');
  return marks.find(([form]) => form.test(text))?.[1] ?? null;
}

/** What says that requests are signed; null when nothing does. */
function hintOf(
  chosen: readonly { readonly name: string; readonly scheme: DocumentNode }[],
  operations: readonly ClassedOperation[],
): string | null {
  const parameter = parameterNames(operations).find((name) => signatureHint.test(name));
  if (parameter !== undefined) return `the parameter ${parameter}`;
  const scheme = chosen.find(({ name, scheme: one }) => {
    const written = [name, one.at('name').text, one.at('description').text, one.at('scheme').text];
    const extensions = one.members.filter(([key]) => key.startsWith('x-')).map(([key]) => key);
    return [...written, ...extensions].some((text) => text !== null && signatureHint.test(text));
  });
  return scheme === undefined ? null : `the security scheme ${scheme.name}`;
}

function parameterNames(operations: readonly ClassedOperation[]): readonly string[] {
  return operations.flatMap(({ operation }) => operation.parameters.flatMap((one) => one.at('name').text ?? []));
}
