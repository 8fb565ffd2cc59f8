/** What a machine changes in one place of a program: for each kind of node, what is put in its stead. */
import type { Expression, Node, Statement } from 'acorn';

export type MutationKind = 'comparison' | 'arithmetic' | 'constant' | 'branch' | 'logic' | 'rounding' | 'removal';

/** One change: the text between `start` and `end` becomes `becomes`. */
export interface Edit {
  readonly kind: MutationKind;
  /** Index of the first character. */
  readonly start: number;
  /** Index after the last character. */
  readonly end: number;
  readonly becomes: string;
}

const comparisons: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '==': '!=',
  '!=': '==',
};
const arithmetic: Readonly<Record<string, string>> = {
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '*',
  '+=': '-=',
  '-=': '+=',
  '*=': '/=',
  '/=': '*=',
};
const logic: Readonly<Record<string, string>> = { '&&': '||', '||': '&&' };
/** Functions of `Math` that are confused with each other. */
const roundings: Readonly<Record<string, string>> = {
  floor: 'ceil',
  ceil: 'floor',
  round: 'floor',
  min: 'max',
  max: 'min',
};

/** Every change of this one node, of those below it none. */
export function editsOf(node: Node, source: string): Edit[] {
  // What acorn hands out is one of its own kinds of node; the type `Node` says no more than where it stands.
  const one = node as Expression | Statement;
  switch (one.type) {
    case 'BinaryExpression':
    case 'AssignmentExpression':
      return [
        ...operatorEdits('comparison', comparisons, one, source),
        ...operatorEdits('arithmetic', arithmetic, one, source),
      ];
    case 'LogicalExpression':
      return operatorEdits('logic', logic, one, source);
    case 'Literal':
      return literalEdits(one.value, one, source);
    case 'UnaryExpression':
      if (one.operator !== '!' && one.operator !== '-') return [];
      return [
        { kind: one.operator === '!' ? 'logic' : 'arithmetic', ...span(one), becomes: textOf(one.argument, source) },
      ];
    case 'IfStatement':
    case 'WhileStatement':
      return ['true', 'false'].map((becomes) => ({ kind: 'branch', ...span(one.test), becomes }));
    case 'ConditionalExpression': {
      const [test, yes, no] = [one.test, one.consequent, one.alternate].map((part) => textOf(part, source));
      return [{ kind: 'branch', ...span(one), becomes: `${test} ? (${no}) : (${yes})` }];
    }
    case 'CallExpression':
      return roundingEdits(one.callee);
    case 'ExpressionStatement':
      return [{ kind: 'removal', ...span(one), becomes: ';' }];
    default:
      return [];
  }
}

function span({ start, end }: Node): { readonly start: number; readonly end: number } {
  return { start, end };
}

function textOf({ start, end }: Node, source: string): string {
  return source.slice(start, end);
}

/** The operator stands between its two sides, where there may be brackets and comments as well. */
function operatorEdits(
  kind: MutationKind,
  table: Readonly<Record<string, string>>,
  { left, right, operator }: { readonly left: Node; readonly right: Node; readonly operator: string },
  source: string,
): Edit[] {
  const becomes = Object.hasOwn(table, operator) ? table[operator] : undefined;
  if (becomes === undefined) return [];
  const between = source
    .slice(left.end, right.start)
    .replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, (comment) => ' '.repeat(comment.length));
  const start = left.end + between.indexOf(operator);
  return [{ kind, start, end: start + operator.length, becomes }];
}

function literalEdits(value: unknown, node: Node, source: string): Edit[] {
  if (typeof value === 'boolean') return [{ kind: 'constant', ...span(node), becomes: String(!value) }];
  const isBig = typeof value === 'bigint';
  if (!isBig && typeof value !== 'number') return [];
  const end = isBig ? 'n' : '';
  const next = isBig ? value + 1n : value + 1;
  const others = Number(value) === 0 ? [`${next}${end}`] : [`${next}${end}`, `0${end}`];
  return others
    .filter((text) => text !== textOf(node, source))
    .map((becomes) => ({ kind: 'constant', ...span(node), becomes }));
}

function roundingEdits(callee: Node): Edit[] {
  const member = callee as Expression;
  if (member.type !== 'MemberExpression' || member.object.type !== 'Identifier' || member.object.name !== 'Math')
    return [];
  const { property } = member;
  if (property.type !== 'Identifier' || !Object.hasOwn(roundings, property.name)) return [];
  return [{ kind: 'rounding', ...span(property), becomes: String(roundings[property.name]) }];
}
