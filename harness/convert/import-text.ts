/** Imported limits -> the text of a policy file. What `validate` would refuse is left out, and said. */
import type { Fault } from '../errors.js';
import { readPolicy } from '../scenario/policy.js';
import { visibleText } from './faults.js';
import { freeName, type Imported, type ImportedLimit, type ImportNote } from './imported.js';

const WIDTH = 118;

export interface PolicyText {
  readonly text: string;
  readonly limits: number;
  /** Everything that was not read, or not as it stands, in the order of the document. */
  readonly notes: readonly ImportNote[];
  /** Why the whole would not be valid; empty unless no limit is left. */
  readonly faults: readonly Fault[];
}

/** @param file - the document's name, as it is told in the comments. */
export function policyText(file: string, imported: Imported): PolicyText {
  const notes = [...imported.notes];
  const taken = new Set<string>();
  const limits: { readonly name: string; readonly limit: ImportedLimit }[] = [];
  for (const limit of imported.limits) {
    const fault = faultOf(limit);
    if (fault === null) limits.push({ name: freeName(limit.name, taken), limit });
    else {
      const line = Number(/^line (\d+)/.exec(limit.origin[0] ?? '')?.[1] ?? 0);
      const text = `"${visibleText(limit.name)}" is left out: ${fault.message} (${fault.hint})`;
      notes.push({ place: line === 0 ? null : { line, column: 1 }, text });
    }
  }
  notes.sort((a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0));
  const isKeyed = limits.some(({ limit }) => needsKey(limit));
  const text = `${[
    ...head(file, imported, notes),
    'version: 1',
    `name: ${freeName(`imported from ${imported.source}`, new Set())}`,
    ...(isKeyed ? authLines() : []),
    ...ipLines(imported),
    ...settingLines(imported),
    '',
    'limits:',
    ...limits.flatMap(({ name, limit }) => limitLines(name, limit)),
  ].join('\n')}\n`;
  return { text, limits: limits.length, notes, faults: readPolicy(file, text).faults };
}

function head(file: string, { source }: Imported, notes: readonly ImportNote[]): readonly string[] {
  const lines = comment(`From ${visibleText(file)} (${source}). Each limit says which lines it comes from.`, '');
  if (notes.length === 0) return lines;
  return [
    ...lines,
    '#',
    '# Not read, or not as it stands there:',
    ...notes.flatMap((note) => comment(noteText(note), '', '- ')),
  ];
}

export function noteText({ place, text }: ImportNote): string {
  return visibleText(place === null ? text : `line ${place.line}: ${text}`);
}

function authLines(): readonly string[] {
  return [
    '',
    ...comment(
      'Limits by key need requests that carry one. Say here how yours are signed: "bearer" is a guess, and so are the classes.',
      '',
    ),
    'auth: { profile: bearer, signed: [account, order.place, order.amend, order.cancel, order.list] }',
  ];
}

function ipLines({ clientIp }: Imported): readonly string[] {
  return clientIp === null ? [] : ['', ...comment(clientIp.because, ''), `clientIp: ${clientIp.value}`];
}

function settingLines({ resolution, nodesBecause, slackBecause }: Imported): readonly string[] {
  const lines = ['', ...comment(resolution.because, ''), `resolution: ${resolution.value}`];
  if (nodesBecause !== null) lines.push(...comment(nodesBecause, ''), 'nodes: 1');
  if (slackBecause !== null) lines.push(...comment(slackBecause, ''), 'slack: 0');
  return lines;
}

function needsKey({ by }: ImportedLimit): boolean {
  return by.includes('key') || by.includes('account');
}

function limitLines(name: string, limit: ImportedLimit): readonly string[] {
  const { match, by, family, numbers, isShadow, maxKeys } = limit;
  const [only, ...more] = by;
  return [
    ...limit.origin.flatMap((line) => comment(line, '  ')),
    `  - name: ${name}`,
    `    match: ${match === '*' ? '"*"' : `[${match.join(', ')}]`}`,
    `    by: ${only === undefined ? 'global' : more.length === 0 ? only : `[${by.join(', ')}]`}`,
    ...(limit.isWholeAddress && by.includes('ip') ? ['    prefix: { v4: 32, v6: 128 }'] : []),
    `    family: ${family}`,
    ...numbers.map(({ key, value }) => `    ${key}: ${value}`),
    ...(isShadow ? ['    shadow: true'] : []),
    ...(maxKeys === null || by.length === 0 ? [] : [`    maxKeys: ${maxKeys}`]),
  ];
}

/** What is wrong with a limit by itself; null when nothing is. */
function faultOf(limit: ImportedLimit): Fault | null {
  const lines = [
    'version: 1',
    'name: one',
    ...(needsKey(limit) ? authLines() : []),
    'limits:',
    ...limitLines('one', limit),
  ];
  return readPolicy('', lines.join('\n')).faults[0] ?? null;
}

/** Wrapped to the width of a file; the lines after the first are indented under it. */
export function comment(text: string, indent: string, mark = ''): readonly string[] {
  const lines: string[] = [];
  let line = `${indent}# ${mark}`;
  const next = `${indent}# ${' '.repeat(mark.length)}`;
  let isEmpty = true;
  for (const word of visibleText(text).split(' ')) {
    if (!isEmpty && line.length + word.length + 1 > WIDTH) {
      lines.push(line);
      line = next;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].map((one) => one.trimEnd());
}
