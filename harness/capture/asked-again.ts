/** What of a recorded request is asked again: its class, and the request without anything that is signed or made anew. */
import { createHash } from 'node:crypto';
import { places } from '../actors/recorded-requests.js';
import { ClassPaths, housePatterns } from '../intake/class-paths.js';
import type { RequestClass } from '../scenario/plan.js';
import { requestClasses } from '../scenario/plan.js';
import type { SigningProfile } from '../signing/profile.js';
import { recordedMethods } from '../trace/request-table.js';
import type { RecordedRow } from './recording.js';
import { REDACTED } from './redaction.js';
import { type Change, type Decide, namesIn, rewrittenBody, rewrittenPath } from './rewritten-text.js';
import { loginFieldOf, secretNamesIn } from './secret-names.js';

export interface AskedAgain {
  readonly requestClass: RequestClass;
  readonly method: string;
  readonly path: string;
  readonly type: string;
  readonly body: string;
}

export interface AskingRules {
  /** By method and path; the house's own paths where it says nothing. */
  readonly classes: ClassPaths;
  /** Who signs anew; null = nothing is signed. */
  readonly profile: SigningProfile | null;
  /** `house`: a request that is not one of the house's API becomes the house's request of its class. */
  readonly as: 'recorded' | 'house';
}

const house = new ClassPaths(housePatterns);
const orderPath = /^\/v1\/orders\/[^/?]+/;
const JSON_TYPE = 'application/json';
/** Characters of a digest that stands for a path: two differ but for one chance in 2^48. */
const NOISE_CHARACTERS = 12;

export class Asking {
  /** Fields that were taken out or filled in anew: `query signature`, `body password`. */
  readonly changed = new Set<string>();
  /** Requests that are left out, by why. */
  readonly leftOut = new Map<string, number>();
  /** Bodies that could not be read, and are asked without. */
  bodiesLost = 0;
  readonly #rules: AskingRules;
  readonly #slots: ReadonlySet<string>;

  constructor(rules: AskingRules) {
    this.#rules = rules;
    // Header slots are not looked for: no header but the type of the body is asked again.
    this.#slots = new Set(
      Object.values(rules.profile?.slots ?? {}).flatMap((slot) =>
        slot.place === 'query' || slot.place === 'form' || slot.place === 'parameter' ? [slot.name] : [],
      ),
    );
  }

  /** null = it is left out, and counted. */
  again(row: RecordedRow): AskedAgain | null {
    const requestClass = row.requestClass ?? this.#classOf(row);
    if (requestClass === null) return this.#leave(`no class for ${row.method}`);
    if (row.method === '') return houseCall(requestClass, row);
    if (!recordedMethods.has(row.method)) return this.#leave(`the method ${row.method.slice(0, 20)}`);
    if (!/^\/[\x21-\x7e]*$/.test(row.path)) return this.#leave('a path that is no ASCII');
    if (this.#rules.as === 'house' && house.of(row.method, row.path) < 0) return houseCall(requestClass, row);
    const decide = this.#decideFor(requestClass, row);
    const path = rewrittenPath(row.path, decide('query'));
    return {
      requestClass,
      method: row.method,
      path:
        requestClass === 'order.cancel' || requestClass === 'order.amend'
          ? path.replace(orderPath, `/v1/orders/${places.order}`)
          : path,
      ...this.#body(row, decide('body')),
    };
  }

  #classOf({ method, path }: RecordedRow): RequestClass | null {
    const known = requestClasses[this.#rules.classes.of(method, path)];
    if (known !== undefined) return known;
    return method === 'GET' || method === 'HEAD' ? 'ticker' : null;
  }

  #decideFor(requestClass: RequestClass, { path, body, type }: RecordedRow): (place: string) => Decide {
    const isSecret = secretNamesIn(path, namesIn(path, body === null ? null : { text: body, type }));
    return (place) => (name, isNested) => {
      const field = requestClass === 'login' ? loginFieldOf(name) : null;
      const change = field === null ? this.#outOf(name, isNested, isSecret(name)) : { to: places[field] };
      if (change !== 'kept') this.changed.add(`${place} ${name}`);
      return change;
    };
  }

  /** What the profile makes anew is taken out, and so is what is nobody's business; within other members it is blacked out. */
  #outOf(name: string, isNested: boolean, isSecret: boolean): Change {
    if (isSecret) return isNested ? { to: REDACTED } : 'removed';
    return !isNested && this.#slots.has(name) ? 'removed' : 'kept';
  }

  #body({ body, type }: RecordedRow, decide: Decide): { type: string; body: string } {
    if (body === null) return { type: '', body: '' };
    const rewritten = rewrittenBody(body, type, decide);
    if (rewritten !== null)
      return { type: type === null || type.startsWith(JSON_TYPE) ? JSON_TYPE : type, body: rewritten };
    this.bodiesLost++;
    return { type: '', body: '' };
  }

  #leave(why: string): null {
    this.leftOut.set(why, (this.leftOut.get(why) ?? 0) + 1);
    return null;
  }
}

/** A request of the house's API: where the file tells the class alone, and for APIs that the house does not have. */
function houseCall(requestClass: RequestClass, { path, elements }: RecordedRow): AskedAgain {
  const get = (target: string): AskedAgain => ({ requestClass, method: 'GET', path: target, type: '', body: '' });
  const send = (method: string, target: string, body: string): AskedAgain => {
    return { requestClass, method, path: target, type: JSON_TYPE, body };
  };
  switch (requestClass) {
    case 'login':
      return send('POST', '/v1/login', `{"username":"${places.account}","password":"${places.password}"}`);
    case 'ticker':
      return get(`/v1/ticker?symbol=BTC-USDT${path === '' ? '' : `&_=${noise(path)}`}`);
    case 'account':
      return get('/v1/account');
    case 'order.place': {
      const orders = Array.from({ length: elements }, (_, index) => orderText(elements === 1 ? '' : `-${index}`));
      return send('POST', '/v1/orders', elements === 1 ? (orders[0] as string) : `[${orders.join()}]`);
    }
    case 'order.amend':
      return send('PUT', `/v1/orders/${places.order}`, '{"price":"61000","quantity":"0.01"}');
    case 'order.cancel':
      return { ...get(`/v1/orders/${places.order}`), method: 'DELETE' };
    case 'order.list':
      return get('/v1/orders');
    case 'time':
    case 'markets':
      return get(`/v1/${requestClass}`);
    case 'book':
      return get('/v1/book?symbol=BTC-USDT');
  }
}

function orderText(suffix: string): string {
  return (
    '{"symbol":"BTC-USDT","side":"buy","type":"limit","price":"60000","quantity":"0.01",' +
    `"clientOrderId":"r-${places.number}${suffix}"}`
  );
}

/** Two paths that differ stay two, and one that comes again is the same: so that a cache has as much to do as it had. */
function noise(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, NOISE_CHARACTERS);
}
