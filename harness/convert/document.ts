/** A foreign YAML or JSON document, with the line of everything in it. */
import { entriesOf, listOf, type Path, readYaml, type YamlSource } from '../scenario/yaml-source.js';
import type { ForeignFaults, Place } from './faults.js';

/** One value of a document, wherever it stands. */
export class DocumentNode {
  readonly value: unknown;
  readonly path: Path;
  readonly #source: YamlSource;

  constructor(source: YamlSource, value: unknown, path: Path) {
    this.#source = source;
    this.value = value;
    this.path = path;
  }

  /** Where it begins; of a mapping its first key. */
  get place(): Place {
    const { line, column } = this.#source.fault(this.path, { code: 'FP_TYPE_WRONG', message: '' });
    return { line, column };
  }

  get text(): string | null {
    return typeof this.value === 'string' ? this.value : null;
  }

  /** A member; its value is undefined where there is none. */
  at(...keys: readonly string[]): DocumentNode {
    let value: unknown = this.value;
    for (const key of keys) {
      const members = entriesOf(value);
      value = Object.hasOwn(members, key) ? members[key] : undefined;
    }
    return new DocumentNode(this.#source, value, [...this.path, ...keys]);
  }

  get items(): readonly DocumentNode[] {
    return listOf(this.value).map((value, index) => new DocumentNode(this.#source, value, [...this.path, index]));
  }

  get members(): readonly (readonly [string, DocumentNode])[] {
    return Object.entries(entriesOf(this.value)).map(([key, value]) => {
      return [key, new DocumentNode(this.#source, value, [...this.path, key])];
    });
  }

  /** Itself and everything in it, the outer before the inner. */
  *everything(): Generator<DocumentNode> {
    yield this;
    for (const item of this.items) yield* item.everything();
    for (const [, member] of this.members) yield* member.everything();
  }
}

/** @returns null when the text can't be read; its faults are among `faults` then. */
export function readDocument(file: string, text: string, faults: ForeignFaults): DocumentNode | null {
  const { source, faults: found } = readYaml(file, text);
  faults.all.push(...found);
  return source === null || found.length > 0 ? null : new DocumentNode(source, source.value, []);
}
