/** Requests that no pattern gives a class to, as the patterns that would: a person looks at them before they are used. */
import type { RequestClass } from '../scenario/plan.js';
import { requestClasses } from '../scenario/plan.js';
import { isPattern } from './class-paths.js';

/** Different patterns that are shown; what comes later is only counted. */
const SHOWN_MAX = 8;

const words: readonly (readonly [RegExp, RegExp, RequestClass])[] = [
  [/^(?:POST|PUT)$/, /log-?in|sign-?in|auth|session|token/i, 'login'],
  [/^(?:GET|HEAD)$/, /account|balance|profile|wallet|portfolio|position|\/me\b|\/users?\b/i, 'account'],
  [/^(?:GET|HEAD)$/, /order(?!-?book)/i, 'order.list'],
  [/^(?:GET|HEAD)$/, /book|depth/i, 'book'],
  [/^(?:GET|HEAD)$/, /\/time\b/i, 'time'],
  [/^(?:GET|HEAD)$/, /market|symbols|products|instruments/i, 'markets'],
  [/^(?:GET|HEAD)$/, /^/, 'ticker'],
  [/^DELETE$/, /^/, 'order.cancel'],
  [/^(?:PUT|PATCH)$/, /^/, 'order.amend'],
  [/^POST$/, /cancel/i, 'order.cancel'],
];

/** By method and the words of the path; where none tells, what a method does as a rule. */
export function guessedClass(method: string, path: string): RequestClass {
  return words.find(([methods, told]) => methods.test(method) && told.test(path))?.[2] ?? 'order.place';
}

/** A number, a digest or a name with digits in it differs from request to request. */
const idForm = /^(?:\d+|[0-9a-f-]{12,}|(?=.*\d)[\w-]{16,})$/i;

/** null = no pattern can be written of it. */
export function patternOfRequest(method: string, target: string): string | null {
  const path = target
    .replace(/^[a-z]+:\/\/[^/]*/i, '')
    .replace(/[?#].*$/s, '')
    .split('/')
    .map((part) => (idForm.test(part) ? '*' : part))
    .join('/');
  const pattern = `${method} ${path}`;
  return /^[\w./~%*:@,+-]+$/.test(path) && isPattern(pattern) ? pattern : null;
}

export class UnnamedRequests {
  readonly #classes = new Map<string, RequestClass>();

  note(method: string, target: string): void {
    if (this.#classes.size >= SHOWN_MAX) return;
    const pattern = patternOfRequest(method, target);
    if (pattern !== null) this.#classes.set(pattern, guessedClass(method, pattern));
  }

  /** In the order in which they came. */
  get patterns(): readonly string[] {
    return [...this.#classes.keys()];
  }

  /** `--class "order.place=POST /api/orders"`, one each. */
  get options(): readonly string[] {
    return [...this.#classes].map(([pattern, name]) => `--class "${name}=${pattern}"`);
  }

  /** A whole map of a log. */
  get mapLines(): readonly string[] {
    const named = requestClasses.flatMap((name) => {
      const own = [...this.#classes].filter(([, one]) => one === name).map(([pattern]) => JSON.stringify(pattern));
      return own.length === 0 ? [] : [`  ${name}: [${own.join(', ')}]`];
    });
    return ['version: 1', 'classes:', ...(named.length === 0 ? ['  ticker: ["GET /api/ticker"]'] : named)];
  }
}
