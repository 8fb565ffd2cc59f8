/** Parts of a request target and of a form as they stand, nothing of them decoded. */
import type { Received } from '../profile.js';

export const FORM_TYPE = 'application/x-www-form-urlencoded';

/** The path without its query. */
export function barePath(path: string): string {
  const mark = path.indexOf('?');
  return mark < 0 ? path : path.slice(0, mark);
}

/** The query without its question mark, '' when there is none. */
export function queryOf(path: string): string {
  const mark = path.indexOf('?');
  return mark < 0 ? '' : path.slice(mark + 1);
}

/** Values of the parameter as they stand in a query or a form, not decoded; a name without `=` has the value ''. */
export function parameterValues(text: string, name: string): string[] {
  if (!text.includes(name)) return [];
  const start = `${name}=`;
  const parts = text.split('&').filter((part) => part === name || part.startsWith(start));
  return parts.map((part) => part.slice(start.length));
}

/** Whether the body is said to be a form, `a=1&b=2`. */
export function isForm({ headers }: Pick<Received, 'headers'>): boolean {
  const type = headers['content-type'];
  return isFormType(typeof type === 'string' ? type : null);
}

export function isFormType(contentType: string | null): boolean {
  // The two that nearly every request has are told at a glance.
  if (contentType === null || contentType === 'application/json') return false;
  if (contentType === FORM_TYPE) return true;
  return (contentType.split(';', 1)[0] as string).trim().toLowerCase() === FORM_TYPE;
}
