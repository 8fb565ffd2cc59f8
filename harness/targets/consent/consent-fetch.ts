/**
 * Finds the consent of a target's owner: the file that the pinned address itself serves, or, where it serves none, a TXT
 * record of the host's name. One plain GET; nothing is followed, and nothing about the answer is forgiven.
 */
import dns from 'node:dns';
import http, { type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import { connectTls, type TlsSettings } from '../http/tls.js';
import type { PinnedTarget } from '../pinned.js';
import { CONSENT_BYTES_MAX } from './consent-document.js';

export const CONSENT_PATH = '/.well-known/floodproof-consent';
export const CONSENT_RECORD = '_floodproof-consent';

/** From the first packet of the connection to the last byte of the answer. */
const FETCH_DEADLINE_MS = 5000;
const LOOKUP_TIMEOUT_MS = 2000;
const LOOKUP_TRIES = 2;
const HEADER_BYTES_MAX = 16_384;

/** Why there is none. */
export class NoConsent extends Error {
  /** Whether the server says that it has no such file, and nothing worse. */
  readonly isAbsent: boolean;

  constructor(message: string, isAbsent = false) {
    super(message);
    this.name = 'NoConsent';
    this.isAbsent = isAbsent;
  }
}

export interface FoundConsent {
  readonly text: string;
  readonly from: 'file' | 'dns';
}

/** Over https, PEM: whom to trust instead of the system's authorities, and who we are; null = those, and nobody. */
export type ConsentTls = Pick<TlsSettings, 'ca' | 'cert' | 'key'>;

/** @param tls - null = as the system has it. @throws {NoConsent} */
export async function findConsent(pinned: PinnedTarget, tls: ConsentTls | null): Promise<FoundConsent> {
  try {
    return { text: decode(await fetchFile(pinned, tls)), from: 'file' };
  } catch (error) {
    if (!(error instanceof NoConsent) || !error.isAbsent || pinned.isAddress || pinned.isLoopback) throw error;
    return { text: decode(await lookUpRecord(pinned.name, error.message)), from: 'dns' };
  }
}

/** A byte order mark is a part of the text, and no JSON. @throws {NoConsent} */
function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new NoConsent('it is no UTF-8');
  }
}

function requestOptions(pinned: PinnedTarget, tls: ConsentTls | null): RequestOptions {
  const options = {
    // The address that the run is pinned to: no name is looked up again.
    host: pinned.address,
    port: pinned.port,
    path: CONSENT_PATH,
    method: 'GET',
    agent: false,
    setDefaultHeaders: false,
    maxHeaderSize: HEADER_BYTES_MAX,
    headers: { host: pinned.host, 'user-agent': 'floodproof', accept: 'application/json', connection: 'close' },
  } as const;
  if (pinned.scheme === 'http') return options;
  // An address is no server name; the certificate must be for the address then.
  const servername = pinned.isAddress ? '' : pinned.name.replace(/\.$/, '');
  const own = tls === null ? {} : connectTls({ ...tls, serverName: null, http2: false });
  return { ...options, ...own, servername, rejectUnauthorized: true } as RequestOptions;
}

async function fetchFile(pinned: PinnedTarget, tls: ConsentTls | null): Promise<Buffer> {
  const { request } = pinned.scheme === 'https' ? https : http;
  return await new Promise<Buffer>((resolve, reject) => {
    const asked = request(requestOptions(pinned, tls), (answer) => {
      readAnswer(answer).then(finish(resolve), finish(reject));
    });
    // Whatever comes of it, the connection is not kept.
    const finish =
      <T>(settle: (value: T) => void) =>
      (value: T): void => {
        clearTimeout(timer);
        settle(value);
        asked.destroy();
      };
    const fail = finish(reject);
    const late = new NoConsent(`no whole answer within ${FETCH_DEADLINE_MS} ms`);
    const timer = setTimeout(() => fail(late), FETCH_DEADLINE_MS);
    asked.on('error', (error) => fail(new NoConsent(`it can't be asked for: ${error.message}`)));
    asked.end();
  });
}

async function readAnswer(answer: IncomingMessage): Promise<Buffer> {
  const { statusCode = 0, headers } = answer;
  if (statusCode !== 200) {
    const isRedirect = statusCode >= 300 && statusCode < 400;
    const more = isRedirect ? ', and redirects are not followed' : '';
    throw new NoConsent(`the answer is ${statusCode}${more}`, statusCode === 404 || statusCode === 410);
  }
  if (headers['content-encoding'] !== undefined) throw new NoConsent('it is compressed, which nobody asked for');
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > CONSENT_BYTES_MAX) throw new NoConsent(`it is longer than ${CONSENT_BYTES_MAX} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof NoConsent ? error : new NoConsent(`the answer breaks off: ${(error as Error).message}`);
  }
  if (!answer.complete) throw new NoConsent('the answer breaks off');
  return Buffer.concat(chunks);
}

/** @param before - why there is no file. */
async function lookUpRecord(name: string, before: string): Promise<Buffer> {
  const record = `${CONSENT_RECORD}.${name}`;
  const resolver = new dns.promises.Resolver({ timeout: LOOKUP_TIMEOUT_MS, tries: LOOKUP_TRIES });
  let texts: string[][];
  try {
    texts = await resolver.resolveTxt(record);
  } catch (error) {
    const { code = 'it fails' } = error as NodeJS.ErrnoException;
    throw new NoConsent(`${before}, and the look-up of the TXT record ${record} says ${code}`, true);
  }
  const [pieces, ...others] = texts;
  if (pieces === undefined || others.length > 0) {
    throw new NoConsent(`${before}, and ${record} has ${texts.length} TXT records, not one`);
  }
  const bytes = Buffer.from(pieces.join(''), 'utf8');
  if (bytes.length > CONSENT_BYTES_MAX) throw new NoConsent(`${record} is longer than ${CONSENT_BYTES_MAX} bytes`);
  return bytes;
}
