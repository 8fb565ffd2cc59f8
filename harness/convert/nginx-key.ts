/** What a key of nginx counts by, in the words of a policy, or why a policy has no word for it. */
import type { LimitPart } from '../core/spec.js';
import { type Directive, everyDirective } from './nginx-config.js';

export interface KeyReading {
  readonly by: readonly LimitPart[];
  /** What has to be known of it besides. */
  readonly remarks: readonly string[];
}

/** A key that no policy can say. */
export interface KeyRefusal {
  readonly because: string;
}

type Meaning = { readonly part: LimitPart | null; readonly remark?: string } | KeyRefusal;

const address: Meaning = { part: 'ip' };
const sameForAll: Meaning = { part: null };
const hostSaid: Meaning = {
  part: null,
  remark: 'the key holds the host, which is taken to be the same for all callers',
};
const keyed = (what: string): Meaning => ({
  part: 'key',
  remark: `counted by ${what}, which is taken to tell one key from another; requests without it are not counted`,
});

const variables: Readonly<Record<string, Meaning>> = {
  binary_remote_addr: address,
  remote_addr: address,
  realip_remote_addr: address,
  proxy_protocol_addr: { part: 'ip', remark: 'the address is that of the PROXY protocol, which no run sends' },
  server_name: sameForAll,
  hostname: sameForAll,
  server_addr: sameForAll,
  server_port: sameForAll,
  scheme: sameForAll,
  nginx_version: sameForAll,
  host: hostSaid,
  http_host: hostSaid,
  http_authorization: keyed('the header Authorization'),
  remote_user: keyed('the name of HTTP Basic'),
  ssl_client_fingerprint: keyed("the client's certificate"),
  ssl_client_serial: keyed("the client's certificate"),
  http_x_forwarded_for: { because: 'X-Forwarded-For as a whole is whatever a caller writes, so it limits nobody' },
  http_x_real_ip: { because: 'X-Real-IP is whatever a caller writes, so it limits nobody' },
  uri: { because: 'it counts each path alone, and a class of requests may have many' },
  request_uri: { because: 'it counts each path and query alone, so another query is another counter' },
  request_method: { because: 'it counts each method alone, and a policy counts by classes' },
};

function meaningOf(name: string): Meaning {
  const known = Object.hasOwn(variables, name) ? variables[name] : undefined;
  if (known !== undefined) return known;
  const [, kind = '', rest = ''] = /^(http|arg|cookie)_(\w+)$/.exec(name) ?? [];
  if (kind === 'cookie') return keyed(`the cookie ${rest}`);
  if (/key|token|apikey|client_id/.test(rest)) {
    return keyed(kind === 'http' ? `the header ${rest.replaceAll('_', '-')}` : `the parameter ${rest}`);
  }
  return { because: `what $${name} holds is not known` };
}

const piece = /\$\{(\w+)\}|\$(\w+)/g;

/** @param config - where a `map` may say what a variable is. */
export function readKey(key: string, config: readonly Directive[]): KeyReading | KeyRefusal {
  const by = new Set<LimitPart>();
  const remarks: string[] = [];
  for (const [, braced, bare] of key.matchAll(piece)) {
    const name = braced ?? bare ?? '';
    const mapped = mappedKey(name, config);
    const meaning = mapped === null ? meaningOf(name) : mapped;
    if ('because' in meaning) return meaning;
    if (meaning.part !== null) by.add(meaning.part);
    if (meaning.remark !== undefined) remarks.push(meaning.remark);
  }
  return { by: [...by], remarks };
}

/**
 * The usual way to except somebody from a limit: a `map` to an empty text for them, and to one known variable for all
 * others. Any other map is not followed.
 */
function mappedKey(name: string, config: readonly Directive[]): Meaning | null {
  const found = [...everyDirective(config)].find(({ name: kind, args }) => {
    return ['map', 'geo', 'split_clients'].includes(kind) && args.at(-1) === `$${name}`;
  });
  if (found === undefined) return null;
  const where = `the ${found.name} of line ${found.line}`;
  if (found.name !== 'map') return { because: `its value comes from ${where}, which is not followed` };
  const values = new Set((found.block ?? []).map(({ args }) => args.at(-1) ?? ''));
  const isOpen = (found.block ?? []).some(({ name: word }) => word === 'include');
  values.delete('');
  const [only, ...others] = values;
  const [, variable] = /^\$\{?(\w+)\}?$/.exec(only ?? '') ?? [];
  if (variable === undefined || others.length > 0 || isOpen || variable === name) {
    return { because: `its value comes from ${where}, which is not followed` };
  }
  const meaning = meaningOf(variable);
  if ('because' in meaning) return meaning;
  return { ...meaning, remark: `${where} excepts some callers from it; none of them takes part in a run` };
}
