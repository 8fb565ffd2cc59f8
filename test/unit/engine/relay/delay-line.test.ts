import { describe, expect, it } from 'vitest';
import { DelayLine } from '../../../../harness/engine/relay/delay-line.js';

/** A line of 20 ms that holds 10 bytes at most, under a clock that is played, and all that happened to its two ends. */
function playedLine({ notBeforeMs = 0, earlyMs = 0 } = {}) {
  const happened: string[] = [];
  let nowMs = 0;
  let room = Number.POSITIVE_INFINITY;
  let alarms: { atMs: number; callback: () => void }[] = [];
  const line = new DelayLine({
    delayMs: 20,
    notBeforeMs,
    heldBytesMax: 10,
    clock: {
      nowMs: () => nowMs,
      wake: (callback, afterMs) => {
        const alarm = { atMs: nowMs + Math.max(0.5, afterMs - earlyMs), callback };
        alarms.push(alarm);
        return {
          cancel: () => {
            alarms = alarms.filter((other) => other !== alarm);
          },
        };
      },
    },
    source: { pause: () => happened.push(`${nowMs} pause`), resume: () => happened.push(`${nowMs} go on`) },
    sink: {
      write: (bytes) => {
        happened.push(`${nowMs} ${bytes.toString()}`);
        room -= bytes.length;
        return room > 0;
      },
      end: () => happened.push(`${nowMs} end`),
      reset: () => happened.push(`${nowMs} reset`),
    },
  });
  return {
    line,
    happened,
    say: (text: string) => line.take(Buffer.from(text)),
    setRoom: (bytes: number) => {
      room = bytes;
    },
    alarms: () => alarms.length,
    until(endMs: number) {
      for (;;) {
        const [next] = alarms.toSorted((a, b) => a.atMs - b.atMs);
        if (next === undefined || next.atMs > endMs) break;
        alarms = alarms.filter((other) => other !== next);
        nowMs = Math.max(nowMs, next.atMs);
        next.callback();
      }
      nowMs = endMs;
    },
  };
}

describe('a delay line', () => {
  it('hands on bytes and end in their order, each a delay after it came', () => {
    const { line, say, until, happened } = playedLine();
    say('one');
    until(5);
    say('two');
    line.takeEnd();
    until(100);
    expect(happened).toEqual(['20 one', '25 two', '25 end']);
  });

  it('hands nothing on before its first moment', () => {
    const { say, until, happened } = playedLine({ notBeforeMs: 60 });
    say('one');
    until(39);
    say('two');
    until(50);
    say('six');
    until(100);
    expect(happened).toEqual(['60 one', '60 two', '70 six']);
  });

  it('is never early when its timers are', () => {
    const { say, until, happened } = playedLine({ earlyMs: 1 });
    say('one');
    until(100);
    expect(happened).toEqual(['20 one']);
  });

  it('pauses its source at the bound, and lets it go on below half of it', () => {
    const { say, until, happened } = playedLine();
    say('nine byte');
    expect(happened).toEqual([]);
    say('!');
    expect(happened).toEqual(['0 pause']);
    say('?');
    until(1);
    say('12345');
    until(100);
    // After the first hand-over 5 bytes are held, half of the bound; after the second none.
    expect(happened).toEqual(['0 pause', '20 nine byte', '20 !', '20 ?', '21 12345', '21 go on']);
  });

  it('stops when its sink is full, and goes on from there', () => {
    const { line, say, until, happened, setRoom } = playedLine();
    setRoom(3);
    say('one');
    say('two');
    line.takeEnd();
    until(100);
    say('six');
    expect(happened).toEqual(['20 one']);
    setRoom(9);
    line.resume();
    expect(happened.slice(1)).toEqual(['100 two', '100 end']);
    until(120);
    expect(happened.at(-1)).toBe('120 six');
  });

  it('tells of a reset after what came before it, even after an end, and then takes nothing more', () => {
    const { line, say, until, happened, alarms } = playedLine();
    say('one');
    line.takeEnd();
    until(20);
    line.takeReset();
    until(40);
    say('two');
    line.takeEnd();
    line.takeReset();
    until(100);
    expect(happened).toEqual(['20 one', '20 end', '40 reset']);
    expect(alarms()).toBe(0);
  });

  it('drops what it holds once nobody is there to take it', () => {
    const { line, say, until, happened, alarms } = playedLine();
    say('one');
    line.close();
    expect(alarms()).toBe(0);
    say('0123456789');
    line.takeEnd();
    until(100);
    expect(happened).toEqual([]);
  });

  it('keeps no more of what it has handed on than a few places', () => {
    const { say, until, happened } = playedLine();
    for (let i = 0; i < 500; i++) {
      say(String.fromCharCode(97 + (i % 26)));
      until(i + 1);
    }
    until(1000);
    const letters = happened.filter((line) => !line.includes('pause') && !line.includes('go on'));
    expect(letters).toHaveLength(500);
    expect(letters.slice(-1)).toEqual([`519 ${String.fromCharCode(97 + (499 % 26))}`]);
  });
});
