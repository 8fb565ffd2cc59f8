/**
 * An nginx configuration -> limits of a policy.
 *
 * What `limit_req` enforces, from `ngx_http_limit_req_module.c`: a key has an excess e in thousandths of a request and
 * the moment of its last admission. A request t ms later makes it e' = max(0, e - floor(rate x t / 1000) + 1000), a first
 * one makes it 0; it is refused, and nothing kept, when e' > 1000 x burst. With d = e + 1000 this reads
 * d' = max(0, d - drained) + 1000 and is refused when d' > 1000 x (burst + 1), from d = 0: a token bucket of
 * burst + 1 cells that is refilled at the rate. So `nodelay` is exactly our token bucket, of burst + 1. Without it an
 * admitted request waits (e' - delay) / rate, that is until d has fallen to delay + 1: exactly our leaky queue that serves
 * delay + 1 at once and lets burst - delay wait. `nginx-proof.test.ts` plays the module's rule beside our gate.
 *
 * Where 60 does not divide a rate r/m, the rate is cut to whole thousandths a second and the drain of each admission to
 * whole thousandths: nginx then admits less than the bucket by up to a thousandth for each admission, never more.
 */
import type { RequestClass } from '../scenario/plan-policy.js';
import { ForeignFaults, visibleText } from './faults.js';
import {
  accountClasses,
  type ClassPathTable,
  classList,
  type Imported,
  type ImportedLimit,
  type ImportNote,
} from './imported.js';
import { type Directive, directiveText, everyDirective } from './nginx-config.js';
import { readNginx } from './nginx-dump.js';
import { readKey } from './nginx-key.js';
import { httpLevel, isLimited, type ServerPlace, serversOf } from './nginx-places.js';
import { type Route, routesOf, routeText } from './nginx-routing.js';
import { type ConnZone, type ReqZone, readConnZone, readReqZone } from './nginx-values.js';

/** nginx's documentation: a state takes 128 bytes on 64-bit machines. */
const BYTES_PER_KEY = 128;
const KEYS_MAX = 10_000_000;

export interface NginxOptions {
  readonly paths: ClassPathTable | null;
  /** Name of one server; null = the only one with limits. */
  readonly server: string | null;
}

export interface ImportReading {
  /** null: the document has faults. */
  readonly imported: Imported | null;
  readonly faults: ForeignFaults;
}

export function importNginx(file: string, text: string, options: NginxOptions): ImportReading {
  const faults = new ForeignFaults(file);
  const config = readNginx(text, faults);
  const http = httpLevel(config);
  const reqZones = zonesOf(http, 'limit_req_zone', readReqZone, faults);
  const connZones = zonesOf(http, 'limit_conn_zone', readConnZone, faults);
  const servers = serversOf(config, faults);
  checkZones(servers, reqZones, connZones, faults);
  const server = chosenServer(servers, options.server, faults);
  if (faults.all.length > 0 || server === null) return { imported: null, faults };
  const notes: ImportNote[] = [...foreignNotes(config)];
  const { routes, notes: routeNotes } = routesOf(server, options.paths);
  notes.push(...routeNotes);
  const maker = new LimitMaker(config, notes);
  const limits = [
    ...[...reqZones.values()].flatMap((zone) => maker.ofRequests(zone, routes)),
    ...[...connZones.values()].flatMap((zone) => maker.ofConnections(zone, routes)),
  ];
  notes.push(...statusNotes(routes));
  const imported: Imported = {
    source: 'nginx',
    limits,
    notes,
    clientIp: clientIpOf(server, http, notes),
    resolution: {
      value: '10ms',
      because:
        'nginx counts in whole milliseconds, of a clock that it reads once a turn of its loop and that ticks each 1 to 10 ms',
    },
    nodesBecause:
      'say here how many instances of nginx stand side by side: a zone is shared by the workers of one alone',
    slackBecause: null,
  };
  return { imported, faults };
}

function zonesOf<Zone extends ReqZone | ConnZone>(
  http: readonly Directive[],
  directive: string,
  read: (directive: Directive, faults: ForeignFaults) => Zone | null,
  faults: ForeignFaults,
): Map<string, Zone> {
  const zones = new Map<string, Zone>();
  for (const found of http.filter(({ name, block }) => name === directive && block === null)) {
    const zone = read(found, faults);
    if (zone === null) continue;
    if (zones.has(zone.name)) faults.add('FP_FOREIGN_VALUE', found, `${directive}: "${zone.name}" is defined twice`);
    zones.set(zone.name, zone);
  }
  return zones;
}

function checkZones(
  servers: readonly ServerPlace[],
  reqZones: ReadonlyMap<string, ReqZone>,
  connZones: ReadonlyMap<string, ConnZone>,
  faults: ForeignFaults,
): void {
  const told = new Set<Directive>();
  const check = (directive: Directive, zone: string, isKnown: boolean): void => {
    if (isKnown || told.has(directive)) return;
    told.add(directive);
    const hint = 'define it in http, or import all files in one: nginx -T > all.conf; npx floodproof import all.conf';
    faults.add('FP_FOREIGN_REFERENCE', directive, `${directive.name}: there is no zone "${zone}" in this file`, hint);
  };
  for (const { limits, locations } of servers) {
    for (const { requests, connections } of [limits, ...locations.map((place) => place.limits)]) {
      for (const { directive, zone } of requests) check(directive, zone, reqZones.has(zone));
      for (const { directive, zone } of connections) check(directive, zone, connZones.has(zone));
    }
  }
}

function chosenServer(
  servers: readonly ServerPlace[],
  wanted: string | null,
  faults: ForeignFaults,
): ServerPlace | null {
  const limited = servers.filter(({ limits, locations, returns }) => {
    return (isLimited(limits) && !(returns && locations.length === 0)) || locations.some((p) => isLimited(p.limits));
  });
  const named = limited.map(({ names, directive }) => `${names[0] ?? 'unnamed'} (line ${directive?.line ?? 1})`);
  if (wanted !== null) {
    const found = servers.find(({ names }) => names.includes(wanted));
    if (found !== undefined) return found;
    const hint = named.length === 0 ? undefined : `servers with limits: ${named.join(', ')}`;
    faults.add('FP_FOREIGN_REFERENCE', { line: 1, column: 1 }, `there is no server "${wanted}"`, hint);
    return null;
  }
  if (limited.length > 1) {
    const place = limited[1]?.directive ?? { line: 1, column: 1 };
    const hint = 'choose one with --server NAME';
    faults.add('FP_FOREIGN_KIND', place, `${limited.length} servers have limits: ${named.join(', ')}`, hint);
    return null;
  }
  return limited[0] ?? servers[0] ?? null;
}

/** Uses of one zone that are alike, and the classes that come to them. */
interface Use {
  readonly burst: number;
  readonly undelayed: number;
  readonly isDryRun: boolean;
  readonly directive: Directive;
  readonly classes: Set<RequestClass>;
  readonly where: string[];
}

class LimitMaker {
  readonly #config: readonly Directive[];
  readonly #notes: ImportNote[];

  constructor(config: readonly Directive[], notes: ImportNote[]) {
    this.#config = config;
    this.#notes = notes;
  }

  ofRequests(zone: ReqZone, routes: readonly Route[]): readonly ImportedLimit[] {
    const uses = new Map<string, Use>();
    for (const route of routes) {
      const use = route.limits.requests.find((one) => one.zone === zone.name);
      if (use === undefined) continue;
      const { burst, undelayed, directive } = use;
      const { isDryRun } = route.limits;
      const id = `${burst} ${undelayed} ${isDryRun}`;
      const alike = uses.get(id) ?? { burst, undelayed, isDryRun, directive, classes: new Set(), where: [] };
      for (const name of route.classes) alike.classes.add(name);
      alike.where.push(routeText(route));
      uses.set(id, alike);
    }
    return this.#limitsOf(zone, [...uses.values()]);
  }

  #limitsOf(zone: ReqZone, uses: readonly Use[]): readonly ImportedLimit[] {
    const base = this.#base(zone, uses);
    if (base === null) return [];
    const enforced = uses.filter(({ isDryRun }) => !isDryRun);
    const limits = uses.flatMap((use) => {
      const match = this.#matchOf(zone, base.by, use.classes);
      const isPart = enforced.length > 1 && !use.isDryRun;
      const dry = use.isDryRun ? ' dry run' : '';
      const name = isPart ? `${zone.name} burst ${use.burst}` : `${zone.name}${dry}`;
      return match === null ? [] : [{ ...base, ...bucketOf(zone, use), name, match, isShadow: use.isDryRun }];
    });
    if (enforced.length < 2) return limits;
    // One counter stands behind all of them: together they get no more than the largest burst.
    const classes = new Set(enforced.flatMap((use) => [...use.classes]));
    const match = this.#matchOf(zone, base.by, classes);
    if (match === null) return limits;
    const burst = Math.max(...enforced.map((use) => use.burst));
    const { directive } = enforced.find((use) => use.burst === burst) as Use;
    const together = bucketOf(zone, { burst, undelayed: burst, directive, where: ['all of its places together'] });
    this.#notes.push({
      place: zone.directive,
      text: `zone "${zone.name}" is used with ${enforced.length} bursts that share one counter: each is written alone, and "${zone.name}" for all together; nginx may refuse a little earlier than all of these`,
    });
    return [{ ...base, ...together, name: zone.name, match, isShadow: false }, ...limits];
  }

  ofConnections(zone: ConnZone, routes: readonly Route[]): readonly ImportedLimit[] {
    const uses = new Map<string, Use>();
    for (const route of routes) {
      const use = route.limits.connections.find((one) => one.zone === zone.name);
      if (use === undefined) continue;
      const { connections: burst, directive } = use;
      const isDryRun = route.limits.isConnDryRun;
      const id = `${burst} ${isDryRun}`;
      const alike = uses.get(id) ?? { burst, undelayed: 0, isDryRun, directive, classes: new Set(), where: [] };
      for (const name of route.classes) alike.classes.add(name);
      alike.where.push(routeText(route));
      uses.set(id, alike);
    }
    const base = this.#base(zone, [...uses.values()]);
    if (base === null) return [];
    return [...uses.values()].flatMap((use) => {
      const match = this.#matchOf(zone, base.by, use.classes);
      if (match === null) return [];
      const origin = [
        said(zone.directive),
        `${said(use.directive)}: so many requests at once`,
        `for ${use.where.join('; ')}`,
      ];
      const numbers = [{ key: 'capacity', value: use.burst }];
      const name = `${zone.name} at once`;
      return [{ ...base, family: 'concurrency' as const, origin, numbers, name, match, isShadow: use.isDryRun }];
    });
  }

  #base(zone: ReqZone | ConnZone, uses: readonly Use[]) {
    if (uses.length === 0) {
      const text = `zone "${zone.name}" is used nowhere in what was read, so it limits nothing`;
      this.#notes.push({ place: zone.directive, text });
      return null;
    }
    const key = readKey(zone.key, this.#config);
    if ('because' in key) {
      const text = `the limits of zone "${zone.name}" are left out: they count by "${zone.key}", and ${key.because}`;
      this.#notes.push({ place: zone.directive, text });
      return null;
    }
    for (const remark of key.remarks)
      this.#notes.push({ place: zone.directive, text: `zone "${zone.name}": ${remark}` });
    const keys = Math.floor(zone.bytes / BYTES_PER_KEY);
    const maxKeys = keys >= 1 && keys <= KEYS_MAX ? keys : null;
    return { by: key.by, maxKeys, isWholeAddress: true };
  }

  /** A limit by key counts the requests that carry one; nginx passes over those whose key is empty, too. */
  #matchOf(zone: ReqZone | ConnZone, by: readonly string[], classes: ReadonlySet<RequestClass>) {
    if (!by.includes('key')) return classList(classes);
    const carrying = new Set([...classes].filter((name) => accountClasses.includes(name)));
    if (carrying.size > 0) return classList(carrying);
    const text = `zone "${zone.name}" counts by a key, which none of its requests is taken to carry: it is left out`;
    this.#notes.push({ place: zone.directive, text });
    return null;
  }
}

type BucketUse = Pick<Use, 'burst' | 'undelayed' | 'directive' | 'where'>;

function bucketOf(zone: ReqZone, { burst, undelayed, directive, where }: BucketUse) {
  const { milliPerSecond, isWhole } = zone;
  const isPerSecond = milliPerSecond % 1000 === 0;
  const refill = isPerSecond ? `${milliPerSecond / 1000} per 1s` : `${milliPerSecond} per 1000s`;
  const waits = burst - undelayed;
  const cut = isWhole
    ? []
    : [`nginx counts thousandths: of this rate it keeps ${milliPerSecond} in 1000 s, never more`];
  const origin = [
    said(zone.directive),
    ...cut,
    `${said(directive)}: the burst of ${burst} and the request that comes upon it`,
    ...(waits > 0 ? [`${undelayed + 1} are passed on at once, ${waits} wait for their turn`] : []),
    `for ${where.join('; ')}`,
  ];
  if (waits === 0) {
    const numbers = [
      { key: 'capacity', value: burst + 1 },
      { key: 'refill', value: refill },
    ];
    return { family: 'token-bucket' as const, origin, numbers };
  }
  const numbers = [
    { key: 'capacity', value: undelayed + 1 },
    { key: 'queue', value: waits },
    { key: 'refill', value: refill },
  ];
  return { family: 'leaky-queue' as const, origin, numbers };
}

function said(directive: Directive): string {
  return `line ${directive.line}: ${visibleText(directiveText(directive))}`;
}

function statusNotes(routes: readonly Route[]): readonly ImportNote[] {
  const notes = new Map<string, ImportNote>();
  for (const { limits } of routes) {
    for (const [kind, status, place] of [
      ['limit_req', limits.status, limits.requests[0]?.directive],
      ['limit_conn', limits.connStatus, limits.connections[0]?.directive],
    ] as const) {
      if (place === undefined || status === 429) continue;
      const rule = `"outcomes: [{ when: { status: ${status} }, is: throttled }]"`;
      const text = `${kind} refuses with ${status}, which is not read as a throttle: set ${kind}_status to 429, or say in an adapter ${rule}`;
      notes.set(text, notes.get(text) ?? { place, text });
    }
  }
  return [...notes.values()];
}

/** Directives that may hold limits, or refuse, and that are not followed. */
const foreign: readonly (readonly [RegExp, string])[] = [
  [/^include$/, 'is not followed: limits, zones and maps in it are not read; nginx -T prints all in one'],
  [/^(?:js_access|js_content|access_by_lua\w*|rewrite_by_lua\w*|perl)$/, 'runs code that may refuse requests'],
  [/^auth_request$/, 'asks another server, which may refuse'],
  [/^limit_rate(?:_after)?$/, 'limits bytes, and no requests'],
  [/^(?:geo|split_clients)$/, 'sorts callers, and is not followed'],
];

function* foreignNotes(config: readonly Directive[]): Generator<ImportNote> {
  for (const directive of everyDirective(config)) {
    if (directive.name === 'include' && /(?:^|\/)(?:mime\.types|[a-z]+_params)$/.test(directive.args[0] ?? ''))
      continue;
    const row = foreign.find(([name]) => name.test(directive.name));
    if (row !== undefined) yield { place: directive, text: `${visibleText(directiveText(directive))}: ${row[1]}` };
  }
}

/** `real_ip_header X-Forwarded-For` takes the caller from the header, where a trusted proxy has written it. */
function clientIpOf(server: ServerPlace, http: readonly Directive[], notes: ImportNote[]): Imported['clientIp'] {
  const all = [...http.filter(({ block }) => block === null), ...(server.directive?.block ?? [])];
  const header = all.findLast(({ name }) => name === 'real_ip_header');
  const proxies = all.filter(({ name }) => name === 'set_real_ip_from');
  if (header === undefined && proxies.length === 0) return null;
  const place = header ?? proxies[0] ?? null;
  if (header?.args[0]?.toLowerCase() !== 'x-forwarded-for') {
    const text = `the caller's address comes from ${header?.args[0] ?? 'X-Real-IP'}, which no run sends: it is taken from the connection`;
    notes.push({ place, text });
    return null;
  }
  const isRecursive = all.findLast(({ name }) => name === 'real_ip_recursive')?.args[0] === 'on';
  const lines = proxies.map(({ line }) => line).join(', ');
  const because = `real_ip_header of line ${header.line}, set_real_ip_from of ${lines === '' ? 'nowhere' : `line ${lines}`}`;
  if (!isRecursive)
    return { value: '{ trustedHop: 1 }', because: `${because}: the last entry, as a trusted proxy has added it` };
  const ranges = proxies
    .map(({ args }) => args[0] ?? '')
    .filter((range) => /^[0-9a-fA-F:.]+(?:\/\d{1,3})?$/.test(range));
  if (ranges.length === 0) return null;
  return { value: `{ trustedProxies: [${ranges.map((range) => `"${range}"`).join(', ')}] }`, because };
}
