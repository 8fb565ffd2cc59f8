/**
 * Keys and signatures of ECDSA over P-256 (FIPS 186-5) with SHA-256.
 *
 * Signatures are deterministic (RFC 6979), so that a run's requests are the same each time. Node draws the number k at
 * random; here it is worked out, and OpenSSL multiplies the curve's base point by it. The arithmetic does not take the
 * same time for every key: this is for trial keys, not for keys that guard anything.
 */
import { createECDH, createHash, createHmac, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { Credential } from '../profile.js';

/** Order of the base point. */
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const SCALAR_BYTES = 32;

/** The key pair of a secret text. */
export function p256KeyFrom(secret: string): Pick<Credential, 'privateKey' | 'publicKey'> {
  const digest = createHash('sha256').update(secret, 'utf8').digest();
  const scalar = (numberOf(digest) % (N - 1n)) + 1n;
  const { x, y } = multipliedBase(scalar);
  const base64url = (bytes: Buffer): string => bytes.toString('base64url');
  const jwk = { kty: 'EC', crv: 'P-256', d: base64url(bytesOf(scalar)), x: base64url(x), y: base64url(y) };
  const key = createPrivateKey({ key: jwk, format: 'jwk' });
  return {
    privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** The private scalar of a key. */
export function p256Scalar(key: KeyObject): bigint {
  const { crv, d } = key.export({ format: 'jwk' });
  if (crv !== 'P-256' || d === undefined) throw new RangeError('the private key is none of P-256');
  return numberOf(Buffer.from(d, 'base64url'));
}

/** The signature of a text: r and s, 32 bytes each (IEEE P1363, RFC 7518 section 3.4). */
export function p256Sign(scalar: bigint, text: string): Buffer {
  const digest = createHash('sha256').update(text, 'utf8').digest();
  const z = numberOf(digest);
  for (const k of nonces(scalar, z)) {
    const r = numberOf(multipliedBase(k).x) % N;
    const s = (inverse(k) * (z + r * scalar)) % N;
    if (r !== 0n && s !== 0n) return Buffer.concat([bytesOf(r), bytesOf(s)]);
  }
  throw new Error('RFC 6979 ends only with a signature');
}

/** RFC 6979, section 3.2. Curve order and hash have the same length here, so that bits need no shifting. */
function* nonces(scalar: bigint, z: bigint): Generator<bigint> {
  const seed = Buffer.concat([bytesOf(scalar), bytesOf(z % N)]);
  const hmac = (key: Buffer, ...parts: readonly Buffer[]): Buffer => {
    const mac = createHmac('sha256', key);
    for (const part of parts) mac.update(part);
    return mac.digest();
  };
  let v: Buffer = Buffer.alloc(SCALAR_BYTES, 1);
  let key: Buffer = Buffer.alloc(SCALAR_BYTES);
  key = hmac(key, v, Buffer.of(0), seed);
  v = hmac(key, v);
  key = hmac(key, v, Buffer.of(1), seed);
  v = hmac(key, v);
  for (;;) {
    v = hmac(key, v);
    const k = numberOf(v);
    if (k > 0n && k < N) yield k;
    key = hmac(key, v, Buffer.of(0));
    v = hmac(key, v);
  }
}

function multipliedBase(scalar: bigint): { readonly x: Buffer; readonly y: Buffer } {
  const curve = createECDH('prime256v1');
  curve.setPrivateKey(bytesOf(scalar));
  // 4, x, y: SEC 1, section 2.3.3.
  const point = curve.getPublicKey();
  return { x: point.subarray(1, 1 + SCALAR_BYTES), y: point.subarray(1 + SCALAR_BYTES) };
}

/** By Euclid's algorithm; `value` is from 1 to N - 1, and N is prime. */
function inverse(value: bigint): bigint {
  let [low, high] = [value, N];
  let [lowFactor, highFactor] = [1n, 0n];
  while (low > 1n) {
    const quotient = high / low;
    [low, high] = [high - quotient * low, low];
    [lowFactor, highFactor] = [highFactor - quotient * lowFactor, lowFactor];
  }
  return ((lowFactor % N) + N) % N;
}

function numberOf(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`);
}

function bytesOf(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(SCALAR_BYTES * 2, '0'), 'hex');
}
