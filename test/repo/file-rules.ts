/** What every file of the house keeps to: length, name, words that must not stand in it, links that lead somewhere. */
import { posix } from 'node:path';
import type { HouseFile } from './house-files.js';
import { lineOf, maskTypeScript } from './source-mask.js';

export const LINES_MAX = 400;

/** Folders whose files are held to length and names. */
const sources = /^(?:harness|native|test)\//;

export function lengthFaults(files: readonly HouseFile[]): string[] {
  return files
    .filter(({ path }) => /^(?:harness|native)\/.*\.(?:m?ts|m?js|rs)$/.test(path))
    .map(({ path, text }) => ({ path, lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0) }))
    .filter(({ lines }) => lines > LINES_MAX)
    .map(({ path, lines }) => `${path} has ${lines} lines; above ${LINES_MAX} it is two files`);
}

const drawers = /^(?:utils?|commons?|helpers?|managers?|misc)$/;

export function nameFaults(paths: readonly string[]): string[] {
  const faults = new Set<string>();
  for (const path of paths) {
    const parts = path.split('/');
    for (const part of parts) {
      const words = part.split('.')[0]?.split(/[-_]/) ?? [];
      if (words.some((word) => drawers.test(word))) faults.add(`${path}: ${part} is a drawer; name what lies in it`);
    }
    if (!sources.test(path)) continue;
    const name = parts.at(-1) ?? '';
    if (/\.m?[tj]sx?$/.test(name) && !/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.test|\.d)?\.m?[tj]sx?$/.test(name)) {
      faults.add(`${path} is not in kebab-case`);
    }
    if (name.endsWith('.rs') && !/^[a-z0-9]+(?:_[a-z0-9]+)*\.rs$/.test(name))
      faults.add(`${path} is not in snake_case`);
  }
  return [...faults];
}

interface Word {
  readonly form: RegExp;
  readonly where: RegExp;
  readonly because: string;
}

/** Put together from parts, or this file would find itself. */
const words: readonly Word[] = [
  {
    form: new RegExp(`\\b(?:${['TO', 'DO'].join('')}|${['FIX', 'ME'].join('')}|${['XX', 'X'].join('')})\\b`, 'g'),
    where: /\.(?:m?[tj]s|rs|toml|ya?ml|md|json|sh)$|^\.ci\//,
    because: 'do it, or leave it out',
  },
  {
    form: new RegExp(`${['@ts', 'ignore'].join('-')}|${['@ts', 'nocheck'].join('-')}`, 'g'),
    where: /\.m?[tj]s$/,
    because: 'mend the type',
  },
  { form: new RegExp(['biome', 'ignore'].join('-'), 'g'), where: /./, because: 'mend the code, or the rule for all' },
  {
    form: /(?<![\w./:-])\/(?:work|root|tmp|home)\/[\w.-]/g,
    where: /^(?!test\/)/,
    because: 'it is a path of one machine',
  },
];

export function wordFaults(files: readonly HouseFile[]): string[] {
  return files.flatMap(({ path, text }) =>
    words
      .filter(({ where }) => where.test(path) && path !== 'package-lock.json')
      .flatMap(({ form, because }) =>
        [...text.matchAll(form)].map((match) => `${path}:${lineOf(text, match.index)}: "${match[0]}": ${because}`),
      ),
  );
}

/** Tests that are left out or alone, and tests of nothing. */
export function skipFaults(files: readonly HouseFile[]): string[] {
  const left = /\b(?:it|test|describe|suite)(?:\.\w+)*\.(?:skip|only|todo|fails)\b|\b(?:xit|xtest|xdescribe)\b/g;
  return files
    .filter(({ path }) => /^test\/.*\.test\.ts$/.test(path))
    .flatMap(({ path, text }) => {
      const { code } = maskTypeScript(text);
      const faults = [...code.matchAll(left)].map((match) => `${path}:${lineOf(text, match.index)}: ${match[0]}`);
      if (!/\b(?:expect|assert\w*)\s*[.(]/.test(code)) faults.push(`${path} asserts nothing`);
      return faults;
    });
}

/** Relative links of Markdown files that lead to no file, or to no heading of it. */
export function linkFaults(documents: readonly HouseFile[], paths: readonly string[]): string[] {
  const files = new Set(paths);
  const folders = new Set(paths.flatMap(foldersOf));
  const headings = new Map(documents.map((document) => [document.path, headingsOf(document.text)]));
  return documents.flatMap(({ path, text }) => {
    const prose = proseOf(text);
    return linksOf(prose).flatMap(({ target, place }) => {
      if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(target)) return [];
      const [file = '', anchor] = decodeURI(target).split('#');
      const full = file === '' ? path : posix.normalize(posix.join(posix.dirname(path), file)).replace(/\/$/, '');
      const where = `${path}:${lineOf(text, place)}`;
      if (!files.has(full) && !folders.has(full)) return [`${where}: ${target} leads nowhere`];
      const known = headings.get(full);
      if (anchor === undefined || known === undefined || known.has(anchor)) return [];
      return [`${where}: ${full} has no heading ${anchor}`];
    });
  });
}

/** Code blocks and code spans become spaces: what looks like a link in there is none. */
function proseOf(text: string): string {
  const blanked = (part: string): string => part.replace(/[^\n]/g, ' ');
  return text
    .replace(/^(?<fence> *(?:`{3,}|~{3,}))[^\n]*\n[\s\S]*?(?:^\k<fence>[^\n]*$|$(?![\s\S]))/gm, blanked)
    .replace(/(?<tick>`+)(?!`)[\s\S]*?[^`]\k<tick>(?!`)/g, blanked);
}

function linksOf(prose: string): { target: string; place: number }[] {
  const inline = /\]\(\s*<?([^\s)>]+)>?(?:\s+"[^"]*")?\s*\)/g;
  const reference = /^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)>?/gm;
  return [...prose.matchAll(inline), ...prose.matchAll(reference)].map((match) => ({
    target: match[1] ?? '',
    place: match.index,
  }));
}

/** Anchors as the big hosts make them: lower case, punctuation gone, spaces to hyphens. */
function headingsOf(text: string): ReadonlySet<string> {
  const fenceless = text.replace(/^(?<fence>`{3,})[^\n]*\n[\s\S]*?^\k<fence>$/gm, '');
  return new Set(
    [...fenceless.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map((match) =>
      (match[1] ?? '')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/\s/g, '-'),
    ),
  );
}

function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return ['.', ...parts.map((_, index) => parts.slice(0, index + 1).join('/'))];
}
