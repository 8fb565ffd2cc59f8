/** Signed requests to spoil, and right verifiers to show them to. */
import fc from 'fast-check';
import { createGate } from '../../../harness/core/index.js';
import type { AuthSpec, Decision, Gate, GateSpec } from '../../../harness/core/spec.js';
import { headersFor, readSigned, type Sign, signatureForm } from '../../../harness/signing/hmac-lines.js';
import type { SignedWire } from '../../../harness/signing/signed-wire.js';

const NOW_MS = 1_790_000_000_000;
const OWN_KEY = 'key-1';
export const OTHER_KEY = 'key-2';

export type Form = Pick<AuthSpec, 'hash' | 'encoding'>;
export const forms: readonly Form[] = (['sha256', 'sha384', 'sha512'] as const).flatMap((hash) =>
  (['hex', 'base64'] as const).map((encoding) => ({ hash, encoding })),
);

/** A gate with two keys and no limits that remembers signatures. */
export function verifierGate(form: Form, create: (spec: GateSpec) => Gate = (spec) => createGate(spec, [1, 2])): Gate {
  const auth: AuthSpec = {
    ...form,
    signed: [true],
    windowUsMax: 5_000_000,
    futureUs: 1_000_000,
    replayCapacity: 1_000,
    replayPerKey: 1_000,
  };
  const gate = create({ classes: ['order.place'], limits: [], auth, originUs: (NOW_MS - 1_000) * 1_000 });
  gate.addKey(OWN_KEY, 'secret one', 'alice');
  gate.addKey(OTHER_KEY, 'secret two', 'bob');
  return gate;
}

export interface Draft {
  readonly method: string;
  readonly path: string;
  readonly body: string | null;
  readonly nonce?: string;
}

export function signedWire({ method, path, body, nonce = 'n-1' }: Draft, sign: Sign): SignedWire {
  const fields = { timestampMs: NOW_MS, nonce, keyId: OWN_KEY, windowMs: 5_000, method, path, body: body ?? '' };
  return { method, path, headers: headersFor(fields, sign), body };
}

/** What a server that reads the profile and asks the gate makes of the request. */
export function verdict(
  gate: Gate,
  form: Form,
  wire: SignedWire,
  reading: (text: { path: string; body: string }) => { path: string; body: string } = (text) => text,
): Decision | 'malformed' {
  const text = reading({ path: wire.path, body: wire.body ?? '' });
  const read = readSigned(wire.headers, { method: wire.method, ...text }, signatureForm(form));
  if ('malformed' in read) return 'malformed';
  const { keyId, timestampUs, windowUs, message, signature } = read;
  return gate.decide(NOW_MS * 1_000, 0, '', '', keyId, timestampUs, windowUs, message, signature);
}

/** An order as a client sends it. */
export const order: Draft = {
  method: 'POST',
  path: '/v1/orders',
  body: '{"symbol":"BTC-USDT","side":"buy","type":"limit","price":"64999.50","quantity":"0.25","note":"Zoë"}',
};
export const reading: Draft = {
  method: 'GET',
  path: '/v1/account?cursor=p%2F7&fields=open%20orders&limit=50',
  body: null,
};
export const cancel: Draft = { method: 'DELETE', path: '/v1/orders/17', body: null };

const segment = fc.string({ unit: fc.constantFrom('a', 'Z', '0', '-', '%2F', '%e9'), maxLength: 4 });
const parameter = fc.tuple(segment, segment).map(([name, value]) => `${name}=${value}`);

/** Anything that can be signed: odd paths, empty queries, bodies that are no JSON. */
export const drafts: fc.Arbitrary<Draft> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'DELETE'),
  path: fc
    .tuple(fc.array(segment, { maxLength: 3 }), fc.option(fc.array(parameter, { maxLength: 3 }), { nil: null }))
    .map(([path, query]) => `/${path.join('/')}${query === null ? '' : `?${query.join('&')}`}`),
  body: fc.oneof(
    fc.constant(null),
    fc.string({ maxLength: 8 }),
    fc.json({ maxDepth: 2 }),
    fc.constantFrom('', '{}', '[]', '"é"', '[{"a":1,"b":"ä"},2]', '{"2":0,"1":0}', '{"a":"é"}', '{{'),
  ),
  nonce: fc.constantFrom('0', 'n-1', 'x'.repeat(64), '0'.repeat(64)),
});
