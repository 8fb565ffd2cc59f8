/**
 * What `nginx -T` prints -> one configuration: behind the main file stand the files that it includes, each once and below a line
 * `# configuration file PATH:`. Each takes the place of the directive that names it, as nginx reads it.
 */
import { dirname, isAbsolute, join } from 'node:path/posix';
import type { ForeignFaults } from './faults.js';
import { type Directive, parseNginx } from './nginx-config.js';

const marker = /^# configuration file (\/.*):$/;
/** Files that are put in their places at most, a file that is included often counted each time; nothing stands for the others. */
const JOINS_MAX = 10_000;

interface DumpedFile {
  readonly path: string;
  /** Of its first line, from 1. */
  readonly line: number;
  readonly directives: Directive[];
}

export function isNginxDump(text: string): boolean {
  return text.split(/\r?\n/, 1_000).some((line) => marker.test(line));
}

/** Directives keep their lines of the dump. A text that is no dump is read as it stands. */
export function readNginx(text: string, faults: ForeignFaults): readonly Directive[] {
  const lines = text.split('\n');
  const files = lines.flatMap((line, index): DumpedFile[] => {
    const path = marker.exec(line.replace(/\r$/, ''))?.[1];
    return path === undefined ? [] : [{ path, line: index + 1, directives: [] }];
  });
  const [main] = files;
  if (main === undefined) return parseNginx(text, faults);
  // Above stands at most what nginx says of its test, where both streams went into one file.
  const dumped = lines.map((line, index) => (index + 1 < main.line ? '' : line)).join('\n');
  for (const directive of parseNginx(dumped, faults)) {
    files.findLast(({ line }) => line < directive.line)?.directives.push(directive);
  }
  return new Joining(files, dirname(main.path)).joined(main.directives, []);
}

class Joining {
  readonly #files: readonly DumpedFile[];
  readonly #folder: string;
  #joins = 0;

  constructor(files: readonly DumpedFile[], folder: string) {
    this.#files = files;
    this.#folder = folder;
  }

  /** @param within - the files that are open: nginx would not read one that includes itself. */
  joined(directives: readonly Directive[], within: readonly DumpedFile[]): readonly Directive[] {
    return directives.flatMap((directive): readonly Directive[] => {
      const { name, args, block } = directive;
      const [wanted] = args;
      if (block !== null) return [{ ...directive, block: this.joined(block, within) }];
      if (name !== 'include' || wanted === undefined) return [directive];
      const pattern = isAbsolute(wanted) ? wanted : join(this.#folder, wanted);
      const isMask = /[*?[]/.test(pattern);
      const mask = isMask ? maskOf(pattern) : null;
      const found = this.#files.filter(({ path }) => mask?.test(path) ?? path === pattern);
      // A mask may fit nothing; a file that is named and not there was cut out of the dump.
      if (found.length === 0 && !isMask) return [directive];
      return found.flatMap((file) => {
        if (within.includes(file) || this.#joins >= JOINS_MAX) return [];
        this.#joins++;
        return this.joined(file.directives, [...within, file]);
      });
    });
  }
}

/** As glob(3): `*` and `?` stop at a slash. */
function maskOf(pattern: string): RegExp {
  const parts = pattern.split(/(\*|\?|\[!?[^\]]+\])/).map((part) => {
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    const set = /^\[(!?)([^\]]+)\]$/.exec(part);
    if (set !== null) return `[${set[1] === '!' ? '^' : ''}${(set[2] ?? '').replace(/[\\^]/g, '\\$&')}]`;
    return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`);
}
