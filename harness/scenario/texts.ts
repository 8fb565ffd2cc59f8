/** Names and lines of text in files: nothing that could break a header, a log line or a terminal. */
import { accepted, complained, type Parsed, show } from './faults.js';

const NAME_LENGTH_MAX = 64;
const namePattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
// Controls, and the separators and direction marks that make a line look like another one.
export const unseenPattern = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;
const breaksPattern = /[\t\n\r]+/g;

function controlComplaint(text: string): Parsed<never> | null {
  const [first] = text.match(unseenPattern) ?? [];
  if (first === undefined) return null;
  const point = first.codePointAt(0) ?? 0;
  const shown = `U+${point.toString(16).toUpperCase().padStart(4, '0')}`;
  return complained('FP_TEXT_INVALID', `must not hold the control character ${shown}`);
}

/** kebab-case: names become file names, JUnit classes and parts of expectations. */
export function parseName(input: unknown): Parsed<string> {
  if (typeof input !== 'string') return complained('FP_TYPE_WRONG', `must be text, got ${show(input)}`, 'quote it');
  const control = controlComplaint(input);
  if (control !== null) return control;
  if (input.length > NAME_LENGTH_MAX) {
    return complained('FP_NAME_INVALID', `must be at most ${NAME_LENGTH_MAX} characters, got ${input.length}`);
  }
  if (!namePattern.test(input)) return complained('FP_NAME_INVALID', `must be kebab-case, got ${show(input)}`);
  return accepted(input);
}

/** One paragraph: line breaks of a folded YAML text become spaces. */
export function parseParagraph(input: unknown, lengthMax: number): Parsed<string> {
  if (typeof input !== 'string') return complained('FP_TYPE_WRONG', `must be text, got ${show(input)}`, 'quote it');
  const text = input.trim().replaceAll(breaksPattern, ' ');
  const control = controlComplaint(text);
  if (control !== null) return control;
  if (text === '') return complained('FP_TEXT_INVALID', 'must not be empty');
  if (text.length > lengthMax) {
    return complained('FP_TEXT_INVALID', `must be at most ${lengthMax} characters, got ${text.length}`);
  }
  return accepted(text);
}

/** A path of a file, as it stands. */
export function parsePath(input: unknown): Parsed<string> {
  if (typeof input !== 'string') return complained('FP_TYPE_WRONG', `must be a path, got ${show(input)}`, 'quote it');
  const control = controlComplaint(input);
  if (control !== null) return control;
  if (input === '' || input.length > 1024) {
    return complained('FP_TEXT_INVALID', `must have 1 to 1024 characters, got ${input.length}`);
  }
  return accepted(input);
}
