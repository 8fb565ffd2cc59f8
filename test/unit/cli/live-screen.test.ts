import { describe, expect, test } from 'vitest';
import type { ScreenStream } from '../../../harness/cli/live-screen.js';
import { LiveScreen } from '../../../harness/cli/live-screen.js';
import { ESCAPE, PaperTerminal } from '../../support/paper-terminal.js';
import { aLiveActor, aMoment } from '../report/live-samples.js';

/** A screen on which every moment comes a second after the last. */
function screenOn(terminal: ScreenStream, color = false): LiveScreen {
  let nowMs = 0;
  const tick = (): number => {
    nowMs += 1_000;
    return nowMs;
  };
  return new LiveScreen(terminal, { color, nowMs: tick });
}

describe('on a terminal', () => {
  test('a redraw takes the place of the last one', () => {
    const terminal = new PaperTerminal(80, 24);
    const screen = screenOn(terminal, true);
    screen.update(aMoment({ elapsedMs: 1_000 }));
    screen.update(aMoment({ elapsedMs: 2_000 }));
    expect(terminal.seen).toHaveLength(7);
    expect(terminal.seen[0]).toBe('order-flood-5x  calm  2.0 s of 9.0 s  7 s left');
  });

  test('a shorter redraw leaves nothing of the longer one', () => {
    const terminal = new PaperTerminal(80, 24);
    const screen = screenOn(terminal);
    screen.update(aMoment({ actors: [aLiveActor(), aLiveActor(), aLiveActor()] }));
    screen.update(aMoment({ actors: [aLiveActor()] }));
    screen.update(aMoment({ scenario: 'brief', actors: [aLiveActor()] }));
    expect(terminal.seen[0]).toBe('brief  attack  4.2 s of 9.0 s');
    expect(terminal.seen).toHaveLength(6);
    expect(terminal.seen.filter((line) => line.startsWith('customers'))).toHaveLength(1);
  });

  test('the cursor is away while it is redrawn, and back after close, which may come twice', () => {
    const terminal = new PaperTerminal(80, 24);
    const screen = screenOn(terminal);
    screen.update(aMoment());
    expect(terminal.cursorShown).toBe(false);
    screen.close();
    screen.close();
    expect(terminal.cursorShown).toBe(true);
    expect(terminal.seen).toHaveLength(7);
  });

  test('a line printed meanwhile stands above the live ones', () => {
    const terminal = new PaperTerminal(80, 24);
    const screen = screenOn(terminal);
    screen.update(aMoment());
    screen.print('warning: the record grows fast');
    screen.update(aMoment({ elapsedMs: 5_000 }));
    expect(terminal.seen).toHaveLength(8);
    expect(terminal.seen.slice(0, 2)).toEqual([
      'warning: the record grows fast',
      'order-flood-5x  attack  5.0 s of 9.0 s  5 s left',
    ]);
  });

  test('what is printed after close stands below the last lines', () => {
    const terminal = new PaperTerminal(80, 24);
    const screen = screenOn(terminal);
    screen.update(aMoment());
    screen.close();
    screen.print('done');
    expect(terminal.seen.at(-1)).toBe('done');
    expect(terminal.seen).toHaveLength(8);
  });

  test('a terminal that tells no size is taken for one of 80 columns and 24 rows', () => {
    const written: string[] = [];
    const screen = new LiveScreen(
      { write: (text) => written.push(text), isTTY: true, columns: 0, rows: 0 },
      { color: false },
    );
    screen.update(aMoment());
    expect(written.join('').split('\n')[0]).toContain('order-flood-5x  attack');
    expect(written.join('').split('\n')).toHaveLength(8);
  });

  test('a frame is one write, held back until it is whole, and there are eight a second at most', () => {
    const terminal = new PaperTerminal(80, 24);
    const written: string[] = [];
    let nowMs = 0;
    const stream: ScreenStream = { isTTY: true, columns: 80, rows: 24, write: (text) => written.push(text) };
    const screen = new LiveScreen(stream, { color: true, nowMs: () => nowMs });
    for (nowMs = 0; nowMs < 1_000; nowMs += 10) screen.update(aMoment({ elapsedMs: nowMs }));
    expect(written).toHaveLength(8);
    for (const frame of written) {
      expect(frame.startsWith(`${ESCAPE}[?2026h`)).toBe(true);
      expect(frame.endsWith(`${ESCAPE}[?2026l`)).toBe(true);
      terminal.write(frame);
    }
    screen.print('a line above');
    expect(written).toHaveLength(9);
    terminal.write(written.at(-1) ?? '');
    expect(terminal.seen[0]).toBe('a line above');
  });

  test('the last moment is shown however soon it came', () => {
    const terminal = new PaperTerminal(80, 24);
    const screen = new LiveScreen(terminal, { color: false, nowMs: () => 0 });
    screen.update(aMoment({ elapsedMs: 1_000 }));
    screen.update(aMoment({ elapsedMs: 8_900 }));
    expect(terminal.seen[0]).toBe('order-flood-5x  calm  1.0 s of 9.0 s');
    screen.close();
    expect(terminal.seen[0]).toBe('order-flood-5x  draining  8.9 s of 9.0 s');
    expect(terminal.seen).toHaveLength(7);
    screen.update(aMoment({ elapsedMs: 10 }));
    expect(terminal.seen[7]).toContain('warm-up  0.0 s of 9.0 s');
  });

  test.each([
    { columns: 60, because: 'each broken line takes two rows' },
    { columns: 25, because: 'each broken line takes several' },
    { columns: 120, because: 'in a wider window nothing is broken' },
  ])('a window of 80 columns made $columns wide leaves nothing behind: $because', ({ columns }) => {
    const terminal = new PaperTerminal(80, 60);
    const screen = screenOn(terminal);
    screen.print('a verdict from before');
    screen.update(aMoment());
    terminal.resize(columns);
    screen.update(aMoment({ elapsedMs: 5_000 }));
    screen.update(aMoment({ elapsedMs: 5_500 }));
    expect(terminal.seen[0]).toBe('a verdict from before');
    expect(terminal.seen.filter((line) => line.includes('order-flood-5x'))).toHaveLength(1);
    expect(terminal.seen).toHaveLength(8);
  });

  test('what is quiet writes nothing, wherever it goes', () => {
    for (const isTTY of [true, false]) {
      const written: string[] = [];
      const screen = new LiveScreen({ write: (text) => written.push(text), isTTY }, { color: true, quiet: true });
      screen.update(aMoment());
      screen.print('a warning');
      screen.close();
      expect(written).toEqual([]);
    }
  });

  test('no more lines are drawn than the terminal has rows, since the others could not be redrawn', () => {
    const terminal = new PaperTerminal(80, 5);
    const screen = screenOn(terminal);
    screen.update(aMoment());
    screen.update(aMoment());
    expect(terminal.seen).toHaveLength(4);
  });
});

describe('on anything else', () => {
  test('one plain line a phase', () => {
    const written: string[] = [];
    const screen = new LiveScreen({ write: (text) => written.push(text) }, { color: false });
    for (const elapsedMs of [0, 500, 1_040, 2_000, 3_000, 5_000, 8_000]) screen.update(aMoment({ elapsedMs }));
    screen.print('a warning');
    screen.close();
    expect(written).toEqual([
      'order-flood-5x: warm-up, 0 ms of 9 s\n',
      'order-flood-5x: calm, 1 s of 9 s\n',
      'order-flood-5x: attack, 3 s of 9 s\n',
      'order-flood-5x: draining, 8 s of 9 s\n',
      'a warning\n',
    ]);
  });

  test('each run is announced anew, and each by its own phases', () => {
    const written: string[] = [];
    const screen = new LiveScreen({ write: (text) => written.push(text) }, { color: false });
    for (let run = 0; run < 2; run++) {
      screen.update(aMoment({ elapsedMs: 500 }));
      screen.close();
    }
    expect(written).toHaveLength(2);
  });

  test('a terminal that knows no commands is given none', () => {
    const written: string[] = [];
    const screen = new LiveScreen(
      { write: (text) => written.push(text), isTTY: true },
      { color: false, redraws: false },
    );
    screen.update(aMoment({ elapsedMs: 500 }));
    screen.close();
    expect(written).toEqual(['order-flood-5x: warm-up, 500 ms of 9 s\n']);
  });

  test('a screen that was never updated writes nothing', () => {
    const written: string[] = [];
    new LiveScreen({ write: (text) => written.push(text) }, { color: false }).close();
    expect(written).toEqual([]);
  });
});
