/** Servers whose orders cost some milliseconds of their only thread. */
import type { ServerResponse } from 'node:http';
import { type Ask, type Served, Venue } from './venue.js';

const WORK_MS = 12;

function work(): void {
  const untilMs = performance.now() + WORK_MS;
  while (performance.now() < untilMs) Math.sqrt(untilMs);
}

/** As it should be: what was throttled has cost nothing. */
export class WorksLast extends Venue {
  protected override perform(ask: Ask, body: string): Served {
    if (ask.requestClass === 'order.place') work();
    return super.perform(ask, body);
  }
}

export class WorksFirst extends Venue {
  protected override async serve(ask: Ask, body: string, response: ServerResponse): Promise<void> {
    if (ask.requestClass === 'order.place') work();
    await super.serve(ask, body, response);
  }
}
