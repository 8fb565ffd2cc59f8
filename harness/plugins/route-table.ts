/**
 * Which request class a route is, as an app's owner writes it: `{ 'POST /orders': 'order.place' }`.
 *
 * A table that is looked up by paths must not be narrower than the router behind it, or a path that is spelt otherwise would
 * be served and not counted. So letters' case, doubled and trailing slashes, percent-encoding and HEAD for GET make no
 * difference here; whoever's router is stricter has a request counted that is answered 404.
 */
import { type RequestClass, requestClasses } from '../scenario/plan.js';

/** By `METHOD /path`, the method `*` standing for all; null = not counted, whatever stands behind it. */
export type RouteTable = Readonly<Record<string, RequestClass | null>>;

export interface RouteEntry {
  /** Upper-case, or `*`. */
  readonly method: string;
  /** As it is written. */
  readonly path: string;
  readonly requestClass: RequestClass | null;
}

export function isRequestClass(name: unknown): name is RequestClass {
  return (requestClasses as readonly unknown[]).includes(name);
}

/** @returns the entries in their order, and every fault in words. */
export function readRouteTable(table: Readonly<Record<string, unknown>>): {
  readonly entries: readonly RouteEntry[];
  readonly faults: readonly string[];
} {
  const entries: RouteEntry[] = [];
  const faults: string[] = [];
  for (const [key, name] of Object.entries(table)) {
    const [, method, path] = /^([A-Z]+|\*) (\/\S*)$/.exec(key) ?? [];
    if (method === undefined || path === undefined) {
      faults.push(`${JSON.stringify(key)} is no "METHOD /path", such as "POST /orders" or "* /orders/:id"`);
    } else if (path.includes('?') || path.includes('#')) {
      faults.push(`${JSON.stringify(key)} must be a path alone, without "?" and "#"`);
    } else if (name !== null && !isRequestClass(name)) {
      const shown = typeof name === 'string' ? JSON.stringify(name) : String(name);
      faults.push(`${JSON.stringify(key)}: there is no request class ${shown}; there are ${requestClasses.join(', ')}`);
    } else {
      entries.push({ method, path, requestClass: name });
    }
  }
  return { entries, faults };
}

/** The class of the first entry that fits; null = none does, or the entry says so. */
export type RouteLookup = (method: string, target: string) => RequestClass | null;

/**
 * Compiles entries into a lookup by method and request target. `:name` stands for one segment of a path, a last `*` for
 * any number of them.
 */
export function compileRoutes(entries: readonly RouteEntry[]): RouteLookup {
  const compiled = entries.map(({ method, path, requestClass }) => {
    const segments = segmentsOf(path);
    const isOpen = segments.at(-1) === '*';
    return { method, segments: isOpen ? segments.slice(0, -1) : segments, isOpen, requestClass };
  });
  return (method, target) => {
    const asked = segmentsOf(target.split('?', 1)[0] ?? '');
    const found = compiled.find((route) => {
      const isLong = route.isOpen ? asked.length >= route.segments.length : asked.length === route.segments.length;
      return isLong && isMethod(route.method, method) && route.segments.every((part, at) => fits(part, asked[at]));
    });
    return found?.requestClass ?? null;
  };
}

/** HEAD is answered by what answers GET, in every router of Node. */
function isMethod(wanted: string, method: string): boolean {
  return wanted === '*' || wanted === method || (wanted === 'GET' && method === 'HEAD');
}

/**
 * Whether every reader takes the same path from a request target: it begins with a slash, and has nothing in it that makes
 * one reader parse it as a URL where another takes it as it stands. `*` is that of OPTIONS.
 */
export function isPlainTarget(target: string): boolean {
  return target === '*' || /^\/[^\t\n\f\r #\u00a0\ufeff]*$/.test(target);
}

function segmentsOf(path: string): string[] {
  return path
    .split('/')
    .filter((part) => part !== '')
    .map((part) => decoded(part).toLowerCase());
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A percent sign that is no escape: routers take it as it stands, or refuse it.
    return part;
  }
}

function fits(part: string, asked: string | undefined): boolean {
  return part.startsWith(':') || part === asked;
}
