/** How an adapter's rules read an answer: what came of the request, who says so, and when to come back. */
import { Outcome } from '../../../actors/outcome.js';
import type {
  Adapter,
  Condition,
  LimitSource,
  Match,
  OutcomeRule,
  OutcomeWord,
  Pointer,
  Source,
  WaitSource,
} from '../../../scenario/adapter.js';
import type { RequestClass } from '../../../scenario/plan-policy.js';
import { outcomeOfStatus } from '../answer.js';

export interface RawAnswer {
  readonly status: number;
  readonly requestClass: RequestClass;
  readonly isSigned: boolean;
  /** By lower-case name; undefined = there is none. */
  readonly header: (name: string) => string | undefined;
  /** The body's text; '' when it was not kept. */
  readonly text: string;
}

export interface Reading {
  readonly outcome: Outcome;
  /** Name of the limit that spoke, '' = not told. */
  readonly limit: string;
  /** -1 = not told. */
  readonly retryAfterMs: number;
  /** Which rule decided, from 0; -1 = none did and the status told. */
  readonly rule: number;
  /** Who else answered, by the name that the adapter gives him; '' = nobody else that is known. */
  readonly other: string;
  /** Whether a refusal lacks the marks that the limiter's own have. */
  readonly isUnmarked: boolean;
}

const outcomeOfWord: Readonly<Record<OutcomeWord, Outcome>> = {
  admitted: Outcome.admitted,
  throttled: Outcome.throttled,
  never: Outcome.never,
  banned: Outcome.banned,
  refused: Outcome.refused,
  denied: Outcome.denied,
  unclear: Outcome.unclear,
  'server-error': Outcome.serverError,
};

/** What only the limiter or the verifier can rightly say. */
const refusals: ReadonlySet<Outcome> = new Set([
  Outcome.throttled,
  Outcome.never,
  Outcome.banned,
  Outcome.refused,
  Outcome.denied,
]);

const WAIT_MS_MAX = 0x7fffffff;

export class AnswerReader {
  readonly #adapter: Adapter;
  readonly #nowMs: () => number;
  /** Whether bodies of answers below 400 have to be kept. */
  readonly readsBodies: boolean;

  /** @param nowMs - Wall clock, for waits that are told as a moment. */
  constructor(adapter: Adapter, nowMs: () => number) {
    this.#adapter = adapter;
    this.#nowMs = nowMs;
    const conditions = [
      ...adapter.outcomes.map(({ when }) => when),
      ...adapter.answeredBy.limiter,
      ...adapter.answeredBy.others.map(({ when }) => when),
    ];
    this.readsBodies = conditions.some(({ body, text }) => body.length > 0 || text !== null);
  }

  read(answer: RawAnswer): Reading {
    const { outcomes, answeredBy, retryAfter } = this.#adapter;
    const body = new LazyJson(answer.text);
    const index = outcomes.findIndex(({ when }) => holds(when, answer, body));
    const rule: OutcomeRule | null = outcomes[index] ?? null;
    const said = rule === null ? this.#byStatus(answer) : outcomeOfWord[rule.is];
    const other = answeredBy.others.find(({ when }) => holds(when, answer, body))?.name ?? '';
    const isUnmarked =
      other === '' &&
      refusals.has(said) &&
      answeredBy.limiter.length > 0 &&
      !answeredBy.limiter.some((when) => holds(when, answer, body));
    // What did not come from the limiter says nothing of it; a server's failure stays one, whoever tells of it.
    const outcome = (other !== '' || isUnmarked) && said !== Outcome.serverError ? Outcome.unclear : said;
    const waits = rule?.retryAfter == null ? retryAfter : [rule.retryAfter, ...retryAfter];
    return {
      outcome,
      limit: rule?.limit == null || outcome === Outcome.unclear ? '' : limitOf(rule.limit, answer, body),
      retryAfterMs: this.#waitOf(waits, answer, body),
      rule: index,
      other,
      isUnmarked,
    };
  }

  /**
   * Where the adapter tells by more than the status what is admitted, an answer that no rule knows is not taken for one: a
   * code that nobody has thought of may be a refusal, and would be charged to the limiter as a leak.
   */
  #byStatus({ status, header, isSigned, requestClass }: RawAnswer): Outcome {
    const outcome = outcomeOfStatus({ status, gate: header('x-gate'), isSigned });
    const isTold = this.#adapter.outcomes.some(
      ({ is, when }) =>
        is === 'admitted' &&
        when.headers.length + when.body.length + (when.text === null ? 0 : 1) > 0 &&
        isAbout(when, { status, isSigned, requestClass }),
    );
    return outcome === Outcome.admitted && isTold ? Outcome.unclear : outcome;
  }

  #waitOf(sources: readonly WaitSource[], answer: RawAnswer, body: LazyJson): number {
    for (const { source, unit } of sources) {
      const text = valueAt(source, answer, body);
      if (text === undefined || !/^\d{1,16}(?:\.\d{1,9})?$/.test(text)) continue;
      const value = Number(text);
      const ms = {
        s: value * 1000,
        ms: value,
        us: value / 1000,
        'epoch-s': value * 1000 - this.#nowMs(),
        'epoch-ms': value - this.#nowMs(),
      }[unit];
      return Math.min(WAIT_MS_MAX, Math.max(0, Math.ceil(ms)));
    }
    return -1;
  }
}

/** A body that is parsed when somebody looks into it, and once. */
class LazyJson {
  readonly #text: string;
  #value: unknown;
  #isParsed = false;

  constructor(text: string) {
    this.#text = text;
  }

  get value(): unknown {
    if (!this.#isParsed) {
      this.#isParsed = true;
      this.#value = parseJson(this.#text);
    }
    return this.#value;
  }
}

/** undefined for what is not JSON. */
function parseJson(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What stands at a pointer; undefined = nothing does. */
export function memberAt(value: unknown, pointer: Pointer): unknown {
  let found = value;
  for (const part of pointer) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, part)) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[part];
  }
  return found;
}

/** A scalar as text; undefined for what is none. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return value === null || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function valueAt(source: Source, answer: RawAnswer, body: LazyJson): string | undefined {
  return source.in === 'header' ? answer.header(source.name) : textOf(memberAt(body.value, source.at));
}

function limitOf(limit: LimitSource, answer: RawAnswer, body: LazyJson): string {
  if (limit.kind === 'fixed') return limit.name;
  const word = valueAt(limit.source, answer, body) ?? '';
  return Object.hasOwn(limit.names, word) ? (limit.names[word] ?? '') : word;
}

type About = Pick<RawAnswer, 'status' | 'isSigned' | 'requestClass'>;

/** Whether a condition holds as far as status, class and signature go. */
function isAbout({ classes, isSigned, statuses }: Condition, answer: About): boolean {
  if (classes !== null && !classes.includes(answer.requestClass)) return false;
  if (isSigned !== null && isSigned !== answer.isSigned) return false;
  return statuses === null || statuses.some(([from, to]) => answer.status >= from && answer.status <= to);
}

function holds(when: Condition, answer: RawAnswer, body: LazyJson): boolean {
  const { headers, text } = when;
  if (!isAbout(when, answer)) return false;
  for (const { name, match } of headers) if (!isMatch(match, answer.header(name))) return false;
  for (const { at, match } of when.body) {
    const member = memberAt(body.value, at);
    // What is there may be a list or a mapping, which has no text.
    const isMet = match.kind === 'there' ? (member !== undefined) === match.wanted : isMatch(match, textOf(member));
    if (!isMet) return false;
  }
  return text === null || isMatch(text, answer.text);
}

function isMatch(match: Match, text: string | undefined): boolean {
  if (match.kind === 'there') return (text !== undefined) === match.wanted;
  if (text === undefined) return false;
  if (match.kind === 'equals') return match.values.includes(text);
  return match.kind === 'begins' ? text.startsWith(match.text) : text.includes(match.text);
}
