/** Faults of documents that are not ours, with their places: all of a document at once, as with files of our own. */
import type { Fault } from '../errors.js';

const hints = {
  FP_FOREIGN_SYNTAX: 'mend the text; the program that it is for would not read it either',
  FP_FOREIGN_VALUE: 'write a value that the program itself would take',
  FP_FOREIGN_REFERENCE: 'define what is named, or take the reference out',
  FP_FOREIGN_KIND: 'say what the file is with --from nginx, envoy or kong',
} as const;
export type ForeignCode = keyof typeof hints;

/** Where something stands, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export class ForeignFaults {
  readonly all: Fault[] = [];
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  add(code: ForeignCode, { line, column }: Place, message: string, hint: string = hints[code]): void {
    this.all.push({ code, file: this.#file, line, column, message: visibleText(message), hint: visibleText(hint) });
  }
}

/** Text of a foreign document as it may stand in a message or a comment: one line, nothing that moves a cursor. */
export function visibleText(text: string): string {
  return text.replaceAll(/[^\x20-\x7e\u00a1-\u167f\u1681-\u1fff\u3001-\ud7ff]/gu, '?').slice(0, 400);
}
