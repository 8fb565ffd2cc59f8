/** Requests that show why an expectation did not hold, a sentence each: the first few, and how many more the verdict lists. */
import type { EvidenceRequest, ExpectationResult } from '../judge/verdict.js';
import { formatCount, formatDurationMs, formatMoment } from './quantity.js';

/** Requests that are written out; the others stand in verdict.json. */
const REQUESTS_SHOWN_MAX = 3;

/** Empty when the verdict lists none. */
export function requestSentences({ requests = [] }: Pick<ExpectationResult, 'requests'>): string[] {
  const sentences = requests.slice(0, REQUESTS_SHOWN_MAX).map(requestText);
  const more = requests.length - sentences.length;
  if (more > 0) sentences.push(`and ${formatCount(more)} more ${more === 1 ? 'request' : 'requests'} in verdict.json`);
  return sentences;
}

function requestText(request: EvidenceRequest): string {
  const { actor, identity, requestClass, limit, signature, role } = request;
  const by = limit === null ? '' : ` by ${limit}`;
  const signed = signature === undefined ? '' : `, signature number ${signature}${role === 'original' ? ' first' : ''}`;
  const unsure = role === 'unsure' ? ' (perhaps)' : '';
  return `${actor} ${identity} ${requestClass}: ${timesText(request)}, ${request.outcome}${by}${signed}${unsure}`;
}

/** How late it was sent is told where that is as much as a reader sees. */
function timesText({ intendedMs, sentMs, answeredMs }: EvidenceRequest): string {
  if (sentMs === null) return `due ${formatMoment(intendedMs)}, never sent`;
  const due = sentMs - intendedMs >= 1 ? `due ${formatMoment(intendedMs)}, ` : '';
  const sent = `${due}sent ${formatMoment(sentMs)}`;
  if (answeredMs === null) return `${sent}, never answered`;
  return `${sent}, answered ${formatMoment(answeredMs)} (${formatDurationMs(answeredMs - sentMs)})`;
}
