/** One TLS connection before the run, so that a certificate which can't be trusted is an error and not a run full of errors. */
import { connect, type TLSSocket } from 'node:tls';
import { FloodproofError } from '../errors.js';
import { connectTls, type TlsSettings } from './http/tls.js';
import type { CheckedTarget } from './loopback.js';

const DEADLINE_MS = 5000;
/** A server of TLS 1.3 looks at our certificate after we think that all is well: so long it has to say no. */
const SECOND_THOUGHT_MS = 400;

/** What was agreed on. */
export interface Handshake {
  /** `TLSv1.3`. */
  readonly protocol: string;
  readonly cipher: string;
  /** `h2`, `http/1.1`, or '' when the server has not said. */
  readonly alpn: string;
  /** Name in the server's certificate, and its last day. */
  readonly subject: string;
  readonly validTo: string;
}

/** Why a handshake failed, by the code of its error. */
const reasons: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself, and by no authority that is trusted here',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an authority that is not trusted here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate comes from an authority that is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate comes from an authority that is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate comes from an authority that is not trusted here',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  CERT_SIGNATURE_FAILURE: 'the signature of its certificate is wrong',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'it asks its callers for a certificate',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'it does not trust the certificate given with --cert',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS at this port',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS at this port',
};
const hints: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'renew the certificate of the target',
  CERT_NOT_YET_VALID: 'check the clocks of both machines',
  ERR_TLS_CERT_ALTNAME_INVALID: 'write the name that stands in the certificate into --target',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'give one with --cert FILE --key FILE',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'give one with --cert FILE --key FILE that its authority has signed',
  ERR_SSL_WRONG_VERSION_NUMBER: 'write http:// into --target, or name the port for https',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'write http:// into --target, or name the port for https',
};

/** @throws {FloodproofError} FP_TARGET_UNTRUSTED */
export async function shakeHands(target: CheckedTarget, settings: TlsSettings): Promise<Handshake> {
  const { hostname, port } = new URL(target.origin);
  const socket = connect({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || 443,
    ALPNProtocols: settings.http2 ? ['h2', 'http/1.1'] : ['http/1.1'],
    ...connectTls(settings),
  });
  try {
    return await agreement(socket, target);
  } finally {
    socket.destroy();
  }
}

async function agreement(socket: TLSSocket, target: CheckedTarget): Promise<Handshake> {
  return await new Promise<Handshake>((resolve, reject) => {
    const fail = (code: string, words: string): void => {
      clearTimeout(timer);
      const message = `no trust between here and ${target.origin} (${target.host}): ${reasons[code] ?? words}`;
      const hint = hints[code];
      reject(new FloodproofError('FP_TARGET_UNTRUSTED', message, hint === undefined ? {} : { hint }));
    };
    let timer: NodeJS.Timeout | undefined;
    const agree = (): void => {
      clearTimeout(timer);
      if (!socket.destroyed) resolve(factsOf(socket));
    };
    socket.setTimeout(DEADLINE_MS, () => fail('', `no handshake within ${DEADLINE_MS} ms`));
    socket.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? '', error.message));
    socket.once('close', () => fail('', 'it has closed the connection during the handshake'));
    socket.once('secureConnect', () => {
      // A ticket comes from a server that is content with what it has seen of us.
      socket.once('session', () => {
        if (socket.getProtocol() === 'TLSv1.3') agree();
      });
      timer = setTimeout(agree, SECOND_THOUGHT_MS);
    });
  });
}

function factsOf(socket: TLSSocket): Handshake {
  const certificate = socket.getPeerCertificate();
  const alpn = socket.alpnProtocol;
  return {
    protocol: socket.getProtocol() ?? '',
    cipher: socket.getCipher()?.name ?? '',
    alpn: typeof alpn === 'string' ? alpn : '',
    subject: certificate.subjectaltname ?? String(certificate.subject?.CN ?? ''),
    validTo: certificate.valid_to ?? '',
  };
}
