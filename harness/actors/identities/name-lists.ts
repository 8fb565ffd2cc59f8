/** Given and family names, in the spelling of user names: the lists of the library's English locale, kept as they come. */
import { en } from '@faker-js/faker';

export const givenNames: readonly string[] = spelled([
  ...(en.person?.first_name?.female ?? []),
  ...(en.person?.first_name?.male ?? []),
]);
export const familyNames: readonly string[] = spelled(en.person?.last_name?.generic ?? []);

function spelled(names: readonly string[]): readonly string[] {
  const plain = names.map((name) => name.toLowerCase().replaceAll(/[^a-z]/g, ''));
  return [...new Set(plain)].filter((name) => name !== '');
}
