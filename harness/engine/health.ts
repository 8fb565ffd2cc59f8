/**
 * The generator watches itself, second by second: what was due, how late it was handed over (its own delay, not the
 * target's), how long its loop stood still, how long garbage was collected, how much CPU others took from this machine.
 */
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks';
import { build, type Histogram } from 'hdr-histogram-js';
import type { RunClock } from './wall-clock.js';

export interface HealthSecond {
  /** Seconds since the start of the warm-up. */
  readonly second: number;
  /** Requests due in it. */
  readonly asked: number;
  /** Of those, handed over within a second. */
  readonly dispatched: number;
  readonly ownDelayUsP99: number;
  readonly ownDelayUsMax: number;
  readonly eventLoopLagUsMax: number;
  readonly gcUs: number;
  /** Requests that this machine could not send, by the system's error code. */
  readonly ownFaults: Readonly<Record<string, number>>;
}

/** Delays from 1 us to an hour with 3 digits. */
function delayHistogram(): Histogram {
  return build({ lowestDiscernibleValue: 1, highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: 3 });
}

interface OpenSecond {
  asked: number;
  dispatched: number;
  delays: Histogram;
  ownFaults: Record<string, number>;
}

/** Later than this is as good as not at all. */
const HANDED_OVER_US_MAX = 1_000_000;

/** Seconds stay open this long, so that a late request is counted in the second in which it was due. */
const OPEN_SECONDS = 3;

export class HealthWatch {
  private readonly open = new Map<number, OpenSecond>();
  private readonly lags = new Map<number, number>();
  private readonly gcs = new Map<number, number>();
  private readonly loop = monitorEventLoopDelay({ resolution: 10 });
  private readonly clock: RunClock;
  private readonly observer: PerformanceObserver;
  private readonly warmupUs: number;
  /** Own delays of the whole run without the seconds that begin in the warm-up; complete after `finish`. */
  readonly delays = delayHistogram();

  constructor(clock: RunClock, warmupUs: number) {
    this.clock = clock;
    this.warmupUs = warmupUs;
    this.loop.enable();
    this.observer = new PerformanceObserver((list) => {
      const second = Math.floor(this.clock.nowUs() / 1e6);
      let us = this.gcs.get(second) ?? 0;
      for (const entry of list.getEntries()) us += entry.duration * 1000;
      this.gcs.set(second, us);
    });
    this.observer.observe({ entryTypes: ['gc'] });
  }

  asked(intendedUs: number): void {
    this.at(intendedUs).asked++;
  }

  dispatched(intendedUs: number, dispatchedUs: number): void {
    const second = this.at(intendedUs);
    const delayUs = Math.max(0, Math.round(dispatchedUs - intendedUs));
    if (delayUs <= HANDED_OVER_US_MAX) second.dispatched++;
    second.delays.recordValue(Math.min(delayUs, 3_600_000_000));
  }

  /** A request could not be sent for want of something on this machine. */
  ownFault(code: string): void {
    const { ownFaults } = this.at(this.clock.nowUs());
    ownFaults[code] = (ownFaults[code] ?? 0) + 1;
  }

  /** To be called about once a second: reads the loop's lag and closes old seconds. */
  tick(): HealthSecond[] {
    const now = Math.floor(this.clock.nowUs() / 1e6);
    // The histogram's values include the sampling interval itself.
    const lagUs = Math.max(0, this.loop.max / 1000 - 10_000);
    this.loop.reset();
    this.lags.set(now - 1, Math.max(this.lags.get(now - 1) ?? 0, lagUs));
    return this.close(now - OPEN_SECONDS);
  }

  /** Closes every second and stops watching. */
  finish(): HealthSecond[] {
    const rows = [...this.tick(), ...this.close(Number.POSITIVE_INFINITY)];
    this.loop.disable();
    this.observer.disconnect();
    return rows;
  }

  private at(intendedUs: number): OpenSecond {
    const index = Math.floor(intendedUs / 1e6);
    let second = this.open.get(index);
    if (second === undefined) {
      second = { asked: 0, dispatched: 0, delays: delayHistogram(), ownFaults: {} };
      this.open.set(index, second);
    }
    return second;
  }

  private close(before: number): HealthSecond[] {
    const rows: HealthSecond[] = [];
    for (const [second, row] of this.open) {
      if (second >= before) continue;
      rows.push({
        second,
        asked: row.asked,
        dispatched: row.dispatched,
        ownDelayUsP99: row.delays.totalCount === 0 ? 0 : row.delays.getValueAtPercentile(99),
        ownDelayUsMax: row.delays.totalCount === 0 ? 0 : row.delays.maxValue,
        eventLoopLagUsMax: Math.round(this.lags.get(second) ?? 0),
        gcUs: Math.round(this.gcs.get(second) ?? 0),
        ownFaults: row.ownFaults,
      });
      if (second * 1e6 >= this.warmupUs) this.delays.add(row.delays);
      this.open.delete(second);
      this.lags.delete(second);
      this.gcs.delete(second);
    }
    return rows;
  }
}
