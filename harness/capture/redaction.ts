/** A request without what is secret in it, as it may be written to a file. */
import { type Decide, namesIn, rewrittenBody, rewrittenPath } from './rewritten-text.js';
import { isSecretName, secretNamesIn } from './secret-names.js';

/** Stands where a secret stood. */
export const REDACTED = '[redacted]';
/** A shorter text may stand elsewhere by chance. */
const VALUE_CHARACTERS_MIN = 8;

export interface PlainBody {
  readonly text: string;
  readonly type: string | null;
}

export interface Redacted {
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  /** null = there is none, or it is of a form in which nobody can find secrets, and is left out. */
  readonly body: string | null;
  /** `header authorization`, `query signature`, `body password`: each once. */
  readonly fields: readonly string[];
  /** Why the body is not there; '' = it is, or there is none. */
  readonly bodyNote: string;
}

export interface Exchanged {
  readonly path: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: PlainBody | null;
}

export function redactedRequest({ path, headers, body }: Exchanged): Redacted {
  const fields = new Set<string>();
  const isSecret = secretNamesIn(path, namesIn(path, body));
  const decideFor =
    (place: string): Decide =>
    (name) => {
      if (!isSecret(name)) return 'kept';
      fields.add(`${place} ${name}`);
      return { to: REDACTED };
    };
  const seen = headers.filter(([name]) => isSecretName(name));
  for (const [name] of seen) fields.add(`header ${name.toLowerCase()}`);
  const hide = hiderOf(seen.map(([, value]) => value));
  const rewritten = body === null ? null : rewrittenBody(body.text, body.type, decideFor('body'));
  return {
    path: hide(rewrittenPath(path, decideFor('query'))),
    headers: headers.map(([name, value]) => [name, isSecretName(name) ? REDACTED : hide(withoutUrlSecrets(value))]),
    body: rewritten === null ? null : hide(rewritten),
    fields: [...fields],
    bodyNote:
      body !== null && rewritten === null ? `of the type ${body.type ?? 'none'}, in which secrets are not found` : '',
  };
}

/** A secret that stands in a header may stand elsewhere too, in a path or in a body. */
function hiderOf(values: readonly string[]): (text: string) => string {
  const secrets = values.flatMap((value) => [value, ...value.split(/[\s,;=:"]+/)]);
  const long = [...new Set(secrets.filter(({ length }) => length >= VALUE_CHARACTERS_MIN))].sort(
    (a, b) => b.length - a.length,
  );
  return (text) => long.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
}

/** Addresses in headers (Referer, Location) have queries too. */
export function withoutUrlSecrets(value: string): string {
  if (!value.includes('?')) return value;
  const isSecret = secretNamesIn(value, namesIn(value, null));
  return rewrittenPath(value, (name) => (isSecret(name) ? { to: REDACTED } : 'kept'));
}
