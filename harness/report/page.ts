/** The saved page: a template with the data of its runs put in. */
import { FloodproofError } from '../errors.js';
import type { PageData } from './page-data.js';

/** Where the data stand, see `harness/web/page.html`. */
const place = /(<script\b[^>]*\bid="?page-data"?[^>]*>)\s*null\s*(<\/script>)/;
/**
 * What would end the script that the data stand in, or a line of it where U+2028 and U+2029 count as line ends; and the
 * marks that turn the direction of writing, for whoever looks at the file itself.
 */
const unsafe = /[<\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * Puts `data` into the page's template, as JSON that no text in it can break out of.
 *
 * @throws {FloodproofError} FP_PAGE_ABSENT when the template has no place for them, or more than one.
 */
export function renderPage(template: string, data: PageData): string {
  const places = [...template.matchAll(new RegExp(place, 'g'))].length;
  if (places !== 1) {
    const message = `the page's template has ${places} places for its data, and needs one`;
    throw new FloodproofError('FP_PAGE_ABSENT', message, { hint: 'build the page again: "npm run build:web"' });
  }
  const json = embeddedJson(data);
  // By a function: a dollar sign in a name is not a pattern.
  return template.replace(place, (_, open: string, close: string) => `${open}${json}${close}`);
}

/** JSON that may stand in a script element. */
function embeddedJson(data: unknown): string {
  return JSON.stringify(data).replace(unsafe, (character) => {
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
  });
}
