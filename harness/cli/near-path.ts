/** Which of the files that are there somebody meant with a path that is not. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, extname, isAbsolute, join, parse, sep } from 'node:path';
import { nearest } from '../scenario/nearest.js';
import { packageFile } from './package-file.js';

/** A folder with more entries is not searched: it is no folder of scenarios. */
const ENTRIES_MAX = 2_000;

/**
 * Paths that are there and are near to one that is not, best first, at most three; none when there is nothing near.
 * A name alone is also looked for among the scenarios and policies that come with the package.
 */
export function nearPaths(path: string): readonly string[] {
  const isName = basename(path) === path && ['', '.yaml', '.yml'].includes(extname(path));
  const found = nearBelow(isAbsolute(path) ? parse(path).root : '', partsOf(path));
  return (found.length > 0 || !isName ? found : nearInPackage(path)).slice(0, 3);
}

function partsOf(path: string): readonly string[] {
  return path.split(sep === '/' ? '/' : /[\\/]/).filter((part, index) => part !== '' && !(part === '.' && index === 0));
}

function nearBelow(folder: string, [part, ...rest]: readonly string[]): readonly string[] {
  if (part === undefined) return [];
  const next = join(folder, part);
  if (existsSync(next)) return nearBelow(next, rest);
  return nearByStem(part, entriesOf(folder === '' ? '.' : folder)).flatMap((name) => {
    const whole = join(folder, name, ...rest);
    // A folder that was meant may hold another name that is only near.
    return existsSync(whole) ? [whole] : nearBelow(join(folder, name), rest);
  });
}

function nearInPackage(name: string): readonly string[] {
  const folder = packageFile('scenarios');
  const paths = entriesOf(folder, true);
  const near = new Set(
    nearByStem(
      name,
      paths.map((path) => basename(path)),
    ),
  );
  return [...near].flatMap((one) => paths.filter((path) => basename(path) === one)).map((path) => join(folder, path));
}

/** Endings are not compared: two short names are not near because both end in .yaml. */
function nearByStem(name: string, names: readonly string[]): readonly string[] {
  const near = nearest(stemOf(name), [...new Set(names.map(stemOf))]);
  return near.flatMap((stem) => [...new Set(names.filter((one) => stemOf(one) === stem))]);
}

function stemOf(name: string): string {
  return name.startsWith('.') ? name : name.slice(0, name.length - extname(name).length);
}

function entriesOf(folder: string, recursive = false): readonly string[] {
  try {
    const names = readdirSync(folder, { encoding: 'utf8', recursive });
    return names.length > ENTRIES_MAX ? [] : names.sort();
  } catch {
    return [];
  }
}
