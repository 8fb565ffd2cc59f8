/** Whether what an unmarked server answered can be what the actors' own API answers, or is spoken in another tongue. */
import type { Intent } from '../../actors/actor.js';
import { requestClasses } from '../../scenario/plan.js';

const PLACE = requestClasses.indexOf('order.place');

/** How codes of answers say that all is well: 0, "00000", 200, "200000", "ok". */
const fineCode = /^(?:0+|2\d\d|2\d\d000|ok|success)$/i;

/**
 * Whether a 2xx with this body is an admission in the actors' own API. Many APIs refuse with 200 and a code of their own,
 * and a proxy may answer with a page: neither says that a limit has let the request through.
 *
 * An order that was placed has an `orderId`; a batch is an array. Nothing is promised of other answers but that they are
 * empty or JSON: of these one that speaks of an error is none. What a recording asks of other paths has only its status.
 *
 * @param text - the whole body.
 */
export function isHouseAnswer(intent: Pick<Intent, 'path' | 'requestClass' | 'elements'>, text: string): boolean {
  if (!intent.path.startsWith('/v1/')) return true;
  const isOrder = intent.requestClass === PLACE;
  if (text.trim() === '') return !isOrder;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return false;
  }
  if (typeof body !== 'object' || body === null) return false;
  if (Array.isArray(body)) return !isOrder || intent.elements > 1;
  if (isOrder) return isId((body as { orderId?: unknown }).orderId);
  return !speaksOfError(body as Record<string, unknown>);
}

function isId(value: unknown): boolean {
  return (typeof value === 'string' && value !== '') || typeof value === 'number';
}

function speaksOfError({ error, errors, success, ok, code, retCode }: Record<string, unknown>): boolean {
  if (success === false || ok === false) return true;
  if (isSomething(error) || isSomething(errors)) return true;
  return [code, retCode].some((one) => one !== undefined && one !== null && !isFineCode(one));
}

/** Not of an object, whose text may be a member of its own. */
function isFineCode(code: unknown): boolean {
  return (typeof code === 'string' || typeof code === 'number') && fineCode.test(String(code));
}

function isSomething(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}
