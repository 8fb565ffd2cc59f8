/** The rule of nginx's `limit_req` for one key, played in its own numbers: thousandths of a request, whole milliseconds. */
export interface NginxNumbers {
  readonly milliPerSecond: number;
  readonly burst: number;
  readonly undelayed: number;
}

export interface NginxAnswer {
  readonly isAdmitted: boolean;
  /** For how long it is held back. */
  readonly delayMs: number;
}

export class NginxRule {
  readonly #numbers: NginxNumbers;
  #state: { excess: number; lastMs: number } | null = null;

  constructor(numbers: NginxNumbers) {
    this.#numbers = numbers;
  }

  ask(nowMs: number): NginxAnswer {
    const { milliPerSecond, burst, undelayed } = this.#numbers;
    let excess = 0;
    if (this.#state !== null) {
      const drained = Math.floor((milliPerSecond * (nowMs - this.#state.lastMs)) / 1000);
      excess = Math.max(0, this.#state.excess - drained + 1000);
      if (excess > burst * 1000) return { isAdmitted: false, delayMs: 0 };
    }
    this.#state = { excess, lastMs: nowMs };
    const over = excess - undelayed * 1000;
    return { isAdmitted: true, delayMs: over <= 0 ? 0 : Math.floor((over * 1000) / milliPerSecond) };
  }
}
