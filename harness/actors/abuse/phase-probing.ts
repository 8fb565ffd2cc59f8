import { paramsOf } from '../../scenario/behaviours.js';
import type { Answered, Behaviour, Identity, Intent } from '../actor.js';
import * as api from '../api.js';
import { OrderMaker } from '../order-maker.js';
import { Outcome } from '../outcome.js';
import type { Setting } from '../setting.js';

/** The first burst begins at most this share of a window before its end, however slowly arrivals come. */
const LEAD_SHARE_MAX = 0.5;

/**
 * Finds out when a window begins, and sends all of it around the edge to the next. Each identity on its own:
 *
 * ```
 * fill: until a throttle says that the window is used up
 *   └─ probe: until one is let through, which is when a window begins
 *        └─ (skips) ─ late: what is left of the window, just before its end
 *             └─ early: all of the next one, just after its beginning
 *                  └─ (skips until that one is over) ─ probe ...
 * ```
 * The window has begun between the probe's sending and its answer; bursts keep clear of the time between. A window that
 * begins with its first request begins with the probe, and its successor with the first of the early burst.
 */
export function createPhaseProbing(setting: Setting): Behaviour {
  const { windowUs, burst } = paramsOf(setting.actor, 'phase-probing');
  const orders = new OrderMaker(setting.actor.symbolZipf);
  /** By identity index: no more than have arrived. */
  const probers = new Map<number, PhaseProber>();

  function proberOf({ index }: Identity): PhaseProber {
    const found = probers.get(index) ?? new PhaseProber(windowUs, burst);
    probers.set(index, found);
    return found;
  }

  function onArrival(identity: Identity, nowUs: number): Intent | null {
    const part = proberOf(identity).ask(nowUs);
    if (part === null) return null;
    const { number, random } = setting.events.arrival(identity);
    return setting.intent(identity, api.placeOrder(orders.order(random)), { step: `${part}/${nowUs}/${number}` });
  }

  function onOutcome({ identity, step }: Intent, { outcome }: Answered, nowUs: number): null {
    const [part = '', sentUs = '0'] = step.split('/');
    if (outcome === Outcome.admitted) proberOf(identity).passed(part, Number(sentUs), nowUs);
    if (outcome === Outcome.throttled) proberOf(identity).stopped(part);
    return null;
  }

  return { onArrival, onOutcome };
}

/** One identity's search and attack, without its requests. */
class PhaseProber {
  readonly #windowUs: number;
  readonly #burst: number;
  #part: 'fill' | 'probe' | 'late' | 'early' = 'fill';
  /** Nothing is sent before. */
  #fromUs = 0;
  /** The window ends no earlier than the first and no later than the second. */
  #endUsMin = 0;
  #endUsMax = 0;
  /** From sending to answer, of the last probe that passed. */
  #tripUs = 0;
  /** Requests of the window that are used, or will be. */
  #used = 0;
  #arrivals = 0;
  #firstUs: number | null = null;

  constructor(windowUs: number, burst: number) {
    this.#windowUs = windowUs;
    this.#burst = burst;
  }

  /** What a request sent now is for, or null when none is to be sent. */
  ask(nowUs: number): string | null {
    this.#firstUs ??= nowUs;
    this.#arrivals += 1;
    if (this.#part === 'late' && nowUs >= this.#endUsMin - this.#tripUs) this.#beginEarly();
    if (nowUs < this.#fromUs) return null;
    const part = this.#part;
    if (part === 'late' || part === 'early') {
      if (this.#used >= this.#burst) return null;
      this.#used += 1;
      if (part === 'early') this.#sentEarly(nowUs);
    }
    return part;
  }

  passed(part: string, sentUs: number, answeredUs: number): void {
    if (part !== 'probe') return;
    // More than one probe can be on its way: the first that passes begins the window, the others use it.
    if (this.#part !== 'probe') {
      this.#used += 1;
      return;
    }
    this.#part = 'late';
    this.#used = 1;
    this.#tripUs = answeredUs - sentUs;
    this.#endUsMin = sentUs + this.#windowUs;
    this.#endUsMax = answeredUs + this.#windowUs;
    this.#fromUs = this.#endUsMin - this.#tripUs - this.#leadUs(answeredUs);
  }

  stopped(part: string): void {
    if (part === 'fill' && this.#part === 'fill') this.#part = 'probe';
  }

  #beginEarly(): void {
    this.#part = 'early';
    this.#used = 0;
    this.#fromUs = this.#endUsMax;
  }

  /** The burst is complete: when its window is over, another one is sought. */
  #sentEarly(nowUs: number): void {
    if (this.#used < this.#burst) return;
    this.#part = 'probe';
    // The window began at this burst's answers at the latest, which take as long as the probe's did.
    this.#fromUs = nowUs + this.#tripUs + this.#windowUs;
  }

  /** How long a burst takes at the pace at which arrivals have come so far, with a half on top. */
  #leadUs(nowUs: number): number {
    const gapUs = (nowUs - (this.#firstUs ?? nowUs)) / Math.max(1, this.#arrivals);
    return Math.min(LEAD_SHARE_MAX * this.#windowUs, Math.ceil(1.5 * gapUs * this.#burst));
  }
}
