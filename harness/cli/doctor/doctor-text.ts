/** What a doctor says: each answer and how it was understood, what is wrong, and how to mend it. */
import { Outcome } from '../../actors/outcome.js';
import type { Adapter } from '../../scenario/adapter.js';
import type { Handshake } from '../../targets/handshake.js';
import { visible } from '../visible.js';
import { clockBracket, outcomeName, type Visit } from './doctor-visit.js';

export interface Finding {
  readonly isProblem: boolean;
  /** What was found; the second line, where there is one, says how to mend it. */
  readonly lines: readonly string[];
}

const TEXT_SHOWN = 160;

/** What a visit has shown that is not as it should be; null = all is well. */
export function findingOf(visit: Visit, adapter: Adapter): Finding | null {
  const { trial, outcome, status, reading, location } = visit;
  const what = `${trial.requestClass}, ${trial.kind}`;
  if (trial.wanted.includes(outcome)) return null;
  const problem = (found: string, mend: string): Finding => ({ isProblem: true, lines: [`${what}: ${found}`, mend] });
  if (reading === null)
    return problem(
      `no whole answer (${outcomeName(outcome)})`,
      'see whether the target has ended, or is behind something that breaks connections',
    );
  if (status >= 300 && status < 400) {
    const where = location === null ? '' : ` to ${visible(location)}`;
    return problem(
      `is redirected${where}, and redirects are never followed`,
      'write the URL that it leads to into --target, or its path into the adapter',
    );
  }
  if (reading.other !== '')
    return problem(
      `${reading.other} has answered, not the limiter`,
      'ask the target past it, or leave its answers out of "answeredBy" if they are the limiter’s',
    );
  if (reading.isUnmarked)
    return problem('is refused without any mark of the limiter', 'add what marks its refusals to "answeredBy.limiter"');
  if (outcome === Outcome.serverError) return problem(`the target failed with ${status}`, 'see its own log');
  if (trial.kind === 'missing parameter') {
    const mend = `say under "outcomes" of ${adapter.file} what ${status} with this body means: if the limits had let it through, admitted`;
    return { isProblem: outcome !== Outcome.unclear, lines: [`${what}: is read as ${outcomeName(outcome)}`, mend] };
  }
  if (outcome === Outcome.unclear) {
    return problem(
      `what it was told is unclear: no rule says what ${status} with this body means`,
      `add a rule to "outcomes" of ${adapter.file}`,
    );
  }
  if (trial.kind !== 'right') {
    return problem(
      `is read as ${outcomeName(outcome)}, and should have been refused`,
      'either the target takes what it must not, or a rule under "outcomes" reads its refusal wrongly',
    );
  }
  if (outcome === Outcome.refused || outcome === Outcome.denied) {
    return problem('is refused', 'check key and secret, "sign", and the clocks; the body above may say more');
  }
  return problem(
    `is read as ${outcomeName(outcome)} at the first request`,
    'its counters are charged, or a rule under "outcomes" reads it wrongly',
  );
}

/** One line for an answer, and one for its body where it was not understood. */
export function visitLines(visit: Visit, adapter: Adapter, redact: (text: string) => string): readonly string[] {
  const { trial, outcome, status, reading, text } = visit;
  const finding = findingOf(visit, adapter);
  const mark = finding === null ? 'ok  ' : finding.isProblem ? 'bad ' : 'note';
  const line = [
    mark,
    trial.requestClass.padEnd(13),
    trial.kind.padEnd(18),
    String(status || '-').padEnd(4),
    outcomeName(outcome).padEnd(12),
    whyOf(visit),
  ].join(' ');
  if (finding === null || text === '' || reading === null) return [line.trimEnd()];
  const shown = visible(redact(text));
  return [line.trimEnd(), `       body: ${shown.length > TEXT_SHOWN ? `${shown.slice(0, TEXT_SHOWN)}...` : shown}`];
}

function whyOf({ reading }: Visit): string {
  if (reading === null) return '';
  const by = reading.rule < 0 ? 'by its status' : `by outcomes[${reading.rule}]`;
  const limit = reading.limit === '' ? '' : `, limit ${reading.limit}`;
  const wait = reading.retryAfterMs < 0 ? '' : `, come back after ${reading.retryAfterMs} ms`;
  const who =
    reading.other === ''
      ? reading.isUnmarked
        ? ', without a mark of the limiter'
        : ''
      : `, answered by ${reading.other}`;
  return `${by}${limit}${wait}${who}`;
}

export function connectionLines(handshake: Handshake | null): readonly string[] {
  if (handshake === null) return ['connection: HTTP/1.1 without TLS'];
  const { protocol, alpn, subject, validTo } = handshake;
  return [
    `connection: ${alpn === 'h2' ? 'HTTP/2' : 'HTTP/1.1'} over ${protocol}; certificate for ${visible(subject)}, until ${validTo}`,
  ];
}

/** @param toleranceMs - By so much clocks may differ before requests are refused for it. */
export function clockFinding(visits: readonly Visit[], toleranceMs: number): { line: string; finding: Finding | null } {
  const bracket = clockBracket(visits);
  if (bracket === null) return { line: 'clock: no answer had a Date, so its clock is not known', finding: null };
  const { fromMs, toMs } = bracket;
  const line = `clock: ${seconds(fromMs)} to ${seconds(toMs)} against this machine's`;
  if (fromMs <= toleranceMs && toMs >= -toleranceMs) return { line, finding: null };
  const lines = [
    `the target's clock is off by more than ${toleranceMs} ms`,
    'set both clocks by NTP: signed requests will be refused as stale or from the future',
  ];
  return { line, finding: { isProblem: true, lines } };
}

function seconds(ms: number): string {
  return `${ms < 0 ? '-' : '+'}${(Math.abs(ms) / 1000).toFixed(3)} s`;
}
