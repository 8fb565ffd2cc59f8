/** HAR, combined access logs and records of earlier runs as recordings. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { FloodproofError } from '../errors.js';
import { type Plan, type RequestClass, requestClasses } from '../scenario/plan.js';
import { formatOf } from '../scenario/trace-schema.js';
import { TraceRefusal } from '../trace/faults.js';
import { HAR_BYTES_MAX } from '../trace/har.js';
import { grouped } from '../trace/line-tally.js';
import { accessLogUs, StampReader } from '../trace/stamp.js';
import { textLines } from '../trace/text-lines.js';
import { CallerNames } from './callers.js';
import { JOURNAL_ENDING } from './har-journal.js';
import { type RecordedRow, type Recording, ROWS_MAX } from './recording.js';

export type RecordingFormat = Recording['format'];

/**
 * @param format - null = by the file's name. A folder is that of an earlier run.
 * @throws {FloodproofError} FP_FILE_UNREADABLE, FP_FILE_INVALID
 */
export async function readRecording(file: string, format: RecordingFormat | null): Promise<Recording> {
  try {
    const { path, known } = placeOf(file, format);
    const recording = await read(path, known);
    if (recording.rows.length > 0) return recording;
    throw new TraceRefusal('FP_TRACE_FORMAT', { file: path }, 'there is no request in the file');
  } catch (error) {
    if (!(error instanceof TraceRefusal)) throw error;
    const isMissing = error.fault.code === 'FP_TRACE_FILE';
    throw new FloodproofError(isMissing ? 'FP_FILE_UNREADABLE' : 'FP_FILE_INVALID', `${file} cannot be recorded from`, {
      faults: [error.fault],
      cause: error,
    });
  }
}

function placeOf(file: string, format: RecordingFormat | null): { path: string; known: RecordingFormat } {
  const isFolder = statOf(file).isDirectory();
  const path = isFolder ? join(file, 'observations.parquet') : file;
  if (isFolder) statOf(path);
  const told = path.endsWith(JOURNAL_ENDING) ? 'har' : formatOf(path);
  const known = format ?? (told === 'csv' ? null : told) ?? 'access-log';
  return { path, known };
}

function statOf(file: string): ReturnType<typeof statSync> & object {
  try {
    return statSync(file);
  } catch (cause) {
    throw new TraceRefusal('FP_TRACE_FILE', { file }, (cause as Error).message);
  }
}

async function read(file: string, format: RecordingFormat): Promise<Recording> {
  switch (format) {
    case 'har':
      return readHarRequests(file);
    case 'access-log':
      return await readLogRequests(file);
    case 'observations':
      return await readRunRequests(file);
  }
}

function demandRoom(file: string, rows: readonly unknown[]): void {
  if (rows.length <= ROWS_MAX) return;
  const message = `the file holds more than ${grouped(ROWS_MAX)} requests`;
  throw new TraceRefusal('FP_TRACE_LARGE', { file }, message, 'cut a stretch out of it first');
}

interface HarRequest {
  readonly method?: unknown;
  readonly url?: unknown;
  readonly headers?: unknown;
  readonly postData?: { readonly mimeType?: unknown; readonly text?: unknown };
}

/** A journal that a crash has cut is read as far as it goes. */
function readHarRequests(file: string): Recording {
  const { size } = statOf(file);
  if (Number(size) > HAR_BYTES_MAX) {
    const message = `the file has ${size} bytes; a HAR is read as a whole, up to ${HAR_BYTES_MAX}`;
    throw new TraceRefusal('FP_TRACE_LARGE', { file }, message, 'export a shorter stretch');
  }
  const text = readFileSync(file, 'utf8').replace(/^\ufeff/, '');
  const entries = file.endsWith(JOURNAL_ENDING) ? journalEntries(text) : harEntries(file, text);
  const stamps = new StampReader(null);
  const callers = new CallerNames();
  const seen = new Set<string>();
  const rows = entries.flatMap((entry): RecordedRow[] => {
    const { startedDateTime, request, _who } = (entry ?? {}) as Record<string, unknown> & { request?: HarRequest };
    const atUs = typeof startedDateTime === 'string' ? stamps.read(startedDateTime) : null;
    const path = pathOf(request?.url);
    if (atUs === null || path === null || typeof request?.method !== 'string') return [];
    const headers = pairsOf(request.headers);
    for (const [name] of headers) seen.add(name.toLowerCase());
    const { mimeType, text: body } = request.postData ?? {};
    const who = typeof _who === 'string' ? _who : callers.nameOf('client', headers);
    const type = typeof mimeType === 'string' && mimeType !== '' ? mimeType : null;
    return [row({ atUs, who, method: request.method.toUpperCase(), path, type, body: bodyOf(body) })];
  });
  demandRoom(file, rows);
  const headers = [...seen].filter((name) => name !== 'content-type').sort();
  return { rows, format: 'har', leftOut: entries.length - rows.length, headers, origin: originOf(entries) };
}

/** Whose API was asked, where that is one of this machine: nobody is to play at another by copying a line. */
function originOf(entries: readonly unknown[]): string | null {
  for (const entry of entries) {
    const url = (entry as { request?: HarRequest } | null)?.request?.url;
    const [origin] = /^http:\/\/(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])(?::\d+)?(?=[/?#]|$)/i.exec(String(url)) ?? [];
    if (origin !== undefined) return origin;
  }
  return null;
}

function harEntries(file: string, text: string): readonly unknown[] {
  let document: { log?: { entries?: unknown } | null } | null;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    const why = (cause as Error).message.replace(/\s+/g, ' ').slice(0, 120);
    throw new TraceRefusal('FP_TRACE_FORMAT', { file }, `the file is no whole JSON document: ${why}`);
  }
  const entries = document?.log?.entries;
  if (Array.isArray(entries)) return entries;
  throw new TraceRefusal('FP_TRACE_FORMAT', { file }, 'the document has no list log.entries');
}

function journalEntries(text: string): readonly unknown[] {
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as unknown];
    } catch {
      return [];
    }
  });
}

function bodyOf(text: unknown): string | null {
  return typeof text === 'string' && text !== '' ? text : null;
}

/** The path with its query; of an address or of a request target. */
function pathOf(url: unknown): string | null {
  if (typeof url !== 'string') return null;
  if (url.startsWith('/')) return url;
  const [, path = '/'] = /^https?:\/\/[^/?#]*([/?][^#]*)?/i.exec(url) ?? [null, ''];
  return path === '' ? null : path.startsWith('/') ? path : `/${path}`;
}

function pairsOf(headers: unknown): [string, string][] {
  if (!Array.isArray(headers)) return [];
  return headers.flatMap((header: { name?: unknown; value?: unknown } | null): [string, string][] =>
    typeof header?.name === 'string' ? [[header.name, String(header.value ?? '')]] : [],
  );
}

function row(known: Omit<RecordedRow, 'requestClass' | 'elements' | 'actor'>): RecordedRow {
  return { ...known, requestClass: null, elements: 1, actor: null };
}

const logLine = /^(\S+) .*?\[([^\]]{26})\] "([A-Z]+) (\S+)(?: HTTP\/[\d.]+)?"/;

async function readLogRequests(file: string): Promise<Recording> {
  const rows: RecordedRow[] = [];
  let leftOut = 0;
  let first = '';
  for await (const lines of textLines(file, 'latin1')) {
    for (const { text } of lines) {
      if (text === '') continue;
      if (first === '') first = text;
      const [, who = '', stamp = '', method = '', target = ''] = logLine.exec(text) ?? [];
      const atUs = accessLogUs(stamp);
      const path = pathOf(target);
      if (atUs === null || path === null) leftOut++;
      else rows.push(row({ atUs, who, method, path, type: null, body: null }));
    }
    demandRoom(file, rows);
  }
  if (rows.length === 0 && first !== '') {
    const message = `no line is of the combined or the common log format; the first is ${JSON.stringify(first.slice(0, 120))}`;
    const hint = 'of access logs these two alone are read: write one of them (nginx: access_log FILE combined;)';
    throw new TraceRefusal('FP_TRACE_FORMAT', { file }, message, hint);
  }
  return { rows, format: 'access-log', leftOut, headers: ['referer', 'user-agent'], origin: null };
}

const runColumns = ['intendedUs', 'dispatchedUs', 'actor', 'identity', 'requestClass', 'elements'];

/** Follow-ups and retries too: they were asked. What was never handed over was not. */
async function readRunRequests(file: string): Promise<Recording> {
  if (!file.endsWith('.parquet')) {
    const message = 'only the sealed record of a run that is over can be asked again';
    throw new TraceRefusal('FP_TRACE_FORMAT', { file }, message, 'name its observations.parquet, or its folder');
  }
  const actors = actorsOf(file);
  let found: Record<string, number>[];
  try {
    found = (await parquetReadObjects({ file: await asyncBufferFromFile(file), columns: runColumns })) as typeof found;
  } catch (cause) {
    throw new TraceRefusal('FP_TRACE_FORMAT', { file }, `no record of a run: ${(cause as Error).message}`);
  }
  demandRoom(file, found);
  const rows = found.flatMap((one): RecordedRow[] => {
    if (one.dispatchedUs === 0) return [];
    const requestClass = requestClasses[one.requestClass as number] as RequestClass;
    const elements = Math.max(1, one.elements as number);
    const known = { atUs: one.dispatchedUs as number, who: String(one.identity), method: '', path: '' };
    return [{ ...known, type: null, body: null, requestClass, elements, actor: actors[one.actor as number] ?? null }];
  });
  return { rows, format: 'observations', leftOut: found.length - rows.length, headers: [], origin: null };
}

/** Names and labels, where the run's plan stands beside its record. */
function actorsOf(file: string): readonly NonNullable<RecordedRow['actor']>[] {
  const plan = join(dirname(file), 'plan.json');
  if (!existsSync(plan)) return [];
  try {
    const document = JSON.parse(readFileSync(plan, 'utf8')) as { plan?: Plan } & Partial<Plan>;
    const actors = document.plan?.actors ?? document.actors ?? [];
    return actors.map(({ name, label }) => ({ name, label }));
  } catch (cause) {
    throw new TraceRefusal(
      'FP_TRACE_FORMAT',
      { file: plan },
      `${basename(plan)} is no plan: ${(cause as Error).message}`,
    );
  }
}
