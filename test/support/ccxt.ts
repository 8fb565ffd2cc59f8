/**
 * A second implementation of every venue's signing: ccxt, asked for URL, headers and body alone. Nothing is sent, its
 * clock stands where a test puts it, and whatever of it would reach for the network throws.
 */
import type { Received } from '../../harness/signing/profile.js';

/** What ccxt would send. */
export interface CcxtRequest {
  readonly url: string;
  readonly method: string;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: string;
}

export interface CcxtKeys {
  readonly apiKey: string;
  /** As the venue's clients are given it: text, base64 or PEM. */
  readonly secret: string;
  /** Passphrase; venues without one need none. */
  readonly password?: string;
}

export interface CcxtVenue {
  readonly options: Record<string, unknown>;
  /** @param api - name of a group of endpoints, `private` mostly. */
  sign(path: string, api: string | readonly string[], method: string, params?: unknown): CcxtRequest;
  milliseconds(): number;
  microseconds(): number;
  seconds(): number;
  fetch(): never;
}

/** Where ccxt's clock stands, whole milliseconds; a test moves it. */
export interface CcxtClock {
  nowMs: number;
}

/**
 * @param id - as ccxt names the venue's file, `krakenfutures`.
 * @param from - the package; `ccxt-bitmex` is an older copy that still has BitMEX.
 */
export async function ccxtVenue(
  id: string,
  keys: CcxtKeys,
  clock: CcxtClock,
  from: 'ccxt' | 'ccxt-bitmex' = 'ccxt',
): Promise<CcxtVenue> {
  // The package's door loads more than a hundred venues; one file is enough.
  const file = new URL(`../../node_modules/${from}/js/src/${id}.js`, import.meta.url);
  const module = (await import(file.href)) as { readonly default: new (config: CcxtKeys) => CcxtVenue };
  const venue = new module.default(keys);
  venue.milliseconds = () => clock.nowMs;
  venue.microseconds = () => clock.nowMs * 1_000;
  venue.seconds = () => Math.floor(clock.nowMs / 1_000);
  venue.fetch = () => {
    throw new Error(`ccxt's ${id} wanted to send a request`);
  };
  return venue;
}

/** The same request as a server would receive it. */
export function receivedFrom({ url, method, headers = {}, body }: CcxtRequest): Received {
  const start = url.indexOf('/', url.indexOf('://') + '://'.length);
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return { method, path: url.slice(start), headers: Object.fromEntries(lower), body: body ?? '' };
}
