/** The files of --ca, --cert and --key. */
import { createSecureContext } from 'node:tls';
import type { TlsFiles } from '../engine/record/run-folder.js';
import { FloodproofError } from '../errors.js';
import type { TlsSettings } from '../targets/http/tls.js';
import type { CheckedTarget } from '../targets/loopback.js';
import { fileReader } from './file-reader.js';

export const noTlsFiles: TlsFiles = { ca: null, cert: null, key: null };

/** As options of a command line give them; null = none is given. */
export function tlsFilesOf(options: { ca?: string; cert?: string; key?: string }): TlsFiles | null {
  const { ca = null, cert = null, key = null } = options;
  return ca === null && cert === null && key === null ? null : { ca, cert, key };
}

/** @throws {FloodproofError} FP_USAGE */
export function assertTlsUsage(files: TlsFiles | null, target: string): void {
  if (files === null) return;
  const refuse = (message: string): never => {
    throw new FloodproofError('FP_USAGE', message, { hint: 'the options of TLS are in docs/your-own-server.md' });
  };
  if (!target.startsWith('https:')) refuse('--ca, --cert and --key are for an https:// target');
  if ((files.cert === null) !== (files.key === null)) refuse('--cert and --key go together');
}

/**
 * What a run over https needs of them; null = the target is no https URL.
 * @throws {FloodproofError} FP_FILE_UNREADABLE, FP_USAGE for what is no certificate or key, or a key of another certificate.
 */
export function readTls(files: TlsFiles | null, target: CheckedTarget, http2: boolean): TlsSettings | null {
  if (!target.origin.startsWith('https:')) return null;
  return { ...readPems(files ?? noTlsFiles), serverName: target.serverName, http2 };
}

/** What the files hold, whatever the target is. @throws {FloodproofError} FP_FILE_UNREADABLE, FP_USAGE */
export function readPems({ ca, cert, key }: TlsFiles): Pick<TlsSettings, 'ca' | 'cert' | 'key'> {
  const read = (path: string | null): string | null => (path === null ? null : fileReader.read(path));
  const settings = { ca: read(ca), cert: read(cert), key: read(key) };
  check('--ca', ca, { ca: settings.ca });
  check('--cert', cert, { cert: settings.cert });
  check('--key', key, { key: settings.key });
  check('--cert and --key', `${cert} and ${key}`, { cert: settings.cert, key: settings.key });
  return settings;
}

/** An error of the library may show a part of a key, so its words are not repeated. */
function check(option: string, path: string | null, parts: Readonly<Record<string, string | null>>): void {
  const given = Object.entries(parts).filter((entry): entry is [string, string] => entry[1] !== null);
  if (given.length === 0) return;
  const isPem = given.every(([, text]) => text.includes('-----BEGIN '));
  try {
    if (!isPem) throw new Error('no PEM');
    createSecureContext(Object.fromEntries(given));
  } catch {
    const what = given.length === 2 ? 'do not belong together' : 'is not PEM that can be used';
    throw new FloodproofError('FP_USAGE', `${option} ${path} ${what}`, {
      hint: 'certificates begin with -----BEGIN CERTIFICATE-----, keys with -----BEGIN PRIVATE KEY----- and have no passphrase',
    });
  }
}
