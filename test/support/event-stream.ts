/** Reads a live page's events as a browser does. */
import { get, type IncomingMessage } from 'node:http';
import type { LiveEvent } from '../../harness/report/page-data.js';

export interface EventStream {
  readonly response: IncomingMessage;
  readonly events: readonly LiveEvent[];
  /** Done when an event like this has come. @throws when the stream ends before. */
  next<Name extends LiveEvent['event']>(name: Name, fits?: (data: EventOf<Name>) => boolean): Promise<EventOf<Name>>;
  /** All events, when the other side has ended the stream. */
  readonly ended: Promise<readonly LiveEvent[]>;
  close(): void;
}

export type EventOf<Name extends LiveEvent['event']> = Extract<LiveEvent, { readonly event: Name }>['data'];

/** @param pageUrl - As it is printed. */
export async function readEvents(pageUrl: string): Promise<EventStream> {
  const url = pageUrl.replace('/?', '/events?');
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { agent: false }, resolve).once('error', reject);
  });
  if (response.statusCode !== 200) throw new Error(`no events: ${response.statusCode}`);
  const events: LiveEvent[] = [];
  const listeners = new Set<() => void>();
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, event, data] = /^event: (\w+)\ndata: ([^\n]*)$/.exec(block) ?? [];
      if (event !== undefined) events.push({ event, data: JSON.parse(data ?? '') } as LiveEvent);
    }
    for (const listener of listeners) listener();
  });
  const ended = new Promise<readonly LiveEvent[]>((resolve) => {
    response.once('error', () => undefined).once('close', () => resolve(events));
  });
  return {
    response,
    events,
    ended,
    next: async (name, fits = () => true) => {
      const find = (): LiveEvent | undefined =>
        events.find(({ event, data }) => event === name && fits(data as EventOf<typeof name>));
      const found = new Promise<LiveEvent>((resolve) => {
        const look = (): void => {
          const event = find();
          if (event === undefined) return;
          listeners.delete(look);
          resolve(event);
        };
        listeners.add(look);
        look();
      });
      const over = ended.then(() => {
        const event = find();
        if (event !== undefined) return event;
        throw new Error(`the stream ended without ${name}`);
      });
      return (await Promise.race([found, over])).data as EventOf<typeof name>;
    },
    close: () => response.destroy(),
  };
}

/** The data that stand in a page. */
export function dataIn(html: string): unknown {
  const [, json = ''] = /<script id="page-data" type="application\/json">(.*?)<\/script>/s.exec(html) ?? [];
  return JSON.parse(json);
}
