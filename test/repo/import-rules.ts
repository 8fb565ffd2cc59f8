/** Which room of the house may import which, and what every import of a source file is. */
import { posix } from 'node:path';
import type { HouseFile } from './house-files.js';
import { lineOf, maskTypeScript } from './source-mask.js';

/** A room may also import itself and errors.ts. Rooms that are not in here do not exist. */
export const allowedEdges: Readonly<Record<string, readonly string[]>> = {
  core: [],
  native: ['core'],
  scenario: ['core', 'signing'],
  convert: ['core', 'scenario', 'signing'],
  invariants: ['core', 'native', 'signing'],
  signing: ['core'],
  actors: ['core', 'scenario', 'signing'],
  venue: ['core', 'scenario', 'signing', 'actors'],
  targets: ['core', 'native', 'scenario', 'signing', 'actors', 'venue'],
  judge: ['core', 'scenario', 'actors'],
  trace: ['core', 'scenario', 'actors', 'judge'],
  intake: ['core', 'scenario', 'actors', 'judge', 'trace'],
  capture: ['core', 'scenario', 'signing', 'actors', 'judge', 'trace', 'intake', 'targets'],
  engine: ['core', 'native', 'scenario', 'signing', 'actors', 'venue', 'targets', 'judge', 'trace'],
  gateway: ['core', 'native', 'scenario', 'signing', 'actors', 'venue'],
  bench: [
    'core',
    'native',
    'scenario',
    'signing',
    'actors',
    'venue',
    'targets',
    'judge',
    'trace',
    'intake',
    'engine',
    'gateway',
    'timeline',
    'watch',
  ],
  zoo: [
    'core',
    'native',
    'scenario',
    'signing',
    'actors',
    'venue',
    'targets',
    'judge',
    'trace',
    'engine',
    'gateway',
    'invariants',
  ],
  timeline: ['core', 'scenario', 'actors', 'judge'],
  compare: ['core', 'scenario', 'actors', 'judge', 'timeline'],
  report: ['core', 'scenario', 'actors', 'judge', 'timeline', 'compare', 'invariants'],
  web: ['report'],
  archive: ['core', 'scenario', 'actors', 'judge', 'timeline', 'engine'],
  watch: ['core', 'scenario', 'actors', 'judge', 'timeline', 'compare', 'report', 'engine'],
  plugins: ['core', 'native', 'scenario', 'signing', 'actors', 'venue', 'gateway'],
  cli: [
    'core',
    'native',
    'scenario',
    'signing',
    'actors',
    'venue',
    'targets',
    'judge',
    'trace',
    'intake',
    'convert',
    'capture',
    'engine',
    'gateway',
    'invariants',
    'zoo',
    'bench',
    'timeline',
    'compare',
    'archive',
    'watch',
    'report',
  ],
};

/** Files that stand in no room. */
const doors: Readonly<Record<string, readonly string[]>> = {
  'errors.ts': [],
  // Runs before anything is built or installed, so it can import nothing of the house.
  'setup.mjs': [],
  'index.ts': Object.keys(allowedEdges).filter((room) => room !== 'cli'),
};

export interface ImportSite {
  /** null: the argument of an import() is computed, so that nobody can tell what it is. */
  readonly specifier: string | null;
  readonly line: number;
}

/** The forms that load a module: static, dynamic, CommonJS, and the address of a worker's module. */
const loads =
  /(?:\bfrom|\bimport|\b(?:import|require|require\.resolve|import\.meta\.resolve)\s*\(|\bnew\s+URL\s*\()\s*$/;
/**
 * Where an import may be computed: the addon's path depends on the platform, a limiter to be measured or checked is one
 * that its caller names, as is a module that signs for somebody's own API, and mutants have no file.
 */
const computedImports =
  /^harness\/(?:native\/|bench\/limiters\/own-limiter\.ts$|cli\/own-adapter\.ts$|targets\/user\/user-module\.ts$|zoo\/mutation\/module-of\.ts$)/;
const computed = /\b(?:import|require)\s*\(\s*(?!['"`\s])/g;

export function importsOf(source: string): ImportSite[] {
  const { code, literals } = maskTypeScript(source);
  const sites: ImportSite[] = [];
  for (const { start, value } of literals) {
    const before = code.slice(Math.max(0, start - 80), start);
    if (!loads.test(before)) continue;
    if (/\bURL\s*\(\s*$/.test(before) && !/^\.{1,2}\/.*\.[cm]?[jt]s$/.test(value)) continue;
    sites.push({ specifier: value, line: lineOf(source, start) });
  }
  for (const match of code.matchAll(computed)) sites.push({ specifier: null, line: lineOf(source, match.index) });
  for (const match of code.matchAll(/\b(?:import|require)\s*\(\s*`[^`]*\$\{/g)) {
    sites.push({ specifier: null, line: lineOf(source, match.index) });
  }
  return sites;
}

/** The room of a file under harness/, or its name when it stands in none. */
export function roomOf(path: string): string {
  return path.split('/')[1] ?? '';
}

/** Every import that goes against the direction, and every file that has no place, in a sentence each. */
export function edgeFaults(files: readonly HouseFile[]): string[] {
  const known = new Set(files.map((file) => file.path));
  return files.filter((file) => file.path.startsWith('harness/')).flatMap((file) => faultsOf(file, known));
}

function faultsOf({ path, text }: HouseFile, known: ReadonlySet<string>): string[] {
  const room = roomOf(path);
  const isDoor = path.split('/').length === 2;
  const allowed = isDoor ? doors[room] : allowedEdges[room];
  if (allowed === undefined) return [`${path}: no such room; a new one needs a row in test/repo/import-rules.ts`];
  if (!/\.m?[jt]sx?$/.test(path)) return [];
  const faults: string[] = [];
  for (const { specifier, line } of importsOf(text)) {
    const place = `${path}:${line}`;
    if (specifier === null) {
      if (!computedImports.test(path)) faults.push(`${place}: a computed import; its direction can't be told`);
    } else if (specifier.startsWith('.')) {
      const fault = relativeFault(path, specifier, { room, isDoor, allowed, known });
      if (fault !== null) faults.push(`${place}: ${fault}`);
    } else if (specifier.startsWith('/') || specifier.startsWith('file:')) {
      faults.push(`${place}: ${specifier} is a path of this machine`);
    }
  }
  return faults;
}

interface Standing {
  readonly room: string;
  readonly isDoor: boolean;
  readonly allowed: readonly string[];
  readonly known: ReadonlySet<string>;
}

function relativeFault(path: string, specifier: string, { room, isDoor, allowed, known }: Standing): string | null {
  const target = posix.normalize(posix.join(posix.dirname(path), specifier));
  if (!target.startsWith('harness/')) {
    return room === 'native' && !isDoor ? null : `${specifier} leaves the harness; only native does, for its addon`;
  }
  const targetRoom = roomOf(target);
  const targetIsDoor = target.split('/').length === 2;
  const isCode = /\.(?:js|ts)$/.test(target);
  if (isCode && !['.ts', '.tsx'].some((ending) => known.has(target.replace(/\.[jt]s$/, ending))))
    return `${specifier} does not exist`;
  if (targetIsDoor) return targetRoom.startsWith('errors.') ? null : `${specifier} is the public door, for users only`;
  if (!isDoor && targetRoom === room) return null;
  return allowed.includes(targetRoom) ? null : `${room} must not import ${targetRoom} (${specifier})`;
}
