/** The page of a suite while it is played: served on loopback to whoever has its URL, and kept up to date by events. */
import { setTimeout } from 'node:timers/promises';
import type { Progress } from '../engine/play.js';
import type { RunRecord } from '../engine/record/run-folder.js';
import type { ObservationBatch } from '../judge/observation.js';
import { renderPage } from '../report/page.js';
import type { PageData } from '../report/page-data.js';
import { EventReaders } from './event-readers.js';
import { LiveRun } from './live-run.js';
import { LoopbackServer, randomToken } from './loopback-server.js';
import { pagePolicy, readPageTemplate } from './page-file.js';
import type { RunEnd, SuiteWatcher } from './suite-watcher.js';

const DELTA_MS = 500;
const BEAT_MS = 15_000;
/** How long a suite's end waits for those who read. */
const PATIENCE_MS = 1000;
/** JSON characters of runs that have ended; beyond it the oldest are told without their series. */
const KEPT_CHARS_MAX = 8_000_000;

export interface LivePageOptions {
  /** 0 = a free one. */
  readonly port: number;
  /** See `KEPT_CHARS_MAX`. */
  readonly keptCharsMax?: number;
}

export class LivePage implements SuiteWatcher {
  readonly #options: LivePageOptions;
  readonly #readers = new EventReaders(() => this.#pageJson());
  readonly #token = randomToken();
  #server: LoopbackServer | null = null;
  #runs: readonly LiveRun[] = [];
  #running = -1;
  #timers: readonly NodeJS.Timeout[] = [];
  /** Pages that were served and whose readers have not come yet. */
  #awaited = 0;
  #whenAwaitedCame: () => void = () => undefined;

  private constructor(options: LivePageOptions) {
    this.#options = options;
  }

  /** @throws {FloodproofError} FP_PORT_TAKEN, FP_PAGE_ABSENT */
  static async open(options: LivePageOptions): Promise<LivePage> {
    const page = new LivePage(options);
    const template = readPageTemplate();
    const policy = pagePolicy(template);
    page.#server = await LoopbackServer.open({
      port: options.port,
      token: page.#token,
      hint: 'choose another port with --ui-port, or leave it out for a free one',
      routes: {
        '/': (_request, response) => {
          const html = renderPage(template, page.#data());
          page.#awaited++;
          response.setHeader('Content-Security-Policy', policy);
          response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(html);
        },
        '/events': (_request, response) => {
          page.#readers.join(response);
          page.#awaited = Math.max(0, page.#awaited - 1);
          if (page.#awaited === 0) page.#whenAwaitedCame();
        },
      },
    });
    page.#timers = [setInterval(() => page.#tellChanges(), DELTA_MS), setInterval(() => page.#readers.beat(), BEAT_MS)];
    // What keeps the process alive is the suite.
    for (const timer of page.#timers) timer.unref();
    return page;
  }

  /** With the token in it: who has it may watch. */
  get url(): string {
    return this.#server?.url(`/?token=${this.#token}`) ?? '';
  }

  suiteBegins(runs: readonly RunRecord[]): void {
    this.#runs = runs.map((record) => new LiveRun(record));
  }

  runBegins(index: number, folder: string): void {
    this.#running = index;
    this.#runs[index]?.begin(folder);
    this.#tellRun(index);
  }

  rows(batch: ObservationBatch): void {
    this.#runs[this.#running]?.take(batch);
  }

  progress(progress: Progress): void {
    this.#runs[this.#running]?.progress(progress);
  }

  runEnds(index: number, end: RunEnd): void {
    this.#runs[index]?.end(end);
    this.#running = -1;
    this.#shorten(index);
    this.#tellRun(index);
  }

  async suiteEnds(exitCode: number): Promise<void> {
    this.#readers.end(JSON.stringify({ exitCode }));
    const patience = new AbortController();
    const late = setTimeout(PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([late, this.#everybodyHasAll()]);
    patience.abort();
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#server?.close();
  }

  async #everybodyHasAll(): Promise<void> {
    // A page that was just opened has no reader yet, and would not know that it is over.
    if (this.#awaited > 0) {
      await new Promise<void>((resolve) => {
        this.#whenAwaitedCame = resolve;
      });
    }
    await this.#readers.left();
  }

  #tellRun(index: number): void {
    const run = this.#runs[index];
    if (run === undefined || this.#readers.count === 0) return;
    this.#readers.tell('run', `{"index":${index},"run":${run.pageJson()}}`);
  }

  #tellChanges(): void {
    // What changes while nobody reads is told with the page to who comes.
    if (this.#readers.count === 0) return;
    const series = this.#runs[this.#running]?.changed() ?? null;
    if (series !== null) this.#readers.tell('series', JSON.stringify({ index: this.#running, series }));
  }

  /** Keeps what the page holds within its bound: the run that ended last stays whole. */
  #shorten(last: number): void {
    let chars = 0;
    for (let index = last; index >= 0; index--) {
      const run = this.#runs[index] as LiveRun;
      chars += run.pageJson().length;
      if (chars > (this.#options.keptCharsMax ?? KEPT_CHARS_MAX) && index !== last) {
        chars -= run.pageJson().length;
        run.shorten();
        chars += run.pageJson().length;
      }
    }
  }

  #data(): PageData {
    return { ...frame, runs: this.#runs.map((run) => run.page()) };
  }

  /** The same as `#data`, without writing again what does not change any more. */
  #pageJson(): string {
    const { schema, mode, baseline } = frame;
    const runs = this.#runs.map((run) => run.pageJson()).join(',');
    return `{"schema":${JSON.stringify(schema)},"mode":"${mode}","runs":[${runs}],"baseline":${JSON.stringify(baseline)}}`;
  }
}

const frame = { schema: 'floodproof/page/1', mode: 'live', baseline: null } as const;
