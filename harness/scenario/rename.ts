/** A scenario's text under another name and in another place: everything else stays as it is written, comments too. */
import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Path } from './yaml-source.js';

export interface Renaming {
  readonly name: string;
  /** A path that the file names -> the same file, from where the new one stands. */
  readonly movePath: (path: string) => string;
}

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** @param text - A scenario file that can be read. */
export function renameScenario(text: string, { name, movePath }: Renaming): string {
  const document = parseDocument(text);
  const edits: Edit[] = [];
  const replace = (path: Path, change: (value: string) => string): void => {
    const node = document.getIn(path, true);
    if (!isScalar(node) || typeof node.value !== 'string' || node.range == null) return;
    const [from, to] = node.range;
    edits.push({ from, to, text: quoted(change(node.value)) });
  };
  replace(['name'], () => name);
  replace(['policy'], movePath);
  replace(['weak', 'policy'], movePath);
  const actors = document.get('actors');
  const count = isSeq(actors) ? actors.items.filter(isMap).length : 0;
  for (let index = 0; index < count; index++) {
    replace(['actors', index, 'arrivals', 'file'], movePath);
    replace(['actors', index, 'who', 'trace'], movePath);
  }
  const moved = edits
    .toSorted((a, b) => b.from - a.from)
    .reduce((result, { from, to, text: put }) => result.slice(0, from) + put + result.slice(to), text);
  return moved.replace(/^(# yaml-language-server: \$schema=)(\S+)$/m, (_, head, path) => head + movePath(path));
}

/** A plain word as it is, anything else in quotes that YAML reads back as it was. */
function quoted(text: string): string {
  return /^[\w./][\w./-]*$/.test(text) ? text : JSON.stringify(text);
}
