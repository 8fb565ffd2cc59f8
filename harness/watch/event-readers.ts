/**
 * Those who read a live page's events. A reader that takes its events slower than they come loses those in between, and is
 * told the whole page when it can take it: so what waits for one reader is never more than one page and one event.
 */
import type { ServerResponse } from 'node:http';
import type { LiveEvent } from '../report/page-data.js';

const READERS_MAX = 16;
/** A browser comes back after this when its connection breaks. */
const RETRY_MS = 1000;

type EventName = LiveEvent['event'];

/** @param json - On one line, as `JSON.stringify` writes it. */
function eventText(event: EventName, json: string): string {
  return `event: ${event}\ndata: ${json}\n\n`;
}

interface Reader {
  readonly response: ServerResponse;
  /** What was written last waits for the other side to read. */
  isStalled: boolean;
  /** Something was left out since. */
  isBehind: boolean;
}

export class EventReaders {
  readonly #readers = new Set<Reader>();
  readonly #pageJson: () => string;
  #endJson: string | null = null;
  #whenEmpty: () => void = () => undefined;

  /** @param pageJson - Of this moment's PageData. */
  constructor(pageJson: () => string) {
    this.#pageJson = pageJson;
  }

  get count(): number {
    return this.#readers.size;
  }

  /** Answers with the page and then with events, until the suite ends or the reader goes; 503 when there are too many. */
  join(response: ServerResponse): void {
    if (this.#readers.size >= READERS_MAX) {
      response.writeHead(503, { 'Content-Type': 'text/plain; charset=utf-8', 'Retry-After': '5' }).end('too many\n');
      return;
    }
    const reader: Reader = { response, isStalled: false, isBehind: false };
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' });
    response.socket?.setNoDelay(true);
    response.on('drain', () => this.#catchUp(reader));
    response.on('close', () => this.#forget(reader));
    // A connection that breaks is closed, and that is told above.
    response.on('error', () => undefined);
    this.#readers.add(reader);
    this.#write(reader, `retry: ${RETRY_MS}\n\n${eventText('page', this.#pageJson())}`);
    if (this.#endJson !== null) this.#end(reader, this.#endJson);
  }

  tell(event: 'series' | 'run', json: string): void {
    const text = eventText(event, json);
    for (const reader of this.#readers) {
      if (reader.isStalled) reader.isBehind = true;
      else this.#write(reader, text);
    }
  }

  /** A comment, by which both sides see that the other is still there. */
  beat(): void {
    for (const reader of this.#readers) if (!reader.isStalled) this.#write(reader, ':\n\n');
  }

  /** The last event of all, also to those who come later. */
  end(json: string): void {
    this.#endJson = json;
    for (const reader of this.#readers) if (!(reader.isStalled && reader.isBehind)) this.#end(reader, json);
  }

  /** Done when every reader has all and is gone. */
  async left(): Promise<void> {
    if (this.#readers.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#whenEmpty = resolve;
    });
  }

  #catchUp(reader: Reader): void {
    reader.isStalled = false;
    if (!reader.isBehind) return;
    reader.isBehind = false;
    this.#write(reader, eventText('page', this.#pageJson()));
    if (this.#endJson !== null) this.#end(reader, this.#endJson);
  }

  #write(reader: Reader, text: string): void {
    if (!reader.response.write(text)) reader.isStalled = true;
  }

  #end({ response }: Reader, json: string): void {
    response.end(eventText('end', json));
  }

  #forget(reader: Reader): void {
    this.#readers.delete(reader);
    if (this.#readers.size === 0) this.#whenEmpty();
  }
}
