/** Traces in HAR 1.2, the recording of a browser or a proxy: `log.entries[].startedDateTime`. */
import { readFile, stat } from 'node:fs/promises';
import { TraceRefusal } from './faults.js';
import { StampReader } from './stamp.js';
import type { TraceBook } from './trace-book.js';

/** A HAR is one JSON document and is read as a whole: bodies make it large, and its entries are some tens of thousands. */
export const HAR_BYTES_MAX = 256 * 2 ** 20;

/** Reads the entries of a file into `book`, numbered from 1. @throws {TraceRefusal} */
export async function readHar(file: string, book: TraceBook): Promise<void> {
  const stamps = new StampReader(null);
  for (const [index, entry] of (await entriesOf(file)).entries()) {
    const started = (entry as { startedDateTime?: unknown } | null)?.startedDateTime;
    const atUs = typeof started === 'string' ? stamps.read(started) : null;
    if (atUs === null) book.leaveOut(index + 1, 'stamp', typeof started === 'string' ? started : '');
    else book.add(index + 1, atUs, null);
  }
  book.stampForm = stamps.form;
}

async function entriesOf(file: string): Promise<readonly unknown[]> {
  let text: string;
  try {
    const { size } = await stat(file);
    if (size > HAR_BYTES_MAX) {
      throw new TraceRefusal(
        'FP_TRACE_LARGE',
        { file },
        `the file has ${size} bytes; a HAR is read as a whole, up to ${HAR_BYTES_MAX}`,
        'export it without the bodies ("content.text"), or turn it into CSV',
      );
    }
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof TraceRefusal) throw cause;
    throw new TraceRefusal('FP_TRACE_FILE', { file }, (cause as Error).message);
  }
  let document: { log?: { entries?: unknown } | null } | null;
  try {
    document = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    throw new TraceRefusal(
      'FP_TRACE_FORMAT',
      { file },
      `the file is no whole JSON document: ${(cause as Error).message.replace(/\s+/g, ' ')}`,
    );
  }
  const entries = document?.log?.entries;
  if (!Array.isArray(entries))
    throw new TraceRefusal('FP_TRACE_FORMAT', { file }, 'the document has no list log.entries');
  return entries;
}
