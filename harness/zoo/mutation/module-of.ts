/** Makes a module of a text, without a file. */

/** The forms of imports that a compiled module has. */
const relativeImport = /\b(from|import)(\s*)(['"])(\.{1,2}\/[^'"]+)\3/g;

/**
 * Loads a compiled module from its text; it stays in memory until the thread ends.
 *
 * @param source - an ECMAScript module.
 * @param base - address of the file that it stands for, from which its relative imports count.
 */
export async function moduleOf(source: string, base: string): Promise<Readonly<Record<string, unknown>>> {
  const absolute = source.replace(
    relativeImport,
    (_whole, word: string, space: string, quote: string, path: string) =>
      `${word}${space}${quote}${new URL(path, base).href}${quote}`,
  );
  return await import(`data:text/javascript,${encodeURIComponent(absolute)}`);
}
