/** How this program was called, so that a command which it prints can be copied and works. */
import { basename, dirname, relative, sep } from 'node:path';

/**
 * @param script - what was run: a link named `floodproof`, or the script itself.
 * @param folder - where the command will be given.
 */
export function ownCommand(script: string, folder: string): string {
  if (basename(script) !== 'floodproof') return `node ${quote(relative(folder, script))}`;
  // A link of a package's own node_modules is on no one's PATH.
  return dirname(script).endsWith(`node_modules${sep}.bin`) ? 'npx floodproof' : 'floodproof';
}

/** A path as a shell takes it. */
export function quote(path: string): string {
  return /^[\w./:@%+=,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
