/**
 * Envoy's local rate limits, and the file of its rate limit service -> limits of a policy.
 *
 * A local limit is a bucket of `max_tokens`, refilled by `tokens_per_fill` each `fill_interval`, shared by the workers of
 * one process. Since 1.32 (envoyproxy/envoy#35207) it is refilled all the time, which is our token bucket; before, and
 * where the runtime guard `no_timer_based_rate_limit_token_bucket` is off, a whole fill comes at once, so that in the
 * moment around it up to one fill more passes: that is a `slack` of `tokens_per_fill`.
 *
 * The service (envoyproxy/ratelimit) adds up in Redis, in windows that are multiples of their length since 1970, and
 * adds what it refuses too: our fixed window by the calendar that counts all. Its month has 30 days, its year 365.
 */
import type { LimitPart } from '../core/spec.js';
import type { RequestClass } from '../scenario/plan-policy.js';
import { classesByWords } from './class-words.js';
import { type DocumentNode, readDocument } from './document.js';
import { ForeignFaults, visibleText } from './faults.js';
import { accountClasses, classList, type ImportedLimit, type ImportNote } from './imported.js';
import type { ImportReading } from './nginx-import.js';

const COUNT_MAX = 2_147_483_647;
const daysOf = { week: 7, month: 30, year: 365 } as const;

export function importEnvoy(file: string, text: string): ImportReading {
  const faults = new ForeignFaults(file);
  const document = readDocument(file, text, faults);
  if (document === null) return { imported: null, faults };
  const reader = new EnvoyLimits(faults);
  const isService = document.at('domain').value !== undefined && document.at('descriptors').value !== undefined;
  const limits = isService ? reader.ofService(document) : reader.ofFilters(document);
  if (faults.all.length > 0) return { imported: null, faults };
  return {
    faults,
    imported: {
      source: 'envoy',
      limits,
      notes: reader.notes,
      clientIp: null,
      resolution: isService
        ? { value: '10ms', because: 'the service reads whole seconds from the clock of its machine' }
        : { value: '10ms', because: 'Envoy reads its clock once a turn of its loop' },
      nodesBecause: isService ? null : 'a local limit is counted in each process of Envoy. Say here how many there are',
      slackBecause: isService ? null : reader.slackBecause,
    },
  };
}

/** What entries of a descriptor count by; null = no policy can say it. */
interface Meaning {
  readonly by: ReadonlySet<LimitPart>;
  readonly classes: ReadonlySet<RequestClass> | null;
  readonly words: readonly string[];
}

class EnvoyLimits {
  readonly notes: ImportNote[] = [];
  slackBecause: string | null = null;
  readonly #faults: ForeignFaults;

  constructor(faults: ForeignFaults) {
    this.#faults = faults;
  }

  ofFilters(document: DocumentNode): readonly ImportedLimit[] {
    const limits: ImportedLimit[] = [];
    for (const node of document.everything()) {
      const type = node.at('@type').text ?? '';
      if (/[./]RateLimit$/.test(type) && type.includes('ratelimit')) {
        this.#note(node, 'this filter asks a rate limit service, whose own file holds the limits: import that too');
      }
      const isFilter = type.endsWith('LocalRateLimit') || (type === '' && node.at('token_bucket').value !== undefined);
      const isDescriptor = node.path.at(-2) === 'descriptors';
      if (!isFilter || isDescriptor || node.path.includes('descriptors')) continue;
      limits.push(...this.#ofFilter(node));
    }
    return limits;
  }

  #ofFilter(node: DocumentNode): readonly ImportedLimit[] {
    if (node.at('local_rate_limit_per_downstream_connection').value === true) {
      const text = 'each connection has a bucket of its own, and nobody is kept from opening another: it is left out';
      this.#note(node, text);
      return [];
    }
    const name = node.at('stat_prefix').text ?? 'local';
    const share = this.#shareOf(node);
    if (share === 'off') return [];
    const code = node.at('status', 'code').value ?? 429;
    if (code !== 429 && code !== 'TooManyRequests') {
      const text = `refusals are answered with ${String(code)}: say in an adapter how they are read`;
      this.#note(node.at('status'), text);
    }
    const everywhere: Meaning = { by: new Set(), classes: this.#routeClasses(node), words: [] };
    const isShadow = share === 'shadow';
    const own = node.at('token_bucket').value === undefined ? [] : this.#bucket(node, name, everywhere, isShadow);
    const described = node.at('descriptors').items.flatMap((descriptor) => {
      const meaning = this.#meaningOf(descriptor.at('entries').items);
      return meaning === null ? [] : this.#bucket(descriptor, `${name} ${meaning.words.join(' ')}`, meaning, isShadow);
    });
    return [...own, ...described];
  }

  /** Without `filter_enabled` the filter is off; without `filter_enforced` it only counts. */
  #shareOf(node: DocumentNode): 'on' | 'off' | 'shadow' {
    const percent = (key: string): number | null => {
      const share = node.at(key, 'default_value');
      const numerator = share.at('numerator').value;
      if (share.value === undefined) return null;
      const whole = { HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000 }[
        share.at('denominator').text ?? 'HUNDRED'
      ];
      return typeof numerator === 'number' ? (100 * numerator) / (whole ?? 100) : 0;
    };
    const [enabled, enforced] = [percent('filter_enabled'), percent('filter_enforced')];
    const isRoute = node.at('@type').value === undefined;
    if (!isRoute && (enabled === null || enabled === 0)) {
      this.#note(node, 'filter_enabled is not there or 0 %: the filter does nothing, so its limits are left out');
      return 'off';
    }
    for (const [key, share] of [
      ['filter_enabled', enabled],
      ['filter_enforced', enforced],
    ] as const) {
      if (share === null || share === 0 || share === 100) continue;
      this.#note(node.at(key), `${key} is ${share} %: the others pass without a limit, so the limits are left out`);
      return 'off';
    }
    if (!isRoute && (enforced === null || enforced === 0)) {
      this.#note(node, 'filter_enforced is not there or 0 %: it counts and refuses nobody, so its limits are shadows');
      return 'shadow';
    }
    return 'on';
  }

  /** A filter of one route is for the path that the route matches. */
  #routeClasses(node: DocumentNode): ReadonlySet<RequestClass> | null {
    if (!node.path.includes('typed_per_filter_config')) return null;
    const text =
      'it is set for one route or virtual host: say under "match" which requests come there (every class is written)';
    this.#note(node, text);
    return null;
  }

  #bucket(holder: DocumentNode, name: string, meaning: Meaning, isShadow: boolean): readonly ImportedLimit[] {
    const bucket = holder.at('token_bucket');
    const capacity = this.#count(bucket.at('max_tokens'), 'max_tokens');
    const fill =
      bucket.at('tokens_per_fill').value === undefined
        ? 1
        : this.#count(bucket.at('tokens_per_fill'), 'tokens_per_fill');
    const interval = this.#interval(bucket.at('fill_interval'));
    const match = this.#matchOf(holder, meaning);
    if (capacity === null || fill === null || interval === null || match === null) return [];
    this.slackBecause =
      'Envoy before 1.32 adds a whole fill at once, so that up to one fill more passes around that moment: say here tokens_per_fill then';
    return [
      {
        name,
        origin: [
          `line ${bucket.place.line}: max_tokens ${capacity}, tokens_per_fill ${fill}, fill_interval ${interval}`,
        ],
        match,
        by: [...meaning.by],
        family: 'token-bucket',
        numbers: [
          { key: 'capacity', value: capacity },
          { key: 'refill', value: `${fill} per ${interval}` },
        ],
        isShadow,
        maxKeys: null,
        isWholeAddress: true,
      },
    ];
  }

  ofService(document: DocumentNode): readonly ImportedLimit[] {
    const domain = document.at('domain').text ?? 'service';
    return document.at('descriptors').items.flatMap((node) => this.#descriptor(domain, node, []));
  }

  #descriptor(domain: string, node: DocumentNode, before: readonly DocumentNode[]): readonly ImportedLimit[] {
    const entries = [...before, node];
    if (node.at('key').text === null) this.#fault(node, 'a descriptor must have a key');
    const inner = node.at('descriptors').items.flatMap((one) => this.#descriptor(domain, one, entries));
    const rate = node.at('rate_limit');
    if (rate.value === undefined || rate.value === null) return inner;
    if (rate.at('unlimited').value === true) {
      this.#note(rate, 'these requests are unlimited, also where another descriptor would limit them');
      return inner;
    }
    const requests = this.#count(rate.at('requests_per_unit'), 'requests_per_unit');
    const window = this.#unit(rate.at('unit'));
    const meaning = this.#meaningOf(entries);
    const match = meaning === null ? null : this.#matchOf(node, meaning);
    if (requests === null || window === null || meaning === null || match === null) return inner;
    const limit: ImportedLimit = {
      name: `${domain} ${meaning.words.join(' ')} ${rate.at('unit').text ?? ''}`,
      origin: [`line ${rate.place.line}: ${requests} per ${rate.at('unit').text ?? ''} of ${meaning.words.join(', ')}`],
      match,
      by: [...meaning.by],
      family: 'fixed-window',
      numbers: [
        { key: 'capacity', value: requests },
        { key: 'window', value: window },
        { key: 'anchor', value: 'calendar' },
        { key: 'counts', value: 'all' },
      ],
      isShadow: node.at('shadow_mode').value === true,
      maxKeys: null,
      isWholeAddress: true,
    };
    return [limit, ...inner];
  }

  #meaningOf(entries: readonly DocumentNode[]): Meaning | null {
    const by = new Set<LimitPart>();
    let classes: ReadonlySet<RequestClass> | null = null;
    const words: string[] = [];
    for (const entry of entries) {
      const key = entry.at('key').text ?? '';
      const { value } = entry.at('value');
      words.push(value === undefined || value === '' ? key : `${key}=${String(value)}`);
      const isOpen = value === undefined || value === null || value === '';
      const found = isOpen ? classesOfNothing : new Set(classesByWords(String(value)));
      if (/^(?:masked_)?remote_address$|^(?:client_)?ip$/.test(key) && isOpen) by.add('ip');
      else if (/key|token|auth|user|account|client_id|consumer/i.test(key) && isOpen) {
        this.#note(entry, `the descriptor "${key}" is taken to tell one key from another`);
        by.add('key');
      } else if (!isOpen && (/path|route|endpoint|method/i.test(key) || key === 'generic_key') && found.size > 0) {
        classes = found;
      } else if (!isOpen && key === 'generic_key') {
        this.#note(
          entry,
          `generic_key "${String(value)}" says nothing of which requests carry it: every class is written`,
        );
      } else {
        const what = isOpen ? `each value of "${key}"` : `"${key}" of "${String(value)}" alone`;
        this.#note(entry, `the limit is for ${what}, for which a policy has no word: it is left out`);
        return null;
      }
    }
    return { by, classes, words };
  }

  #matchOf(node: DocumentNode, { by, classes }: Meaning) {
    if (!by.has('key')) return classes === null ? '*' : classList(classes);
    const carrying = new Set(accountClasses.filter((name) => classes === null || classes.has(name)));
    if (carrying.size > 0) return classList(carrying);
    this.#note(node, 'it counts by a key, which none of its requests is taken to carry: it is left out');
    return null;
  }

  #unit(node: DocumentNode): string | null {
    const unit = (node.text ?? '').toLowerCase();
    if (unit === 'second' || unit === 'minute' || unit === 'hour' || unit === 'day') {
      return { second: '1s', minute: '1min', hour: '1h', day: '1d' }[unit];
    }
    if (unit === 'week' || unit === 'month' || unit === 'year') return `${daysOf[unit]}d`;
    this.#fault(
      node,
      `unit: must be second, minute, hour, day, week, month or year, got ${JSON.stringify(node.value)}`,
    );
    return null;
  }

  /** `1s`, `0.5s`: a Duration of Protocol Buffers in JSON. */
  #interval(node: DocumentNode): string | null {
    const [, whole = '', part = ''] = /^(\d{1,9})(?:\.(\d{1,6})\d*)?s$/.exec(node.text ?? '') ?? [];
    const us = Number(whole) * 1_000_000 + Number(part.padEnd(6, '0'));
    if (whole !== '' && us > 0) return us % 1_000_000 === 0 ? `${us / 1_000_000}s` : `${us}us`;
    this.#fault(node, `fill_interval: must be a duration such as "1s", got ${JSON.stringify(node.value ?? null)}`);
    return null;
  }

  #count(node: DocumentNode, what: string): number | null {
    const { value } = node;
    if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= COUNT_MAX) return value;
    this.#fault(node, `${what}: must be a whole number above 0, got ${JSON.stringify(value ?? null)}`);
    return null;
  }

  #note(node: DocumentNode, text: string): void {
    this.notes.push({ place: node.place, text: visibleText(text) });
  }

  #fault(node: DocumentNode, message: string): void {
    this.#faults.add('FP_FOREIGN_VALUE', node.place, message);
  }
}

const classesOfNothing: ReadonlySet<RequestClass> = new Set();
