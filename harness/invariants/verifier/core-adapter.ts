/** Our own verifiers in the kit's terms: the request's headers are read by hmac-lines, the text is handed to a gate. */
import { Decision, decisionNames, type Gate, type GateSpec } from '../../core/spec.js';
import { openEngine } from '../../native/engine.js';
import { type ReceivedHeaders, readSigned, signatureForm, signingHeaders } from '../../signing/hmac-lines.js';
import type { Verified, Verifier, VerifierAdapter, VerifierContract, VerifyRequest } from './contract.js';
import { HISTORY_START_US } from './drafts.js';

type CoreClaims = Required<
  Pick<VerifierContract, 'hash' | 'windowUsMax' | 'futureUs' | 'replayCapacity' | 'replayPerKey'>
> & { readonly encoding: 'hex' | 'base64' };

const preset: CoreClaims = {
  hash: 'sha256',
  encoding: 'hex',
  windowUsMax: 5_000_000,
  futureUs: 1_000_000,
  replayCapacity: 60,
  replayPerKey: 25,
};

/** What our verifiers promise. A request names no account and no scope: it acts for the account of its key. */
export function coreVerifierContract(claims: Partial<CoreClaims> = {}): VerifierContract {
  return { ...preset, ...claims, accounts: false, scopes: false };
}

/** One request class, which is signed, and no limits. */
function specOf({ hash, encoding, windowUsMax, futureUs, replayCapacity, replayPerKey }: CoreClaims): GateSpec {
  return {
    classes: ['signed'],
    limits: [],
    auth: {
      signed: [true],
      hash,
      encoding,
      windowUsMax,
      futureUs,
      replayCapacity,
      replayPerKey: replayPerKey ?? replayCapacity ?? 1,
    },
    originUs: HISTORY_START_US - 366 * 86_400 * 1_000_000,
  };
}

/** @param by - `verify`: the verifier alone; `decide`: as part of a whole decision. */
export function coreVerifierAdapter(
  engine: 'ts' | 'native',
  by: 'verify' | 'decide' = 'verify',
  claims: Partial<CoreClaims> = {},
): VerifierAdapter {
  const spec = specOf({ ...preset, ...claims });
  const opened = openEngine(engine);
  return {
    name: `${engine} core, ${by}`,
    create: () => new CoreVerifier(opened.createGate(spec, [1, 2]), by, spec),
  };
}

class CoreVerifier implements Verifier {
  readonly #gate: Gate;
  readonly #by: 'verify' | 'decide';
  readonly #form: ReturnType<typeof signatureForm>;

  constructor(gate: Gate, by: 'verify' | 'decide', spec: GateSpec) {
    this.#gate = gate;
    this.#by = by;
    this.#form = signatureForm(spec.auth ?? { hash: 'sha256', encoding: 'hex' });
  }

  addKey(keyId: string, secret: string, account: string): void {
    this.#gate.addKey(keyId, secret, account);
  }

  removeKey(keyId: string): void {
    this.#gate.removeKey(keyId);
  }

  verify(nowUs: number, request: VerifyRequest): Verified {
    const { method, path, query, body } = request;
    if (
      typeof method !== 'string' ||
      typeof path !== 'string' ||
      typeof query !== 'string' ||
      typeof body !== 'string'
    ) {
      return { accepted: false, reason: 'no request of HTTP' };
    }
    const target = query === '' ? path : `${path}?${query}`;
    const signed = readSigned(headersOf(request), { method, path: target, body }, this.#form);
    if ('malformed' in signed) return { accepted: false, reason: signed.malformed };
    const { keyId, timestampUs, windowUs, message, signature } = signed;
    const decision =
      this.#by === 'verify'
        ? this.#gate.verify(nowUs, keyId, timestampUs, windowUs, message, signature)
        : this.#gate.decide(nowUs, 0, '', '', keyId, timestampUs, windowUs, message, signature);
    return { accepted: decision === Decision.admitted, reason: decisionNames[decision] ?? '' };
  }
}

/** What is no text comes from no wire: left out, as a header that is missing. */
function headersOf(request: VerifyRequest): ReceivedHeaders {
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  const milliseconds = (us: unknown): string | undefined => (typeof us === 'number' ? String(us / 1000) : undefined);
  return {
    [signingHeaders.keyId]: text(request.keyId),
    [signingHeaders.nonce]: text(request.nonce),
    [signingHeaders.timestamp]: milliseconds(request.timestampUs),
    [signingHeaders.window]: milliseconds(request.windowUs),
    [signingHeaders.signature]: text(request.signature),
  };
}
