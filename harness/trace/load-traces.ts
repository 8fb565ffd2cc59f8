/** Loads the traces of a plan: once, before the load begins, for all threads. */
import { loopUs } from '../actors/arrivals/trace.js';
import type { Fault } from '../errors.js';
import type { ActorPlan, Plan, TraceSource } from '../scenario/plan.js';
import { readAccessLog } from './access-log.js';
import { readCsv } from './csv.js';
import { refuseTraces, TraceRefusal } from './faults.js';
import { readHar } from './har.js';
import type { LoadedTrace } from './loaded-trace.js';
import { readObservations } from './observations.js';
import { RequestTable } from './request-table.js';
import { CALLERS_MAX, STAMPS_MAX, TraceBook } from './trace-book.js';

export interface LoadOptions {
  /** The run's: it fixes which times are kept of a file that is too large. */
  readonly seed: number;
  /** Times of one file that are kept in memory at most. */
  readonly stampsMax?: number;
  /** Callers of one file that are told apart at most. */
  readonly callersMax?: number;
}

/**
 * The traces of `plan.traces` in their order; each file that is named twice alike is read once.
 *
 * A file is read piece by piece, so its size does not matter; of its times at most `STAMPS_MAX` are held. Where it has more
 * and every actor that uses it keeps only a share of them, a sample of the largest such share is held instead.
 *
 * @throws {FloodproofError} FP_FILE_UNREADABLE or FP_FILE_INVALID with the faults of all traces.
 */
export async function loadTraces(plan: Plan, options: LoadOptions): Promise<readonly LoadedTrace[]> {
  const faults: Fault[] = [];
  const loaded = new Map<string, LoadedTrace | null>();
  const traces: LoadedTrace[] = [];
  for (const [index, source] of plan.traces.entries()) {
    const asksAgain = plan.actors.some((actor) => isAskedAgain(actor, index));
    const name = JSON.stringify([source.file, source.format, source.timeColumn, source.whoColumn, asksAgain]);
    const wanted = { source, keep: keepShare(plan, source), asksAgain };
    if (!loaded.has(name)) loaded.set(name, await loadOne(wanted, options, faults));
    const trace = loaded.get(name) ?? null;
    if (trace === null) continue;
    faults.push(...faultsOfUse(plan, index, trace));
    traces.push(trace);
  }
  if (faults.length > 0) refuseTraces(faults);
  return traces;
}

/** Whether the actor wants the requests of this trace, and not its times alone. */
function isAskedAgain({ behaviour, arrivals }: ActorPlan, trace: number): boolean {
  return behaviour === 'recorded' && arrivals.process === 'trace' && arrivals.trace === trace;
}

interface Wanted {
  readonly source: TraceSource;
  readonly keep: number;
  readonly asksAgain: boolean;
}

async function loadOne(
  { source, keep, asksAgain }: Wanted,
  { seed, stampsMax = STAMPS_MAX, callersMax = CALLERS_MAX }: LoadOptions,
  faults: Fault[],
): Promise<LoadedTrace | null> {
  const requests = asksAgain ? new RequestTable(source.file) : null;
  const book = new TraceBook({
    requests,
    file: source.file,
    tellsWho: source.whoColumn !== null,
    keepShare: keep,
    seed,
    word: source.format === 'har' ? 'entry' : 'line',
    isOrderFree: source.format === 'observations',
    stampsMax,
    callersMax,
  });
  try {
    await read(source, requests, book);
    return book.finish();
  } catch (error) {
    if (!(error instanceof TraceRefusal)) throw error;
    faults.push(error.fault);
    return null;
  }
}

async function read(source: TraceSource, requests: RequestTable | null, book: TraceBook): Promise<void> {
  const { file, whoColumn } = source;
  if (requests !== null && source.format !== 'csv') {
    const hint = `make one of it: floodproof record ${file}`;
    throw new TraceRefusal('FP_TRACE_FORMAT', { file }, 'requests are read from a CSV of them', hint);
  }
  switch (source.format) {
    case 'csv':
      return await readCsv(file, { ...source, requests }, book);
    case 'access-log':
      if (whoColumn !== null && whoColumn !== 'ip') {
        throw new TraceRefusal(
          'FP_TRACE_WHO',
          { file },
          `an access log has no "${whoColumn}" to tell callers apart`,
          'write "who: ip"',
        );
      }
      return await readAccessLog(file, whoColumn !== null, book);
    case 'har':
      if (whoColumn !== null) {
        throw new TraceRefusal('FP_TRACE_WHO', { file }, 'a HAR is the recording of one client', 'leave "who" out');
      }
      return await readHar(file, book);
    case 'observations':
      return await readObservations(file, source, book);
  }
}

/**
 * The largest share of a file that any actor wants of it. Sources that differ in their column of callers alone are kept
 * alike, so that the rows of one are those of the other.
 */
function keepShare(plan: Plan, source: TraceSource): number {
  const isSame = (index: number): boolean => {
    const other = plan.traces[index];
    return other?.file === source.file && other.format === source.format && other.timeColumn === source.timeColumn;
  };
  const share = Math.max(0, ...plan.actors.map((actor) => shareOfActor(actor, isSame)));
  return share === 0 ? 1 : share;
}

function shareOfActor({ arrivals, who }: ActorPlan, isSame: (index: number) => boolean): number {
  if (arrivals.process === 'trace' && isSame(arrivals.trace)) return arrivals.keepShare;
  return who.choice === 'trace' && isSame(who.trace) ? 1 : 0;
}

function faultsOfUse(plan: Plan, index: number, trace: LoadedTrace): Fault[] {
  const { file } = trace.summary;
  const isFlat = loopUs(trace) === 0;
  return plan.actors.flatMap(({ name, arrivals, who }) => {
    const faults: Fault[] = [];
    if (
      arrivals.process === 'trace' &&
      arrivals.trace === index &&
      isFlat &&
      (arrivals.isLooped || trace.summary.stamps > 1)
    ) {
      const what =
        trace.summary.stamps > 1
          ? `all ${trace.summary.stamps} times of the file are one moment`
          : 'the file has one time, which cannot be looped';
      faults.push(new TraceRefusal('FP_TRACE_FLAT', { file }, `${what} (actor "${name}")`).fault);
    }
    if (who.choice === 'trace' && who.trace === index && trace.who === null) {
      faults.push(new TraceRefusal('FP_TRACE_WHO', { file }, `no column says who (actor "${name}")`).fault);
    }
    return faults;
  });
}
