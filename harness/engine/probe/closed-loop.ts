/**
 * How many requests a second are answered when each connection asks anew as soon as it is answered: autocannon over more
 * and more connections, until more of them bring no more. Its rates are not used, for they come in bursts at the turn of
 * each second, and no workers, with which it never says that it has stopped.
 */
import autocannon from 'autocannon';
import { connectTls, type TlsSettings } from '../../targets/http/tls.js';
import type { CheckedTarget } from '../../targets/loopback.js';
import type { ClosedStep } from './capacity.js';

const CONNECTIONS_MAX = 1024;
/** Connections are opened and code is compiled. */
const SETTLE_MS = 300;
const MEASURE_MS = 700;
/** It looks this often whether it is to stop. */
const SAMPLE_MS = 50;
/** More connections are worth it when they bring this much more. */
const GAIN = 1.05;
/** So many steps in a row that were not worth it end the loop: one may have met with something else on the machine. */
const VAIN_STEPS = 2;
const TIMEOUT_S = 10;

/** What one step takes, with autocannon's own end. */
export const STEP_MS = SETTLE_MS + MEASURE_MS + 2 * SAMPLE_MS;

export interface ClosedLoopOptions {
  readonly target: CheckedTarget;
  /** Over https. autocannon verifies no certificate: who calls has done so before. null = plain http. */
  readonly tls: TlsSettings | null;
  /** With query; starts with a slash. */
  readonly path: string;
  /** No step begins once it has come. */
  readonly isOver: () => boolean;
  readonly onStep: (step: ClosedStep) => void;
}

/** Steps of 1, 2, 4 ... connections; the last two brought less than 5 % more than the best before them. At least one. */
export async function closedLoop(options: ClosedLoopOptions): Promise<readonly ClosedStep[]> {
  const steps: ClosedStep[] = [];
  let best = 0;
  let vain = 0;
  for (let connections = 1; connections <= CONNECTIONS_MAX; connections *= 2) {
    const step = await stepOf(connections, options);
    steps.push(step);
    options.onStep(step);
    vain = step.answeredPerSecond > best * GAIN ? 0 : vain + 1;
    best = Math.max(best, step.answeredPerSecond);
    if (vain === VAIN_STEPS || options.isOver()) break;
  }
  return steps;
}

async function stepOf(connections: number, { target, tls, path }: ClosedLoopOptions): Promise<ClosedStep> {
  const statuses: Record<string, number> = {};
  let answered = 0;
  let errors = 0;
  let isMeasured = false;
  let beganMs = 0;
  let endedMs = 0;
  let idle = performance.eventLoopUtilization();
  let ownBusyShare = 0;
  await new Promise<void>((resolve, reject) => {
    const run = autocannon(
      {
        url: `${target.origin}${target.basePath}${path}`,
        headers: { host: target.host },
        ...(tls === null ? {} : { tlsOptions: connectTls(tls), servername: tls.serverName ?? '' }),
        connections,
        // Longer than the step: it is stopped.
        duration: 3600,
        timeout: TIMEOUT_S,
        sampleInt: SAMPLE_MS,
      },
      (error: Error | null) => {
        for (const timer of timers) clearTimeout(timer);
        if (error === null) resolve();
        else reject(error);
      },
    );
    run.on('response', (_client, status) => {
      if (!isMeasured) return;
      answered++;
      statuses[status] = (statuses[status] ?? 0) + 1;
    });
    run.on('reqError', () => {
      if (isMeasured) errors++;
    });
    const begin = (): void => {
      isMeasured = true;
      beganMs = performance.now();
      idle = performance.eventLoopUtilization();
    };
    const end = (): void => {
      isMeasured = false;
      endedMs = performance.now();
      ownBusyShare = performance.eventLoopUtilization(idle).utilization;
      run.stop();
    };
    const timers = [setTimeout(begin, SETTLE_MS), setTimeout(end, SETTLE_MS + MEASURE_MS)];
  });
  const seconds = (endedMs - beganMs) / 1000;
  return {
    connections,
    answeredPerSecond: seconds > 0 ? Math.round(answered / seconds) : 0,
    statuses,
    errors,
    ownBusyShare,
  };
}
