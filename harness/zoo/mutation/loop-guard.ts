/** Ends loops that a mutation has made endless, at the same turn on every machine. */
import { type Node, parse, type Statement } from 'acorn';
import { childrenOf } from './mutants.js';

/**
 * Turns of all loops of one module together. The kit asks a right limiter some hundred thousand times, and each call
 * turns a few times; a loop that does nothing but turn is there within a second.
 */
const TURNS_MAX = 10_000_000;

/** @returns the program, with every loop throwing an exception once there were `turnsMax` turns. */
export function withLoopGuard(source: string, turnsMax = TURNS_MAX): string {
  const insertions: { readonly at: number; readonly text: string }[] = [];
  const visit = (node: Node): void => {
    const body = loopBody(node);
    if (body !== null) {
      insertions.push({ at: body.start, text: `{ if (++$turns > ${turnsMax}) throw new Error('loops for ever'); ` });
      insertions.push({ at: body.end, text: ' }' });
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(parse(source, { ecmaVersion: 2023, sourceType: 'module' }));
  if (insertions.length === 0) return source;
  let guarded = source;
  // From the end to the start, so that what was put in moves no place that is still to come.
  for (const { at, text } of insertions.sort((a, b) => b.at - a.at)) {
    guarded = guarded.slice(0, at) + text + guarded.slice(at);
  }
  return `let $turns = 0; ${guarded}`;
}

function loopBody(node: Node): Node | null {
  const one = node as Statement;
  switch (one.type) {
    case 'ForStatement':
    case 'ForInStatement':
    case 'ForOfStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
      return one.body;
    default:
      return null;
  }
}
