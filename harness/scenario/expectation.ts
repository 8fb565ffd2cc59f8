/**
 * Expectations: SUBJECT.METRIC [in PHASE] OPERATOR VALUE [(95%)], where VALUE is a number in the metric's unit,
 * `2x PHASE` (the same metric in another phase), or max(...) or min(...) of such values.
 */
import { parseDuration } from './durations.js';
import { type Complaint, type FaultCode, show } from './faults.js';
import { type MetricName, type MetricUnit, metricNames, metricTable } from './metrics.js';
import { nearest, proposal } from './nearest.js';
import { parseRatio } from './numbers.js';
import type { Expectation, ExpectedValue, Label } from './plan.js';

/** What an expectation may name. */
export interface ExpectationScope {
  readonly phases: readonly string[];
  readonly actors: readonly { readonly name: string; readonly label: Label | null }[];
}

export type ExpectationReading =
  | { readonly ok: true; readonly expectation: Expectation }
  /** `offset`: characters from the start of the text. */
  | { readonly ok: false; readonly complaint: Complaint; readonly offset: number };

/** Words that stand for several actors. */
export const groupSubjects = ['legit', 'abuse', 'all'] as const;

const unitExamples: Readonly<Record<MetricUnit, { readonly what: string; readonly example: string }>> = {
  us: { what: 'a duration', example: '"50ms"' },
  ratio: { what: 'a ratio', example: '"0.1%" or "0.001"' },
  count: { what: 'a number', example: '"100"' },
  cells: { what: 'a number of cells', example: '"0"' },
  perSecond: { what: 'a rate per second', example: '"100" or "100/s"' },
};

const NESTING_MAX = 4;
// Linear: every alternative begins with another character.
const tokenPattern = /\s*(?:([<>]=?|==)|([(),])|(\d{1,15}(?:\.\d{1,9})?)(%|\/s|[a-zA-Z]+)?|([a-zA-Z][a-zA-Z0-9.-]*))/y;

interface Token {
  readonly kind: 'operator' | 'mark' | 'number' | 'word';
  readonly text: string;
  /** Of a number: what stands behind it without a blank. */
  readonly unit: string;
  readonly offset: number;
}

/** Thrown and caught in this file alone: reading an expectation ends at its first fault. */
class Unreadable extends Error {
  readonly complaint: Complaint;
  readonly offset: number;

  constructor(code: FaultCode, message: string, offset: number, hint?: string) {
    super(message);
    this.complaint = hint === undefined ? { code, message } : { code, message, hint };
    this.offset = offset;
  }
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  tokenPattern.lastIndex = 0;
  const end = text.trimEnd().length;
  while (tokenPattern.lastIndex < end) {
    const from = tokenPattern.lastIndex;
    const match = tokenPattern.exec(text);
    if (match === null) {
      const offset = from + (text.slice(from).length - text.slice(from).trimStart().length);
      throw new Unreadable('FP_EXPECTATION_INVALID', `cannot be read from ${show(text.slice(offset))} on`, offset);
    }
    const [whole, operator, mark, number, unit = '', word] = match;
    const kind =
      operator !== undefined ? 'operator' : mark !== undefined ? 'mark' : number !== undefined ? 'number' : 'word';
    const body = operator ?? mark ?? number ?? word ?? '';
    tokens.push({ kind, text: body, unit, offset: from + whole.length - body.length - unit.length });
  }
  return tokens;
}

class ExpectationReader {
  readonly #text: string;
  readonly #scope: ExpectationScope;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string, scope: ExpectationScope) {
    this.#text = text;
    this.#scope = scope;
    this.#tokens = tokensOf(text);
  }

  read(): Expectation {
    const name = this.#take('word', undefined, 'SUBJECT.METRIC');
    const { subject, metric } = this.#subjectAndMetric(name);
    let phase: string | null = null;
    if (this.#peek()?.text === 'in') {
      this.#at += 1;
      phase = this.#phase();
    }
    const operator = this.#take('operator', undefined, '<=, <, >=, > or ==').text as Expectation['operator'];
    const wanted = this.#value(metric, 0);
    const wholeInterval = this.#interval();
    const rest = this.#peek();
    if (rest !== undefined) {
      const message = `has ${show(this.#text.slice(rest.offset))} behind its end`;
      throw new Unreadable('FP_EXPECTATION_INVALID', message, rest.offset);
    }
    return { text: this.#text.trim(), subject, metric, phase, operator, wanted, wholeInterval };
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #take(kind: Token['kind'], text: string | undefined, wanted: string): Token {
    const token = this.#peek();
    if (token === undefined || token.kind !== kind || (text !== undefined && token.text !== text)) {
      const offset = token?.offset ?? this.#text.trimEnd().length;
      const got =
        token === undefined
          ? 'the end'
          : show(this.#text.slice(offset, offset + token.text.length + token.unit.length));
      throw new Unreadable('FP_EXPECTATION_INVALID', `needs ${wanted} here, got ${got}`, offset);
    }
    this.#at += 1;
    return token;
  }

  #subjectAndMetric(token: Token): { subject: string; metric: MetricName } {
    const dot = token.text.indexOf('.');
    const subject = dot < 0 ? token.text : token.text.slice(0, dot);
    this.#checkSubject(subject, token.offset);
    const metric = dot < 0 ? '' : token.text.slice(dot + 1);
    const known = metricNames.find((name) => name === metric);
    if (known !== undefined) return { subject, metric: known };
    const near = nearest(metric, metricNames);
    const hint = near.length > 0 ? proposal(metric, metricNames) : `metrics: ${metricNames.join(', ')}`;
    const offset = token.offset + (dot < 0 ? subject.length : dot + 1);
    const message = metric === '' ? 'needs a metric behind the subject' : `has no metric ${show(metric)}`;
    throw new Unreadable('FP_METRIC_UNKNOWN', message, offset, hint);
  }

  #checkSubject(subject: string, offset: number): void {
    const { actors } = this.#scope;
    if (subject === 'all' || actors.some(({ name }) => name === subject)) return;
    if (subject === 'legit' || subject === 'abuse') {
      // An actor whose label can't be read may have this one.
      if (actors.some(({ label }) => label === subject || label === null)) return;
      throw new Unreadable('FP_REFERENCE_UNKNOWN', `is about ${subject}, but no actor has that label`, offset);
    }
    const known = [...groupSubjects, ...actors.map(({ name }) => name)];
    throw new Unreadable('FP_REFERENCE_UNKNOWN', `has no subject ${show(subject)}`, offset, proposal(subject, known));
  }

  #phase(): string {
    const token = this.#take('word', undefined, 'the name of a phase');
    if (this.#scope.phases.includes(token.text)) return token.text;
    const hint = proposal(token.text, this.#scope.phases);
    throw new Unreadable('FP_REFERENCE_UNKNOWN', `has no phase ${show(token.text)}`, token.offset, hint);
  }

  #value(metric: MetricName, nesting: number): ExpectedValue {
    const token = this.#peek();
    if (token?.kind === 'word' && (token.text === 'max' || token.text === 'min')) {
      this.#at += 1;
      if (nesting === NESTING_MAX) {
        throw new Unreadable('FP_EXPECTATION_INVALID', `nests more than ${NESTING_MAX} deep`, token.offset);
      }
      return { kind: token.text, values: this.#list(metric, nesting + 1) };
    }
    const number = this.#take('number', undefined, 'a value');
    if (number.unit !== 'x') return { kind: 'number', value: this.#number(metric, number) };
    const factor = Number(number.text);
    if (factor === 0) throw new Unreadable('FP_EXPECTATION_INVALID', 'must have a factor above 0', number.offset);
    return { kind: 'relative', factor, phase: this.#phase() };
  }

  #list(metric: MetricName, nesting: number): readonly ExpectedValue[] {
    this.#take('mark', '(', '"("');
    const values = [this.#value(metric, nesting)];
    while (this.#peek()?.text === ',') {
      this.#at += 1;
      values.push(this.#value(metric, nesting));
    }
    this.#take('mark', ')', '"," or ")"');
    return values;
  }

  #number(metric: MetricName, token: Token): number {
    const { unit } = metricTable[metric];
    // "5 min" is one value: the unit stands as a word of its own behind the number.
    const next = this.#peek();
    const isApart = token.unit === '' && next?.kind === 'word';
    if (isApart) this.#at += 1;
    const written = isApart ? `${token.text} ${next.text}` : `${token.text}${token.unit}`;
    const behind = isApart ? next.text : token.unit;
    const { what, example } = unitExamples[unit];
    if (unit === 'us') {
      const parsed = parseDuration(written, { minUs: 0, maxUs: Number.MAX_SAFE_INTEGER });
      if (parsed.ok) return parsed.value;
      const hint = behind === '' ? `write the unit, for example "${token.text}ms"` : parsed.complaint.hint;
      throw new Unreadable('FP_UNIT_MISMATCH', `needs a duration for ${metric}, got "${written}"`, token.offset, hint);
    }
    if (unit === 'ratio' && behind === '%') {
      const parsed = parseRatio(written, { min: 0, max: Number.MAX_SAFE_INTEGER });
      if (parsed.ok) return parsed.value;
    }
    if (behind === '' || (unit === 'perSecond' && behind === '/s')) return Number(token.text);
    const message = `needs ${what} for ${metric}, got "${written}"`;
    throw new Unreadable('FP_UNIT_MISMATCH', message, token.offset, `write for example ${example}`);
  }

  #interval(): boolean {
    if (this.#peek()?.text !== '(') return false;
    this.#at += 1;
    const level = this.#take('number', undefined, '95%');
    if (level.text !== '95' || level.unit !== '%') {
      const message = `knows the interval (95%) only, got "(${level.text}${level.unit})"`;
      throw new Unreadable('FP_EXPECTATION_INVALID', message, level.offset);
    }
    this.#take('mark', ')', '")"');
    return true;
  }
}

/** Reads one expectation; complaints point into the text. */
export function parseExpectation(text: string, scope: ExpectationScope): ExpectationReading {
  try {
    return { ok: true, expectation: new ExpectationReader(text, scope).read() };
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, complaint: error.complaint, offset: error.offset };
    throw error;
  }
}
