/** An authority of the test's own, a certificate of `localhost` that it has signed, and one of a caller. */
import { generate } from 'selfsigned';

export interface Certificates {
  readonly ca: string;
  readonly server: { readonly cert: string; readonly key: string };
  readonly client: { readonly cert: string; readonly key: string };
}

const days = (count: number): Date => new Date(Date.now() + count * 86_400_000);

/** @param address - IPv4 that the server's certificate is for besides `localhost`; left out = none. */
export async function makeCertificates({
  isExpired = false,
  address = null as string | null,
} = {}): Promise<Certificates> {
  const authority = await generate([{ name: 'commonName', value: 'Authority of a test' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true },
    ],
  });
  const ca = { key: authority.private, cert: authority.cert };
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ca,
    notBeforeDate: days(-30),
    notAfterDate: isExpired ? days(-1) : days(30),
    extensions: [
      { name: 'keyUsage', digitalSignature: true },
      {
        name: 'subjectAltName',
        altNames: [{ type: 2, value: 'localhost' }, ...(address === null ? [] : [{ type: 7 as const, ip: address }])],
      },
    ],
  });
  const client = await generate([{ name: 'commonName', value: 'a caller' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ca,
  });
  return {
    ca: authority.cert,
    server: { cert: server.cert, key: server.private },
    client: { cert: client.cert, key: client.private },
  };
}
