/** The scenarios that come with the package, and how some of many are chosen. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FloodproofError } from '../errors.js';
import { isAdapterText, isPolicyText } from '../scenario/file-kind.js';
import { nearest } from '../scenario/nearest.js';
import type { Plan } from '../scenario/plan.js';
import type { LoadOptions, ScenarioSet } from '../scenario/scenario.js';
import type { WaitingScenario } from '../scenario/waiting.js';
import { expandPaths, fileReader } from './file-reader.js';
import { loadScenarios } from './load.js';
import { meantPath, packageFile } from './package-file.js';

/** Folders of the catalogue that hold no scenarios. */
const otherFolders: ReadonlySet<string> = new Set(['adapters', 'policies', 'templates']);
/** Deeper folders are not looked into. */
const DEPTH_MAX = 4;
const KNOWN_SHOWN = 24;

/** All scenarios that come with the package. */
export function catalogueFiles(): readonly string[] {
  return scenariosBelow(packageFile('scenarios'));
}

/**
 * The scenario files that paths mean: a file is itself, a folder all scenarios in it and in the folders within.
 * @throws {FloodproofError} FP_FILE_UNREADABLE, or FP_FILE_EMPTY for a folder without such files.
 */
export function scenariosWithin(paths: readonly string[]): readonly string[] {
  return within(paths, scenariosBelow);
}

/** The same with policies and templates: all that can have faults. @throws {FloodproofError} as above. */
export function allWithin(paths: readonly string[]): readonly string[] {
  return within(paths, (folder) => filesBelow(folder, new Set(), DEPTH_MAX));
}

function within(paths: readonly string[], below: (folder: string) => readonly string[]): readonly string[] {
  return paths.map(meantPath).flatMap((path) => {
    const found = isFolder(path) ? below(path) : [];
    // What is no folder, or holds nothing, is told as it is anywhere else.
    return found.length > 0 ? found : expandPaths([path]);
  });
}

function isFolder(path: string): boolean {
  try {
    readdirSync(path);
    return true;
  } catch {
    return false;
  }
}

function scenariosBelow(folder: string): readonly string[] {
  return filesBelow(folder, otherFolders, DEPTH_MAX).filter((path) => {
    const text = fileReader.read(path);
    return !isPolicyText(path, text) && !isAdapterText(path, text);
  });
}

function filesBelow(folder: string, leftOut: ReadonlySet<string>, depth: number): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const { name } = entry;
    const path = join(folder, name);
    if (!entry.isDirectory()) return /\.ya?ml$/.test(name) ? [path] : [];
    const isSkipped = depth === 0 || leftOut.has(name) || name.startsWith('.') || name === 'node_modules';
    return isSkipped ? [] : filesBelow(path, leftOut, depth - 1);
  });
}

/** Which scenarios are wanted; null = whatever there is. */
export interface Choice {
  readonly tag: string | null;
  /** An id of a public catalogue; one of a technique stands for its sub-techniques too. */
  readonly maps: string | null;
}

/**
 * The scenarios of these paths, or of the catalogue, that are wanted.
 * @throws {FloodproofError} FP_USAGE for a tag or an id that none of them has; what loading throws.
 */
export function chooseScenarios(paths: readonly string[], choice: Choice, options?: LoadOptions): ScenarioSet {
  const files = paths.length === 0 ? catalogueFiles() : scenariosWithin(paths);
  const { plans, waiting } = loadScenarios(files, options);
  assertKnown(
    'tag',
    choice.tag,
    [...plans, ...waiting].flatMap(({ tags }) => tags),
  );
  assertKnown(
    'id',
    choice.maps,
    [...plans, ...waiting].flatMap(({ maps }) => maps.flatMap(withTechnique)),
  );
  const isWanted = ({ tags, maps }: Plan | WaitingScenario): boolean =>
    (choice.tag === null || tags.includes(choice.tag)) &&
    (choice.maps === null || maps.flatMap(withTechnique).includes(choice.maps));
  return { plans: plans.filter(isWanted), waiting: waiting.filter(isWanted) };
}

/** T1110.004 is one of T1110. */
function withTechnique(id: string): readonly string[] {
  const [technique = id] = id.split('.');
  return technique === id ? [id] : [id, technique];
}

function assertKnown(what: string, wanted: string | null, all: readonly string[]): void {
  if (wanted === null || all.includes(wanted)) return;
  const known = [...new Set(all)].sort();
  const near = nearest(wanted, known);
  const shown = known.length > KNOWN_SHOWN ? [...known.slice(0, KNOWN_SHOWN), '...'] : known;
  const listed =
    known.length === 0
      ? `none of these scenarios has ${what === 'id' ? 'an' : 'a'} ${what}`
      : `known here: ${shown.join(', ')}`;
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}? ${listed}` : listed;
  throw new FloodproofError('FP_USAGE', `no scenario has the ${what} "${wanted}"`, { hint });
}
