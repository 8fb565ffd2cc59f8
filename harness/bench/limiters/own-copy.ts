/**
 * Code of its own for each rival. V8 keeps what it has learned of a function with its source: through one that rivals
 * share it would call by what it has seen of all of them, and the first to be measured would look best.
 */
let copies = 0;

/** @param source - an expression, which sees globals and nothing else. */
export function compileApart(source: string): unknown {
  copies += 1;
  // The number makes another source of it; of the same one V8 would find what it has compiled already.
  return new Function(`/* ${copies} */ return ${source};`)();
}

/**
 * A copy of `make` that V8 has not seen before.
 *
 * @param make - refers to nothing but its arguments and globals, since a copy has another scope.
 */
export function ownCopy<Make extends (...args: never[]) => unknown>(make: Make): Make {
  return compileApart(make.toString()) as Make;
}
