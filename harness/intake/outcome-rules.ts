/** What became of a request, by what its line says: a rule of the map, or else the status. */
import { Outcome } from '../actors/outcome.js';

/** The words of a map; `left-out`: the limiter was not asked about the request, so that the line tells nothing of it. */
export const outcomeWords = {
  admitted: Outcome.admitted,
  throttled: Outcome.throttled,
  never: Outcome.never,
  banned: Outcome.banned,
  refused: Outcome.refused,
  denied: Outcome.denied,
  unclear: Outcome.unclear,
  error: Outcome.serverError,
  'left-out': -1,
} as const satisfies Readonly<Record<string, Outcome | -1>>;
export type OutcomeWord = keyof typeof outcomeWords;

export interface OutcomeRule {
  readonly field: string;
  /** Values of the field, `-` for none, `*` for any; of a status also `2xx`. */
  readonly in: readonly string[];
  readonly is: OutcomeWord;
}

/**
 * What nginx writes of its own `limit_req`. A dry run lets everything through. Where no `limit_req` stands there is a dash: it
 * was not asked.
 *
 * @see https://nginx.org/en/docs/http/ngx_http_limit_req_module.html#var_limit_req_status
 */
export const limitReqRules: readonly OutcomeRule[] = [
  {
    field: 'limit_req_status',
    in: ['PASSED', 'DELAYED', 'DELAYED_DRY_RUN', 'REJECTED_DRY_RUN'],
    is: 'admitted',
  },
  { field: 'limit_req_status', in: ['REJECTED'], is: 'throttled' },
  { field: 'limit_req_status', in: ['-'], is: 'left-out' },
];

/** A rule as it is held against the lines of one log. */
export interface BoundRule {
  /** Index of the field in the lines. */
  readonly field: number;
  readonly values: ReadonlySet<string>;
  readonly outcome: Outcome | -1;
}

/** @param field - index of the rule's field in the lines. */
export function boundRule(rule: OutcomeRule, field: number): BoundRule {
  return { field, values: new Set(rule.in), outcome: outcomeWords[rule.is] };
}

/** Whether a rule speaks of a field with this text, null = nothing stands there. */
export function speaksOf({ values }: BoundRule, text: string | null): boolean {
  if (text === null) return values.has('-');
  return values.has(text) || values.has('*') || (/^\d{3}$/.test(text) && values.has(`${text[0]}xx`));
}

/**
 * By the status alone, as docs/your-own-server.md has it. 499 is nginx's own for a caller who hung up: like an error it does
 * not tell what was decided.
 *
 * @param isSigned - whether the line names a key.
 */
export function outcomeOfStatus(status: number, isSigned: boolean, isLogin: boolean): Outcome {
  if (status >= 200 && status < 300) return Outcome.admitted;
  if (status === 429) return Outcome.throttled;
  if (status === 418) return Outcome.banned;
  if (status >= 500 || status === 499) return Outcome.serverError;
  if (status === 401 && isLogin) return Outcome.admitted;
  if ((status === 401 || status === 403) && isSigned) return Outcome.denied;
  return Outcome.unclear;
}
