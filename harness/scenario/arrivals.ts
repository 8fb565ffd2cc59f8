/** Arrivals of a file -> arrivals of a plan. */
import type { ArrivalsEntry } from './arrivals-schema.js';
import type { Arrivals } from './plan.js';
import { resolveRate, type WrittenRate } from './rates.js';
import type { TraceList } from './traces.js';
import type { Path } from './yaml-source.js';

/** Every rate of an arrival process that may be a share of the capacity, with its place. */
export function writtenRates(arrivals: ArrivalsEntry): readonly { readonly path: Path; readonly rate: WrittenRate }[] {
  switch (arrivals.process) {
    case 'constant':
    case 'poisson':
    case 'on-off':
    case 'hawkes':
    case 'diurnal':
      return [{ path: ['rate'], rate: arrivals.rate }];
    case 'ramp':
      return [
        { path: ['from'], rate: arrivals.from },
        { path: ['to'], rate: arrivals.to },
      ];
    case 'step':
      return arrivals.steps.map(({ rate }, index) => ({ path: ['steps', index, 'rate'], rate }));
    case 'mmpp':
      return [
        { path: ['calm'], rate: arrivals.calm },
        { path: ['burst'], rate: arrivals.burst },
      ];
    case 'herd':
    case 'trace':
      return [];
  }
}

/** What arrivals need of the rest of the file. */
export interface ArrivalsSetting {
  readonly capacityPerSecond: number | null;
  readonly traces: TraceList;
}

/** @param arrivals - Checked: every rate can be resolved. */
export function buildArrivals(arrivals: ArrivalsEntry, { capacityPerSecond, traces }: ArrivalsSetting): Arrivals {
  const perSecond = (rate: WrittenRate): number => {
    const resolved = resolveRate(rate, capacityPerSecond);
    if (!resolved.ok) throw new Error(resolved.complaint.message);
    return resolved.value;
  };
  switch (arrivals.process) {
    case 'constant':
    case 'poisson':
      return { process: arrivals.process, ratePerSecond: perSecond(arrivals.rate) };
    case 'ramp':
      return { process: 'ramp', fromPerSecond: perSecond(arrivals.from), toPerSecond: perSecond(arrivals.to) };
    case 'step': {
      const steps = arrivals.steps.map(({ from, rate }) => ({ fromUs: from, ratePerSecond: perSecond(rate) }));
      return { process: 'step', steps };
    }
    case 'on-off': {
      const { rate, on, off } = arrivals;
      return { process: 'on-off', ratePerSecond: perSecond(rate), onUsMean: on, offUsMean: off };
    }
    case 'mmpp':
      return {
        process: 'mmpp',
        calmPerSecond: perSecond(arrivals.calm),
        burstPerSecond: perSecond(arrivals.burst),
        calmUsMean: arrivals.calmFor,
        burstUsMean: arrivals.burstFor,
      };
    case 'hawkes': {
      const { rate, branching, decay } = arrivals;
      return { process: 'hawkes', ratePerSecond: perSecond(rate), branching, decayPerSecond: decay };
    }
    case 'diurnal': {
      const { rate, peakToTrough, period, peakAt } = arrivals;
      return {
        process: 'diurnal',
        ratePerSecond: perSecond(rate),
        peakToTrough,
        periodUs: period,
        peakAtUs: peakAt,
      };
    }
    case 'herd': {
      const { size, first, every, within } = arrivals;
      return { process: 'herd', size, firstUs: first, everyUs: every ?? null, withinUs: within };
    }
    case 'trace': {
      const { file, format, time, speed, keep, loop } = arrivals;
      const trace = traces.indexOf({ file, format, time });
      return { process: 'trace', trace, speed, keepShare: keep, isLooped: loop };
    }
  }
}
