/**
 * Kong's declarative configuration -> limits of a policy, for its plugins `rate-limiting` and `rate-limiting-advanced`.
 *
 * `rate-limiting` (kong/plugins/rate-limiting/handler.lua) counts in windows of the calendar in whole seconds of UTC, and
 * only what it lets through: our fixed window, anchored to the calendar. It looks first and counts after the answer has
 * gone out, so requests that are in flight together may all pass. A month and a year have no length of their own, and no
 * window of ours is like them. `rate-limiting-advanced` with `window_type: sliding` weighs the window before by the share
 * of it that is still in view: our sliding counter; with `fixed` its windows are multiples of their length.
 */
import type { LimitPart } from '../core/spec.js';
import type { RequestClass } from '../scenario/plan-policy.js';
import { classesByWords } from './class-words.js';
import { type DocumentNode, readDocument } from './document.js';
import { ForeignFaults, visibleText } from './faults.js';
import { accountClasses, type ClassPathTable, classList, type ImportedLimit, type ImportNote } from './imported.js';
import type { ImportReading } from './nginx-import.js';

const secondsOf = { second: 1, minute: 60, hour: 3_600, day: 86_400 } as const;
const COUNT_MAX = 2_147_483_647;
const authPlugins =
  /^(?:key-auth|basic-auth|hmac-auth|jwt|oauth2|openid-connect|ldap-auth|mtls-auth)(?:-enc|-advanced)?$/;

/** A plugin, and the paths of the route that it is for. */
interface Placed {
  readonly plugin: DocumentNode;
  readonly where: string;
  /** null = of every route. */
  readonly paths: readonly string[] | null;
  readonly consumer: string | null;
}

export function importKong(file: string, text: string, paths: ClassPathTable | null): ImportReading {
  const faults = new ForeignFaults(file);
  const document = readDocument(file, text, faults);
  if (document === null) return { imported: null, faults };
  const notes: ImportNote[] = [];
  const placed = [...pluginsOf(document)];
  const hasKeys = placed.some(({ plugin }) => authPlugins.test(plugin.at('name').text ?? ''));
  const maker = new KongLimits(faults, notes, hasKeys, paths);
  const limits = placed.flatMap((one) => maker.of(one));
  if (faults.all.length > 0) return { imported: null, faults };
  return {
    faults,
    imported: {
      source: 'kong',
      limits,
      notes,
      clientIp: null,
      resolution: { value: '10ms', because: 'Kong reads a clock of whole seconds, once a turn of its loop' },
      nodesBecause: maker.isLocal
        ? 'policy local: each node of Kong counts on its own. Say here how many there are'
        : null,
      slackBecause:
        'Kong looks first and counts when the answer has gone out. Say here how many requests of one caller may be in flight at once',
    },
  };
}

function* pluginsOf(document: DocumentNode): Generator<Placed> {
  const routes = new Map<string, readonly string[]>();
  const inner: Placed[] = [];
  const take = (
    holder: DocumentNode,
    where: string,
    paths: readonly string[] | null,
    consumer: string | null,
  ): void => {
    for (const plugin of holder.at('plugins').items) inner.push({ plugin, where, paths, consumer });
  };
  const takeRoute = (route: DocumentNode): void => {
    const name = route.at('name').text ?? 'unnamed';
    const paths = route.at('paths').items.flatMap(({ text }) => text ?? []);
    routes.set(name, paths);
    take(route, `route ${name}`, paths, null);
  };
  for (const service of document.at('services').items) {
    const name = service.at('name').text ?? 'unnamed';
    const own = service
      .at('routes')
      .items.flatMap((route) => route.at('paths').items.flatMap(({ text }) => text ?? []));
    routes.set(`service ${name}`, own);
    take(service, `service ${name}`, own.length === 0 ? null : own, null);
    for (const route of service.at('routes').items) takeRoute(route);
  }
  for (const route of document.at('routes').items) takeRoute(route);
  for (const consumer of document.at('consumers').items) {
    take(consumer, 'a consumer', null, consumer.at('username').text ?? 'unnamed');
  }
  for (const plugin of document.at('plugins').items) {
    const [route, service, consumer] = ['route', 'service', 'consumer'].map((key) => referred(plugin.at(key)));
    const paths = route != null ? routes.get(route) : service != null ? routes.get(`service ${service}`) : undefined;
    const where = route != null ? `route ${route}` : service != null ? `service ${service}` : 'every route';
    yield {
      plugin,
      where,
      paths: paths === undefined || paths.length === 0 ? null : paths,
      consumer: consumer ?? null,
    };
  }
  yield* inner;
}

function referred(node: DocumentNode): string | null {
  return node.text ?? node.at('name').text ?? node.at('username').text;
}

class KongLimits {
  isLocal = false;
  readonly #faults: ForeignFaults;
  readonly #notes: ImportNote[];
  readonly #hasKeys: boolean;
  readonly #paths: ClassPathTable | null;

  constructor(faults: ForeignFaults, notes: ImportNote[], hasKeys: boolean, paths: ClassPathTable | null) {
    this.#faults = faults;
    this.#notes = notes;
    this.#hasKeys = hasKeys;
    this.#paths = paths;
  }

  of(placed: Placed): readonly ImportedLimit[] {
    const { plugin, where, consumer } = placed;
    const name = plugin.at('name').text ?? '';
    const isPlain = name === 'rate-limiting';
    if (!isPlain && name !== 'rate-limiting-advanced') {
      if (/rate-?limit|throttl|bot-detection|request-termination|ip-restriction|acl|opa/.test(name)) {
        this.#note(plugin, `the plugin ${name} may refuse requests, and is not read`);
      }
      return [];
    }
    if (plugin.at('enabled').value === false) {
      this.#note(plugin, `${name} of ${where} is not enabled`);
      return [];
    }
    if (consumer !== null) {
      const text = `${name} is for the consumer ${consumer} alone: a policy's limits are the same for everybody, so it is left out`;
      this.#note(plugin, text);
      return [];
    }
    const classes = this.#classesOf(placed);
    if (classes.size === 0) return [];
    const by = this.#byOf(plugin.at('config'), name, isPlain);
    if (by === null) return [];
    this.#noteConfig(plugin.at('config'), isPlain);
    const match = this.#matchOf(plugin, classes, by);
    if (match === null) return [];
    const base = { match, by, isShadow: false, maxKeys: null, isWholeAddress: true };
    const windows = isPlain ? this.#plainWindows(plugin) : this.#advancedWindows(plugin);
    return windows.map(({ what, origin, ...rest }) => ({
      ...base,
      ...rest,
      name: `${where.replace(/^(?:route|service) /, '')} ${what}`,
      origin: [...origin, `for ${where}`],
    }));
  }

  #plainWindows(plugin: DocumentNode) {
    const config = plugin.at('config');
    const found = Object.entries(secondsOf).flatMap(([unit, seconds]) => {
      const limit = this.#count(config.at(unit), unit);
      if (limit === null) return [];
      const { line } = config.at(unit).place;
      return [{ ...fixedWindow(limit, seconds), what: unit, origin: [`line ${line}: ${unit}: ${limit}`] }];
    });
    for (const unit of ['month', 'year']) {
      if (config.at(unit).value == null) continue;
      this.#note(config.at(unit), `${unit}: a ${unit} of the calendar has no length of its own, so it is left out`);
    }
    const hasAny = [...Object.keys(secondsOf), 'month', 'year'].some((unit) => config.at(unit).value != null);
    if (!hasAny) this.#fault(plugin, 'rate-limiting: config has no second, minute, hour, day, month or year');
    return found;
  }

  #advancedWindows(plugin: DocumentNode) {
    const config = plugin.at('config');
    const [limits, sizes] = [config.at('limit'), config.at('window_size')].map(({ items }) => items) as [
      readonly DocumentNode[],
      readonly DocumentNode[],
    ];
    const type = config.at('window_type').value ?? 'sliding';
    if (type !== 'sliding' && type !== 'fixed') {
      this.#fault(config.at('window_type'), 'window_type: must be "sliding" or "fixed"');
    }
    if (limits.length === 0 || limits.length !== sizes.length) {
      this.#fault(plugin, 'rate-limiting-advanced: limit and window_size must be lists of one length');
      return [];
    }
    if (type === 'sliding' && config.at('disable_penalty').value !== true) {
      const text =
        'disable_penalty is off: refused requests count too, so that Kong may refuse more than the sliding counter';
      this.#note(config, text);
    }
    return limits.flatMap((written, index) => {
      const limit = this.#count(written, `limit[${index}]`);
      const seconds = this.#count(sizes[index] as DocumentNode, `window_size[${index}]`);
      if (limit === null || seconds === null) return [];
      const { line } = written.place;
      const origin = [`line ${line}: ${limit} in ${seconds} s, ${String(type)}`];
      const numbers =
        type === 'fixed'
          ? fixedWindow(limit, seconds)
          : { ...fixedWindow(limit, seconds), ...slidingCounter(limit, seconds) };
      return [{ ...numbers, what: `${seconds}s`, origin }];
    });
  }

  #count(node: DocumentNode, what: string): number | null {
    const { value } = node;
    if (value === undefined || value === null) return null;
    if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= COUNT_MAX) return value;
    this.#fault(node, `${what}: must be a whole number above 0, got ${JSON.stringify(value)}`);
    return null;
  }

  #byOf(config: DocumentNode, name: string, isPlain: boolean): readonly LimitPart[] | null {
    const node = config.at(isPlain ? 'limit_by' : 'identifier');
    const by = node.value ?? 'consumer';
    if (by === 'ip') return ['ip'];
    if (by === 'service' || by === 'path') return [];
    if (by === 'consumer' || by === 'credential') {
      if (this.#hasKeys) return [by === 'consumer' ? 'account' : 'key'];
      this.#note(config, `${name} counts by ${by}, but no plugin tells callers apart: Kong then counts by address`);
      return ['ip'];
    }
    if (by === 'header') {
      const header = config.at('header_name').text ?? '';
      if (/key|token|auth/i.test(header)) {
        const text = `${name} counts by the header ${header}, which is taken to tell one key from another`;
        this.#note(node, text);
        return ['key'];
      }
      this.#note(node, `${name} counts by the header ${header}, which any caller can choose: it is left out`);
      return null;
    }
    if (by === 'consumer-group') {
      this.#note(node, `${name} counts by groups of consumers, for which a policy has no word: it is left out`);
      return null;
    }
    this.#fault(node, `${node.path.at(-1)}: ${JSON.stringify(by)} is nothing that ${name} counts by`);
    return null;
  }

  #noteConfig(config: DocumentNode, isPlain: boolean): void {
    const policy = config.at(isPlain ? 'policy' : 'strategy').value ?? 'local';
    if (policy === 'local') this.isLocal = true;
    const sync = config.at('sync_rate').value;
    if (policy !== 'local' && typeof sync === 'number' && sync > 0) {
      const text = `sync_rate ${sync}: nodes tell each other what they counted each ${sync} s, so that more may pass: say it under "slack"`;
      this.#note(config.at('sync_rate'), text);
    }
    if (policy !== 'local' && config.at('fault_tolerant').value !== false) {
      this.#note(config, `fault_tolerant: while the store of policy ${String(policy)} is away, everything passes`);
    }
    const code = config.at('error_code').value ?? 429;
    if (code !== 429) {
      const text = `refusals are answered with ${String(code)}: say in an adapter "outcomes: [{ when: { status: ${String(code)} }, is: throttled }]"`;
      this.#note(config.at('error_code'), text);
    }
  }

  #classesOf({ plugin, paths, where }: Placed): ReadonlySet<RequestClass> {
    const all = new Set<RequestClass>(['login', 'ticker', ...accountClasses, 'time', 'markets', 'book']);
    if (paths === null) return all;
    if (this.#paths !== null) {
      const found = Object.entries(this.#paths).filter(([, own]) => own.some((path) => isUnder(path, paths)));
      if (found.length === 0)
        this.#note(plugin, `no call of the adapter comes to ${where}, so its limits are left out`);
      return new Set(found.map(([name]) => name as RequestClass));
    }
    const worded = new Set(paths.flatMap((path) => classesByWords(path)));
    if (worded.size > 0) return worded;
    const text = `no word of ${paths.map((path) => `"${path}"`).join(', ')} says which requests come to ${where}: taken for every class (--adapter tells it exactly)`;
    this.#note(plugin, text);
    return all;
  }

  #matchOf(plugin: DocumentNode, classes: ReadonlySet<RequestClass>, by: readonly LimitPart[]) {
    if (!by.includes('key') && !by.includes('account')) return classList(classes);
    const carrying = new Set([...classes].filter((name) => accountClasses.includes(name)));
    if (carrying.size > 0) return classList(carrying);
    this.#note(plugin, 'it counts by a key, which none of its requests is taken to carry: it is left out');
    return null;
  }

  #note(node: DocumentNode, text: string): void {
    this.#notes.push({ place: node.place, text: visibleText(text) });
  }

  #fault(node: DocumentNode, message: string): void {
    this.#faults.add('FP_FOREIGN_VALUE', node.place, message);
  }
}

function fixedWindow(limit: number, seconds: number) {
  return {
    family: 'fixed-window' as const,
    numbers: [
      { key: 'capacity', value: limit },
      { key: 'window', value: `${seconds}s` },
      { key: 'anchor', value: 'calendar' },
    ],
  };
}

function slidingCounter(limit: number, seconds: number) {
  return {
    family: 'sliding-counter' as const,
    numbers: [
      { key: 'capacity', value: limit },
      { key: 'window', value: `${seconds}s` },
    ],
  };
}

/** Kong's paths are prefixes, or regular expressions after a `~`. */
function isUnder(path: string, routes: readonly string[]): boolean {
  return routes.some((route) => {
    if (!route.startsWith('~')) return path.startsWith(route);
    try {
      return new RegExp(`^(?:${route.slice(1)})`).test(path);
    } catch {
      return false;
    }
  });
}
