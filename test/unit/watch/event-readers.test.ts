import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import { EventReaders } from '../../../harness/watch/event-readers.js';

/** A response whose other side reads when the test says so. */
class Peer extends EventEmitter {
  status = 0;
  text = '';
  takes = true;
  isEnded = false;
  readonly socket = null;

  writeHead(status: number): this {
    this.status = status;
    return this;
  }

  write(text: string): boolean {
    this.text += text;
    return this.takes;
  }

  end(text = ''): void {
    this.text += text;
    this.isEnded = true;
    if (this.takes) this.emit('close');
  }

  stall(): void {
    this.takes = false;
  }

  read(): void {
    this.takes = true;
    this.emit('drain');
  }

  /** Names and data of the events so far, which are forgotten. */
  events(): string[] {
    const events = [...this.text.matchAll(/^event: (\w+)\ndata: (.*)\n\n/gm)].map(
      ([, name, data]) => `${name} ${data}`,
    );
    this.text = '';
    return events;
  }
}

function joined(readers: EventReaders): Peer {
  const peer = new Peer();
  readers.join(peer as unknown as ServerResponse);
  return peer;
}

/** Readers of a page that is numbered, so that it can be seen which one was told. */
function numbered(): EventReaders {
  let page = 0;
  return new EventReaders(() => String(++page));
}

it('tells the page first, and then everything to everybody', () => {
  const readers = numbered();
  const first = joined(readers);
  readers.tell('series', '"a"');
  const second = joined(readers);
  readers.tell('run', '"b"');
  expect(first.text).toMatch(/^retry: 1000\n\n/);
  expect(first.events()).toEqual(['page 1', 'series "a"', 'run "b"']);
  expect(second.events()).toEqual(['page 2', 'run "b"']);
});

it('leaves out what a reader does not take, and tells him the page of the moment at which he can take it', () => {
  const readers = numbered();
  const slow = joined(readers);
  const fast = joined(readers);
  slow.stall();
  slow.events();
  fast.events();
  for (const json of ['1', '2', '3']) readers.tell('series', json);
  expect(slow.events()).toEqual(['series 1']);
  expect(fast.events()).toEqual(['series 1', 'series 2', 'series 3']);
  slow.read();
  readers.tell('series', '4');
  expect(slow.events()).toEqual(['page 3', 'series 4']);
});

it('tells one who could take everything no second page', () => {
  const readers = numbered();
  const peer = joined(readers);
  peer.stall();
  readers.tell('series', '1');
  peer.read();
  expect(peer.events()).toEqual(['page 1', 'series 1']);
});

it('holds a comment back from one who takes nothing', () => {
  const readers = numbered();
  const slow = joined(readers);
  const fast = joined(readers);
  slow.stall();
  readers.tell('series', '1');
  slow.events();
  fast.events();
  readers.beat();
  expect(slow.text).toBe('');
  expect(fast.text).toBe(':\n\n');
});

it('ends each reader when he has all, a slow one after the page that he is owed', async () => {
  const readers = numbered();
  const slow = joined(readers);
  const fast = joined(readers);
  slow.stall();
  readers.tell('series', '1');
  readers.tell('series', '2');
  readers.end('{"exitCode":3}');
  expect([slow.isEnded, fast.isEnded]).toEqual([false, true]);
  let isLeft = false;
  const left = readers.left().then(() => {
    isLeft = true;
  });
  await Promise.resolve();
  expect({ isLeft, count: readers.count }).toEqual({ isLeft: false, count: 1 });
  slow.read();
  await left;
  expect(slow.events()).toEqual(['page 1', 'series 1', 'page 3', 'end {"exitCode":3}']);
  expect(fast.events()).toEqual(['page 2', 'series 1', 'series 2', 'end {"exitCode":3}']);
  await readers.left();
});

it('ends one at once who is slow but has missed nothing', () => {
  const readers = numbered();
  const peer = joined(readers);
  peer.stall();
  readers.tell('series', '1');
  readers.end('{}');
  expect(peer.events()).toEqual(['page 1', 'series 1', 'end {}']);
});

it('tells one who comes after the end the page and the end', () => {
  const readers = numbered();
  readers.end('{}');
  const late = joined(readers);
  expect(late.events()).toEqual(['page 1', 'end {}']);
  expect(late.isEnded).toBe(true);
});

it('takes sixteen readers, and another one when one has gone', () => {
  const readers = numbered();
  const peers = Array.from({ length: 16 }, () => joined(readers));
  const refused = joined(readers);
  expect([refused.status, refused.isEnded, readers.count]).toEqual([503, true, 16]);
  readers.tell('series', '1');
  expect(refused.events()).toEqual([]);
  peers[3]?.emit('close');
  expect(joined(readers).status).toBe(200);
  expect(readers.count).toBe(16);
});
