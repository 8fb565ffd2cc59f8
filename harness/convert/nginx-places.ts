/**
 * Servers and locations of an nginx configuration, each with the limits that hold there. A level that names limits of its
 * own has these alone; one that names none has those of the level around it (`ngx_http_limit_req_merge_conf`).
 */
import type { ForeignFaults } from './faults.js';
import type { Directive } from './nginx-config.js';
import { type ConnUse, type ReqUse, readConnUse, readReqUse } from './nginx-values.js';

export interface Limits {
  readonly requests: readonly ReqUse[];
  readonly connections: readonly ConnUse[];
  readonly isDryRun: boolean;
  readonly isConnDryRun: boolean;
  readonly status: number;
  readonly connStatus: number;
}

export interface LocationPlace {
  readonly directive: Directive;
  readonly kind: 'exact' | 'prefix' | 'prefix-alone' | 'regex' | 'regex-nocase';
  readonly path: string;
  readonly limits: Limits;
  /** A bare `return` comes before the limits, which are never asked then. */
  readonly returns: boolean;
}

export interface ServerPlace {
  readonly directive: Directive | null;
  readonly names: readonly string[];
  readonly limits: Limits;
  readonly locations: readonly LocationPlace[];
  readonly returns: boolean;
}

const unlimited: Limits = {
  requests: [],
  connections: [],
  isDryRun: false,
  isConnDryRun: false,
  status: 503,
  connStatus: 503,
};

/** What stands in `http`, or the whole of a file that is meant to be included there. */
export function httpLevel(config: readonly Directive[]): readonly Directive[] {
  const http = config.filter(({ name }) => name === 'http').flatMap(({ block }) => block ?? []);
  return http.length > 0 ? http : config;
}

export function serversOf(config: readonly Directive[], faults: ForeignFaults): readonly ServerPlace[] {
  const http = httpLevel(config);
  const outer = limitsOf(http, unlimited, faults);
  const servers = http.filter(({ name, block }) => name === 'server' && block !== null);
  const loose = locationsOf(http, outer, faults);
  const found = servers.map((directive) => serverOf(directive, outer, faults));
  const isBare = servers.length === 0;
  return isBare || loose.length > 0
    ? [{ directive: null, names: [], limits: outer, locations: loose, returns: false }, ...found]
    : found;
}

function serverOf(directive: Directive, outer: Limits, faults: ForeignFaults): ServerPlace {
  const block = directive.block ?? [];
  const limits = limitsOf(block, outer, faults);
  const names = block.filter(({ name }) => name === 'server_name').flatMap(({ args }) => args);
  const returns = block.some(({ name }) => name === 'return');
  return { directive, names, limits, locations: locationsOf(block, limits, faults), returns };
}

function locationsOf(block: readonly Directive[], outer: Limits, faults: ForeignFaults): LocationPlace[] {
  return block
    .filter(({ name, block: inner }) => name === 'location' && inner !== null)
    .flatMap((directive) => {
      const inner = directive.block ?? [];
      const limits = limitsOf(inner, outer, faults);
      const written = kindOf(directive.args);
      if (written === null) {
        faults.add('FP_FOREIGN_SYNTAX', directive, `location: "${directive.args.join(' ')}" is no location`);
        return [];
      }
      const returns = inner.some(({ name }) => name === 'return');
      // A named location is reached from inside alone, where limits were asked before.
      const own = written.path.startsWith('@') ? [] : [{ directive, ...written, limits, returns }];
      return [...own, ...locationsOf(inner, limits, faults)];
    });
}

function kindOf(args: readonly string[]): Pick<LocationPlace, 'kind' | 'path'> | null {
  const [first, second] = args;
  if (first === undefined || args.length > 2) return null;
  const glued = /^(=|~\*|~|\^~)(.+)$/.exec(first);
  const [mark, path] = second === undefined ? [glued?.[1] ?? '', glued?.[2] ?? first] : [first, second];
  const kind = ({ '': 'prefix', '=': 'exact', '^~': 'prefix-alone', '~': 'regex', '~*': 'regex-nocase' } as const)[
    mark
  ];
  return kind === undefined ? null : { kind, path };
}

function limitsOf(block: readonly Directive[], outer: Limits, faults: ForeignFaults): Limits {
  const named = (wanted: string) => block.filter(({ name, block: inner }) => name === wanted && inner === null);
  const requests = named('limit_req').flatMap((directive) => readReqUse(directive, faults) ?? []);
  const connections = named('limit_conn').flatMap((directive) => readConnUse(directive, faults) ?? []);
  for (const [uses, name] of [
    [requests, 'limit_req'],
    [connections, 'limit_conn'],
  ] as const) {
    for (const [index, use] of uses.entries()) {
      if (!uses.slice(0, index).some(({ zone }) => zone === use.zone)) continue;
      faults.add('FP_FOREIGN_VALUE', use.directive, `${name}: the zone "${use.zone}" is named twice in one place`);
    }
  }
  const flag = (name: string, before: boolean): boolean => {
    const [last] = named(name).slice(-1);
    return last === undefined ? before : last.args[0] === 'on';
  };
  const status = (name: string, before: number): number => {
    const [last] = named(name).slice(-1);
    const code = Number(last?.args[0] ?? before);
    if (last === undefined || (/^\d{3}$/.test(last.args[0] ?? '') && code >= 400 && code <= 599)) return code;
    faults.add('FP_FOREIGN_VALUE', last, `${name}: must be a status from 400 to 599`);
    return before;
  };
  return {
    requests: requests.length > 0 ? requests : outer.requests,
    connections: connections.length > 0 ? connections : outer.connections,
    isDryRun: flag('limit_req_dry_run', outer.isDryRun),
    isConnDryRun: flag('limit_conn_dry_run', outer.isConnDryRun),
    status: status('limit_req_status', outer.status),
    connStatus: status('limit_conn_status', outer.connStatus),
  };
}

/** Whether anything that is asked there can refuse. */
export function isLimited({ requests, connections }: Limits): boolean {
  return requests.length > 0 || connections.length > 0;
}
