import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConnectionEnds } from '../../../harness/gateway/connection-ends.js';
import { WaitingLine } from '../../../harness/gateway/waiting-line.js';

class FakeConnection extends EventEmitter {
  destroyed = false;

  end(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

const originUs = 1_700_000_000_000_000;
/** A clock that a test can hold back: then timers ring early, as real ones do. */
let behindUs = 0;
const clock = { originUs, nowUs: () => originUs + Date.now() * 1_000 - behindUs };

function lineOf(waitingMax = 10): WaitingLine {
  return new WaitingLine({ clock, ends: new ConnectionEnds(), waitingMax, waitMsMax: 60_000 });
}

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  behindUs = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the line of requests that wait for their turn', () => {
  it('lets each go when its turn has come, and not before', async () => {
    const line = lineOf();
    const served: string[] = [];
    const connection = new FakeConnection();
    void line.wait(connection, originUs + 200_000).then((waited) => served.push(`second: ${waited}`));
    void line.wait(connection, originUs + 100_001).then((waited) => served.push(`first: ${waited}`));
    expect(line.size).toBe(2);
    await vi.advanceTimersByTimeAsync(100);
    expect(served).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(served).toEqual(['first: turn']);
    await vi.advanceTimersByTimeAsync(99);
    expect(served).toEqual(['first: turn', 'second: turn']);
    expect(line.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits on when a timer rings early', async () => {
    const line = lineOf();
    const served: string[] = [];
    void line.wait(new FakeConnection(), originUs + 10_000).then((waited) => served.push(waited));
    behindUs = 1;
    await vi.advanceTimersByTimeAsync(10);
    expect(served).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(served).toEqual(['turn']);
  });

  it('serves at once what is due', async () => {
    expect(await lineOf().wait(new FakeConnection(), originUs)).toBe('turn');
  });

  it('takes its timer with it when the connection ends', async () => {
    const line = lineOf();
    const connection = new FakeConnection();
    const waited = line.wait(connection, originUs + 1_000_000);
    connection.end();
    expect(await waited).toBe('gone');
    expect(line.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    expect(await line.wait(connection, originUs + 1_000_000)).toBe('gone');
  });

  it('turns away who would be one too many, until there is room', async () => {
    const line = lineOf(1);
    const connection = new FakeConnection();
    const first = line.wait(connection, originUs + 1_000);
    expect(await line.wait(new FakeConnection(), originUs + 1_000)).toBe('full');
    connection.end();
    expect(await first).toBe('gone');
    const second = line.wait(new FakeConnection(), originUs + 1_000);
    await vi.advanceTimersByTimeAsync(1);
    expect(await second).toBe('turn');
  });

  it.each([
    { waitUs: 60_000_000, turnsAway: false, because: 'a minute is the longest wait' },
    { waitUs: 60_000_001, turnsAway: true, because: 'nobody waits for more' },
  ])('turns away who would wait for $waitUs us: $turnsAway, because $because', async ({ waitUs, turnsAway }) => {
    const line = lineOf();
    const waited = line.wait(new FakeConnection(), originUs + waitUs);
    await vi.advanceTimersByTimeAsync(60_001);
    expect(await waited).toBe(turnsAway ? 'full' : 'turn');
  });
});
