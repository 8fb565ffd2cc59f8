/**
 * What a signature of each profile costs beside its MAC alone, and what signing costs the generator.
 *
 * Each HMAC profile signs one order after the other, under new stamps; its rival is `createHmac` of the same text, in the same
 * hash and encoding. A verification is beside it: the profile reads what it has sent, and a gate is asked.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Decision, type Gate } from '../../core/spec.js';
import { FloodproofError } from '../../errors.js';
import { openEngine } from '../../native/engine.js';
import { credentialFrom } from '../../signing/keys/credential.js';
import {
  type Credential,
  type HmacProfile,
  isMalformed,
  type Received,
  type Stamp,
  type Unsigned,
} from '../../signing/profile.js';
import { profileNames } from '../../signing/profile-names.js';
import { profileOf } from '../../signing/profiles.js';
import { wholeRun } from '../generator/closed-loop.js';
import { formatSpread, type Spread, spreadOf } from '../spread.js';

const ROUNDS = 7;
const SIGNATURES = 20_000;
const RUN_ROUNDS = 5;
const RUN_REQUESTS = 100_000;
/** A short look: says that it works, and not how fast. */
const QUICK = { rounds: 2, signatures: 2_000, runRounds: 1, runRequests: 10_000 } as const;
const WHOLE = { rounds: ROUNDS, signatures: SIGNATURES, runRounds: RUN_ROUNDS, runRequests: RUN_REQUESTS } as const;

const ORIGIN_US = 1_700_000_000_000_000;
const HOST = 'bench.invalid';
const SECRET = 's'.repeat(64);
const KEY_ID = 'k'.repeat(32);
/** Signing may take so much longer than its MAC alone, and a signing generator be so much slower. */
const SIGN_RATIO_MAX = 2;
const GENERATOR_RATIO_MIN = 0.85;

const order: Unsigned = {
  method: 'POST',
  path: '/v1/orders',
  body: '{"symbol":"BTC-USDT","side":"buy","type":"limit","price":"64250.5","quantity":"0.015","clientOrderId":"c-000017"}',
  host: HOST,
  contentType: 'application/json',
};

export interface ProfileFigures {
  readonly profile: string;
  readonly signNs: Spread;
  readonly createHmacNs: Spread;
  readonly verifyNs: Spread;
  /** Signing / createHmac, round by round. */
  readonly ratio: Spread;
  readonly isWithin: boolean;
}

export interface SigningFigures {
  readonly engine: 'native' | 'ts';
  readonly signRatioMax: number;
  readonly profiles: readonly ProfileFigures[];
  readonly generator: {
    readonly profile: string;
    readonly requests: number;
    readonly signedPerSecond: Spread;
    readonly unsignedPerSecond: Spread;
    /** Signed / unsigned, round by round. */
    readonly ratio: Spread;
    readonly ratioMin: number;
    readonly isWithin: boolean;
  };
}

export async function measureSigning(
  engine: 'native' | 'ts',
  { isQuick, say }: { readonly isQuick: boolean; readonly say: (line: string) => void },
): Promise<SigningFigures> {
  const size = isQuick ? QUICK : WHOLE;
  const benches = profileNames.flatMap((name) => {
    const profile = profileOf(name);
    return profile.kind === 'hmac' ? [new ProfileBench(profile, engine)] : [];
  });
  for (const bench of benches) bench.demandAgreement();
  // Round by round over all of them, so that a slow moment of the machine meets everybody; the first warms up.
  for (let round = 0; round <= size.rounds; round++) {
    for (const bench of benches) bench.round(size.signatures, round > 0);
  }
  const profiles = benches.map((bench) => bench.figures());
  say('ns a signature (createHmac of the same text; ratio), and a verification:');
  for (const { profile, signNs, createHmacNs, ratio, verifyNs, isWithin } of profiles) {
    const beside = `(${createHmacNs.median.toFixed(0)}; ${formatSpread(ratio, 2)})`;
    const verified = verifyNs.median.toFixed(0);
    const mark = isWithin ? '' : `  above ${SIGN_RATIO_MAX} times`;
    say(`  ${profile.padEnd(24)} ${signNs.median.toFixed(0).padStart(6)} ${beside.padEnd(34)} ${verified}${mark}`);
  }
  return { engine, signRatioMax: SIGN_RATIO_MAX, profiles, generator: await measureRuns(engine, size, say) };
}

async function measureRuns(
  engine: 'native' | 'ts',
  { runRounds, runRequests }: { readonly runRounds: number; readonly runRequests: number },
  say: (line: string) => void,
): Promise<SigningFigures['generator']> {
  const { port, child } = await startServer();
  const signed: number[] = [];
  const unsigned: number[] = [];
  try {
    for (let round = 0; round <= runRounds; round++) {
      const without = await wholeRun(port, engine, runRequests, null);
      const under = await wholeRun(port, engine, runRequests, 'binance');
      if (round === 0) continue;
      unsigned.push(without);
      signed.push(under);
    }
  } finally {
    child.disconnect();
  }
  const ratio = spreadOf(signed.map((value, index) => value / (unsigned[index] ?? Number.NaN)));
  const [signedPerSecond, unsignedPerSecond] = [spreadOf(signed), spreadOf(unsigned)];
  say(`a run signed by binance: ${formatSpread(signedPerSecond, 0)} requests/s`);
  say(`unsigned:                ${formatSpread(unsignedPerSecond, 0)} requests/s`);
  say(`signed / unsigned, round by round: ${formatSpread(ratio, 3)}`);
  const bounds = { ratioMin: GENERATOR_RATIO_MIN, isWithin: ratio.median >= GENERATOR_RATIO_MIN };
  return { profile: 'binance', requests: runRequests, signedPerSecond, unsignedPerSecond, ratio, ...bounds };
}

async function startServer(): Promise<{ port: number; child: ChildProcess }> {
  const child = fork(fileURLToPath(new URL('../trivial-server.js', import.meta.url)));
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(Number(message)));
    child.once('error', reject);
  });
  return { port, child };
}

/** One profile, its rival, and what each round took of them. */
class ProfileBench {
  private readonly profile: HmacProfile;
  private readonly credential: Credential;
  private readonly gate: Gate;
  private readonly texts: string[] = [];
  private readonly sent: Received[] = [];
  private readonly signNs: number[] = [];
  private readonly createHmacNs: number[] = [];
  private readonly verifyNs: number[] = [];
  private stamps = 0;

  constructor(profile: HmacProfile, engine: 'native' | 'ts') {
    this.profile = profile;
    this.credential = credentialFrom(profile, { keyId: KEY_ID, secret: SECRET });
    const { hash, encoding, text } = profile;
    // Nothing is stale, since the clock stands still, and nothing is remembered.
    const window = { windowUsMax: 1_000_000_000, futureUs: 1_000_000_000, replayCapacity: null, replayPerKey: 1 };
    const auth = { signed: [true], hash, encoding, text, ...window };
    this.gate = openEngine(engine).createGate({ classes: ['order'], limits: [], auth, originUs: ORIGIN_US });
    this.gate.addKey(KEY_ID, this.credential.secret, '');
  }

  /** @throws {FloodproofError} FP_BENCH_DISAGREES when profile, gate and rival do not make the same of one request. */
  demandAgreement(): void {
    const { profile, gate } = this;
    const signed = this.sign((keyId, text) => {
      const made = gate.sign(keyId, text);
      this.texts[0] = text;
      if (made === this.rival(text)) return made;
      throw new FloodproofError('FP_BENCH_DISAGREES', `${profile.name}: the gate does not sign as createHmac does`);
    });
    if (this.verify(signed) === Decision.admitted) return;
    throw new FloodproofError('FP_BENCH_DISAGREES', `${profile.name}: what the profile signs is not admitted`);
  }

  round(count: number, isCounted: boolean): void {
    const { gate, texts, sent } = this;
    const sign = (keyId: string, text: string): string => gate.sign(keyId, text);
    const signNs = nsEach(count, () => this.sign(sign));
    // Before the rival is timed, so that it does not pay for the texts.
    for (let index = 0; index < count; index++) {
      sent[index] = this.sign((keyId, text) => {
        texts[index] = text;
        return gate.sign(keyId, text);
      });
    }
    const createHmacNs = nsEach(count, (index) => this.rival(texts[index] as string));
    const verifyNs = nsEach(count, (index) => this.verify(sent[index] as Received));
    if (!isCounted) return;
    this.signNs.push(signNs);
    this.createHmacNs.push(createHmacNs);
    this.verifyNs.push(verifyNs);
  }

  figures(): ProfileFigures {
    const ratio = spreadOf(this.signNs.map((ns, index) => ns / (this.createHmacNs[index] ?? Number.NaN)));
    return {
      profile: this.profile.name,
      signNs: spreadOf(this.signNs),
      createHmacNs: spreadOf(this.createHmacNs),
      verifyNs: spreadOf(this.verifyNs),
      ratio,
      isWithin: ratio.median <= SIGN_RATIO_MAX,
    };
  }

  private sign(sign: (keyId: string, text: string) => string): Received {
    const rising = ORIGIN_US + this.stamps++;
    const stamp: Stamp = { nowUs: rising, nonce: `n-${this.stamps}`, rising, windowMs: 5_000 };
    const { method, path, headers, body } = this.profile.sign(order, stamp, this.credential, sign);
    return {
      method,
      path,
      headers: headers.host === undefined ? { ...headers, host: HOST } : headers,
      body: body ?? '',
    };
  }

  private rival(text: string): string {
    const { hash, encoding, text: form } = this.profile;
    return createHmac(hash, this.credential.secret).update(text, form).digest(encoding);
  }

  private verify(received: Received): Decision {
    const claim = this.profile.read(received);
    if (isMalformed(claim)) return Decision.malformed;
    if (claim.proves !== null && !claim.proves(this.credential)) return Decision.badSignature;
    const { keyId, message, signature } = claim;
    return this.gate.decide(ORIGIN_US, 0, '', '', keyId, ORIGIN_US, 0, message, signature);
  }
}

function nsEach(count: number, act: (index: number) => unknown): number {
  const started = process.hrtime.bigint();
  for (let index = 0; index < count; index++) act(index);
  return Number(process.hrtime.bigint() - started) / count;
}
