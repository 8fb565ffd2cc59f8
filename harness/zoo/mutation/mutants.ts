/** All programs that differ from a right one in a single place. */
import { type Node, parse } from 'acorn';
import { editsOf, type MutationKind } from './edits.js';

export interface Mutant {
  /** Where and what, the same for the same source: `token-bucket.js 13:22 comparison: "<" to "<="`. */
  readonly id: string;
  readonly kind: MutationKind;
  /** The whole program, changed. */
  readonly source: string;
}

/** Characters of a changed text that an id shows. */
const SHOWN = 60;

/**
 * Mutants in the order of their places.
 *
 * @param file - name for the ids.
 * @param source - an ECMAScript module.
 * @throws SyntaxError when it is none.
 */
export function mutantsOf(file: string, source: string): Mutant[] {
  const program = parse(source, { ecmaVersion: 2023, sourceType: 'module' });
  const mutants: Mutant[] = [];
  const visit = (node: Node): void => {
    for (const edit of editsOf(node, source)) {
      const was = source.slice(edit.start, edit.end);
      const id = `${file} ${placeOf(source, edit.start)} ${edit.kind}: "${shorten(was)}" to "${shorten(edit.becomes)}"`;
      mutants.push({
        id,
        kind: edit.kind,
        source: source.slice(0, edit.start) + edit.becomes + source.slice(edit.end),
      });
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(program);
  return mutants;
}

function placeOf(source: string, index: number): string {
  const before = source.slice(0, index).split('\n');
  return `${before.length}:${(before.at(-1) ?? '').length + 1}`;
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}...` : line;
}

/** Nodes right below: every property that is one, or a list of them. */
export function childrenOf(node: Node): Node[] {
  return Object.values(node)
    .flat()
    .filter((value): value is Node => typeof value === 'object' && value !== null && typeof value.type === 'string');
}
