/** One exchange as an entry of a HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/). */
import { type Exchanged, REDACTED, type Redacted, redactedRequest, withoutUrlSecrets } from './redaction.js';
import { isSecretName } from './secret-names.js';

export type Pairs = readonly (readonly [string, string])[];

export interface SeenExchange {
  readonly startedAt: string;
  readonly method: string;
  /** Scheme and host as a person would write them, without a path. */
  readonly origin: string;
  readonly path: string;
  readonly headers: Pairs;
  readonly body: Exchanged['body'];
  /** Bytes of the body that were passed on. */
  readonly bodyBytes: number;
  /** Why the body is not kept; '' = it is, or there is none. */
  readonly bodyNote: string;
  /** Who asked, under a name that says nothing. */
  readonly who: string;
  /** 0 = no answer came. */
  readonly status: number;
  readonly statusText: string;
  readonly answerHeaders: Pairs;
  readonly answerBytes: number;
  /** Milliseconds. */
  readonly sendMs: number;
  readonly waitMs: number;
  readonly receiveMs: number;
  /** What broke; '' = nothing. */
  readonly error: string;
}

export interface HarEntry {
  /** One line of JSON. */
  readonly text: string;
  readonly fields: Redacted['fields'];
}

/** Members that begin with `_` are the project's own, as the format allows. */
export function harEntry(seen: SeenExchange): HarEntry {
  const request = redactedRequest(seen);
  const note = seen.bodyNote !== '' ? seen.bodyNote : request.bodyNote;
  const type = seen.body?.type ?? typeOf(seen.headers);
  const entry = {
    startedDateTime: seen.startedAt,
    time: rounded(seen.sendMs + seen.waitMs + seen.receiveMs),
    request: {
      method: seen.method,
      url: seen.origin + request.path,
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: listed(request.headers),
      queryString: queryOf(request.path),
      headersSize: -1,
      bodySize: seen.bodyBytes,
      ...(seen.bodyBytes === 0
        ? {}
        : {
            postData: {
              mimeType: type ?? '',
              text: request.body ?? '',
              ...(note === '' ? {} : { comment: `not kept: ${note}` }),
            },
          }),
    },
    response: {
      status: seen.status,
      statusText: seen.statusText,
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: listed(seen.answerHeaders.map(redactedHeader)),
      content: { size: seen.answerBytes, mimeType: typeOf(seen.answerHeaders) ?? '' },
      redirectURL: '',
      headersSize: -1,
      bodySize: seen.answerBytes,
    },
    cache: {},
    timings: { send: rounded(seen.sendMs), wait: rounded(seen.waitMs), receive: rounded(seen.receiveMs) },
    _who: seen.who,
    ...(request.fields.length === 0 ? {} : { _redacted: request.fields }),
    ...(seen.error === '' ? {} : { _error: seen.error }),
  };
  return { text: JSON.stringify(entry), fields: request.fields };
}

function redactedHeader([name, value]: readonly [string, string]): readonly [string, string] {
  return [name, isSecretName(name) ? REDACTED : withoutUrlSecrets(value)];
}

function listed(pairs: Pairs): readonly { readonly name: string; readonly value: string }[] {
  return pairs.map(([name, value]) => ({ name, value }));
}

function queryOf(path: string): readonly { readonly name: string; readonly value: string }[] {
  const start = path.indexOf('?');
  return start < 0 ? [] : listed([...new URLSearchParams(path.slice(start + 1))]);
}

function typeOf(headers: Pairs): string | null {
  return headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? null;
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
