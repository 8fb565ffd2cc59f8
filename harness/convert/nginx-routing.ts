/** Which location of a server a class of requests comes to: by its paths as nginx chooses, or by words where no path is known. */
import { type RequestClass, requestClasses } from '../scenario/plan-policy.js';
import { classesByWords } from './class-words.js';
import { type ClassPathTable, classList, type ImportNote } from './imported.js';
import { isLimited, type Limits, type LocationPlace, type ServerPlace } from './nginx-places.js';

/** Classes that come to one place; `location` null = the server itself. */
export interface Route {
  readonly location: LocationPlace | null;
  readonly limits: Limits;
  readonly classes: readonly RequestClass[];
}

export interface Routing {
  readonly routes: readonly Route[];
  readonly notes: readonly ImportNote[];
}

export function routesOf(server: ServerPlace, paths: ClassPathTable | null): Routing {
  const notes: ImportNote[] = [];
  const placeOf = new Map<RequestClass, LocationPlace | null>();
  const rest = paths === null ? restOf(server, notes) : null;
  for (const name of requestClasses) {
    if (paths === null) placeOf.set(name, byWords(server, name) ?? rest);
    else {
      const found = new Set((paths[name] ?? []).map((path) => locationOf(server, path)));
      const [first] = found;
      if (found.size > 1) {
        const text = `${name} has paths in ${found.size} locations; only the limits of the first are read`;
        notes.push({ place: server.directive, text });
      }
      if (first !== undefined) placeOf.set(name, first);
    }
  }
  const routes: Route[] = [];
  for (const location of [null, ...server.locations]) {
    const classes = requestClasses.filter((name) => placeOf.has(name) && placeOf.get(name) === location);
    if (classes.length === 0) continue;
    const { limits, returns } = location ?? server;
    if (returns && isLimited(limits)) {
      const where = location?.directive ?? server.directive;
      notes.push({ place: where, text: 'a return comes before the limits here, so they are never asked' });
    } else routes.push({ location, limits, classes });
  }
  return { routes, notes };
}

/** The location with the longest path whose words say this class. */
function byWords({ locations }: ServerPlace, name: RequestClass): LocationPlace | undefined {
  return locations
    .filter(({ path }) => classesByWords(path).includes(name))
    .sort((a, b) => b.path.length - a.path.length)[0];
}

/** Where everything goes that no word tells of: `/`, or the first other place that limits, or the server itself. */
function restOf({ locations }: ServerPlace, notes: ImportNote[]): LocationPlace | null {
  const root = locations.find(({ kind, path }) => path === '/' && kind.startsWith('prefix'));
  const unknown = locations.filter((place) => {
    return place !== root && isLimited(place.limits) && classesByWords(place.path).length === 0;
  });
  const chosen = root !== undefined && isLimited(root.limits) ? root : (unknown[0] ?? root ?? null);
  for (const { directive, path } of unknown) {
    const text =
      path === chosen?.path
        ? `no word of "${path}" says which requests come there: taken for all that no other location is for (--adapter tells it exactly)`
        : `no word of "${path}" says which requests come there, so its limits are not read (--adapter tells it exactly)`;
    notes.push({ place: directive, text });
  }
  return chosen;
}

/**
 * As nginx chooses: an exact path, else the longest prefix when it is marked `^~`, else the first regular expression,
 * else the longest prefix. A pattern that JavaScript can't read matches nothing.
 */
function locationOf({ locations }: ServerPlace, path: string): LocationPlace | null {
  const exact = locations.find((place) => place.kind === 'exact' && place.path === path);
  if (exact !== undefined) return exact;
  const [longest = null] = locations
    .filter((place) => place.kind.startsWith('prefix') && path.startsWith(place.path))
    .sort((a, b) => b.path.length - a.path.length);
  if (longest?.kind === 'prefix-alone') return longest;
  const pattern = locations.find((place) => place.kind.startsWith('regex') && matches(place, path));
  return pattern ?? longest;
}

function matches({ kind, path: pattern }: LocationPlace, path: string): boolean {
  try {
    return new RegExp(pattern, kind === 'regex' ? '' : 'i').test(path);
  } catch {
    return false;
  }
}

export function routeText({ location, classes }: Route): string {
  const listed = classList(new Set(classes));
  const what = listed === '*' ? 'every class' : listed.join(', ');
  return location === null ? `${what} by the limits of the server` : `${what} in location "${location.path}"`;
}
