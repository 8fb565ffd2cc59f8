/** Which request class a line is of, by its method and path. */
import type { RequestClass } from '../scenario/plan.js';
import { requestClasses } from '../scenario/plan.js';

export type ClassPatterns = Readonly<Partial<Record<RequestClass, readonly string[]>>>;

/** The paths of the house, see docs/your-own-server.md. */
export const housePatterns: ClassPatterns = {
  login: ['POST /v1/login'],
  ticker: ['GET /v1/ticker'],
  account: ['GET /v1/account'],
  'order.place': ['POST /v1/orders'],
  'order.amend': ['PUT /v1/orders/*'],
  'order.cancel': ['DELETE /v1/orders/*'],
  'order.list': ['GET /v1/orders'],
  time: ['GET /v1/time'],
  markets: ['GET /v1/markets'],
  book: ['GET /v1/book'],
};

interface Pattern {
  readonly requestClass: number;
  /** null = any. */
  readonly method: string | null;
  /** null = any one. */
  readonly segments: readonly (string | null)[];
  /** Whether more may follow. */
  readonly isOpen: boolean;
}

/** Paths whose class is remembered; beyond it all are forgotten. */
const REMEMBERED_MAX = 65_536;

const form = /^([A-Z]+|\*) (\/\S*)$/;

/** Whether it is METHOD /path, where `*` or `{name}` stands for one segment and `**` at the end for any that follow. */
export function isPattern(text: string): boolean {
  const path = form.exec(text)?.[2];
  return path !== undefined && !path.slice(0, -2).includes('**') && (!path.endsWith('**') || path.endsWith('/**'));
}

/** Instead of a class: there is none, but for another method the path has one that is counted. */
export const OTHER_WAY = -2;

export class ClassPaths {
  readonly #patterns: readonly Pattern[];
  readonly #isCounted: (requestClass: number) => boolean;
  readonly #known = new Map<string, number>();

  /** @param isCounted - whether limits count a class: what asks for its paths by other methods may be counted as well. */
  constructor(patterns: ClassPatterns, isCounted: (requestClass: number) => boolean = () => false) {
    this.#isCounted = isCounted;
    this.#patterns = requestClasses.flatMap((name, requestClass) =>
      (patterns[name] ?? []).map((text) => patternOf(text, requestClass)),
    );
  }

  /** Of a request line, `GET /v1/ticker?symbol=X HTTP/1.1`. @returns the index of the class; -1 = none, or `OTHER_WAY`. */
  ofRequest(line: string): number {
    const path = line.indexOf(' ') + 1;
    if (path === 0) return -1;
    const space = line.indexOf(' ', path);
    const query = line.indexOf('?', path);
    const end = Math.min(space < 0 ? line.length : space, query < 0 ? line.length : query);
    return this.#ofKey(line.slice(0, end));
  }

  of(method: string, path: string): number {
    const query = path.indexOf('?');
    return this.#ofKey(`${method} ${query < 0 ? path : path.slice(0, query)}`);
  }

  /** The first pattern that fits, in the order of the classes. */
  #ofKey(key: string): number {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const space = key.indexOf(' ');
    const method = key.slice(0, space);
    // A proxy is asked for a whole address.
    const segments = key
      .slice(space + 1)
      .replace(/^[a-z]+:\/\/[^/]*/i, '')
      .split('/')
      .slice(1);
    const found =
      this.#patterns.find((pattern) => fits(pattern, method, segments))?.requestClass ?? this.#without(segments);
    if (this.#known.size >= REMEMBERED_MAX) this.#known.clear();
    this.#known.set(key, found);
    return found;
  }

  /** What stands for a path that has no class by its method. */
  #without(segments: readonly string[]): number {
    const isNear = this.#patterns.some(
      (pattern) => this.#isCounted(pattern.requestClass) && fits(pattern, null, segments),
    );
    return isNear ? OTHER_WAY : -1;
  }
}

function patternOf(text: string, requestClass: number): Pattern {
  const [, method = '*', path = '/'] = form.exec(text) ?? [];
  const isOpen = path.endsWith('/**');
  const segments = (isOpen ? path.slice(0, -3) : path).split('/').slice(1);
  return {
    requestClass,
    method: method === '*' ? null : method,
    segments: segments.map((segment) => (segment === '*' || /^\{[^{}]*\}$/.test(segment) ? null : segment)),
    isOpen,
  };
}

/** @param method - null = whatever the pattern's is. */
function fits(
  { method: wanted, segments: parts, isOpen }: Pattern,
  method: string | null,
  segments: readonly string[],
): boolean {
  if (wanted !== null && method !== null && wanted !== method) return false;
  if (isOpen ? segments.length < parts.length : segments.length !== parts.length) return false;
  return parts.every((part, index) => part === null || part === segments[index]);
}
