/**
 * Over https: whom to trust and who we are. The certificate is always verified, for the name of the URL, or for its address
 * where it has none; there is no way to leave that out.
 */
import type { Client } from 'undici';

/** Plain data, which is sent to worker threads. */
export interface TlsSettings {
  /** Certificates of authorities, PEM, instead of those of the system; null = those. */
  readonly ca: string | null;
  /** Certificate and key that the target asks its callers for, PEM; null = none. */
  readonly cert: string | null;
  readonly key: string | null;
  /** Name that the certificate must be for; null = the address. */
  readonly serverName: string | null;
  /** HTTP/2 where the target offers it. */
  readonly http2: boolean;
}

/** What a client, or `tls.connect`, takes of them. */
export function connectTls({ ca, cert, key, serverName }: TlsSettings) {
  return {
    ...(ca === null ? {} : { ca }),
    ...(cert === null ? {} : { cert }),
    ...(key === null ? {} : { key }),
    ...(serverName === null ? {} : { servername: serverName }),
  };
}

export function clientTls(options: {
  readonly tls?: TlsSettings | null;
  readonly connectTimeoutMs: number;
}): Partial<Client.Options> {
  const { tls = null, connectTimeoutMs } = options;
  if (tls === null) return {};
  return { allowH2: tls.http2, connect: { ...connectTls(tls), timeout: connectTimeoutMs } };
}
