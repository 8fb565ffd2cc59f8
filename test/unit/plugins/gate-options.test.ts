import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { FloodproofError } from '../../../harness/errors.js';
import { AppGate } from '../../../harness/plugins/app-gate.js';
import { type ExpressGateOptions, floodproof as expressGate } from '../../../harness/plugins/express.js';
import fastifyGate, { type FastifyGateOptions } from '../../../harness/plugins/fastify.js';
import type { GateKey } from '../../../harness/plugins/gate-key.js';
import { credentialOf, keyListFaults } from '../../../harness/plugins/gate-key.js';
import type { ProfileName } from '../../../harness/signing/profile-names.js';
import { profileOf } from '../../../harness/signing/profiles.js';
import { policyOf } from '../../http/gateway-support.js';
import { projectRoot } from '../../support/run-cli.js';

const policy = policyOf();

async function faultsOf(promise: Promise<unknown> | PromiseLike<unknown>): Promise<readonly string[]> {
  const error: unknown = await Promise.resolve(promise).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof FloodproofError)) throw error ?? new Error('nothing was wrong');
  expect(error).toMatchObject({ code: 'FP_PLUGIN_OPTIONS', exitCode: 2 });
  return error.faults.map(({ message }) => message);
}

describe('the options of a gate', () => {
  it('are refused with every fault of them at once', async () => {
    const options = {
      policy: 7,
      keys: 'key',
      accountOf: 'me',
      onDecision: {},
      engine: 'fast',
      failure: 'never',
      shadow: 'yes',
      share: '',
      bodyBytesMax: 0,
      limits: [],
    };
    expect(await faultsOf(AppGate.open(options as never))).toEqual([
      'there is no option limits',
      expect.stringContaining('policy must be'),
      expect.stringContaining('keys must be'),
      'accountOf must be a function',
      'onDecision must be a function',
      'engine must be auto, native or ts',
      'failure must be closed or open',
      'shadow must be true or false',
      'share must be a name',
      'bodyBytesMax must be whole bytes from 1 to 67108864',
    ]);
  });

  it.each([67_108_865, 1.5, '100'])('know no body of %o bytes', async (bodyBytesMax) => {
    expect(await faultsOf(AppGate.open({ policy, bodyBytesMax } as never))).toHaveLength(1);
  });

  it('name what is wrong with the table of classes, in both frameworks', async () => {
    const classOf = { 'POST orders': 'order.place', 'POST /a': 'order' };
    const wanted = [
      expect.stringContaining('"POST orders" is no'),
      expect.stringContaining('no request class "order"'),
    ];
    expect(await faultsOf(expressGate({ policy, classOf } as unknown as ExpressGateOptions))).toEqual(wanted);
    const app = Fastify();
    expect(await faultsOf(app.register(fastifyGate, { policy, classOf } as unknown as FastifyGateOptions))).toEqual(
      wanted,
    );
    expect(await faultsOf(expressGate({ policy, classOf: 'all' as never }))).toEqual([
      'classOf must be a table of routes, or a function',
    ]);
  });

  it('take a policy of the package by its path, and name the faults of one that is none', async () => {
    const gate = await AppGate.open({
      policy: join(projectRoot, 'scenarios/policies/spot-exchange.yaml'),
      engine: 'ts',
    });
    expect(gate).toMatchObject({ engine: 'ts', note: 'TypeScript engine, as asked' });
    await expect(AppGate.open({ policy: 'nowhere.yaml' })).rejects.toMatchObject({ code: 'FP_FILE_UNREADABLE' });
    const scenario = join(projectRoot, 'scenarios/release/replay.yaml');
    await expect(AppGate.open({ policy: scenario })).rejects.toMatchObject({ code: 'FP_FILE_INVALID' });
  });

  it('take no policy that is weak on purpose', async () => {
    const weak = policyOf([], { weaknesses: ['late-charge'] });
    expect(await faultsOf(AppGate.open({ policy: weak }))).toEqual([
      expect.stringContaining('weaknesses (late-charge)'),
    ]);
  });

  it('share no gate between threads where each would remember numbers for itself', async () => {
    const { auth } = policy;
    if (auth === null) throw new Error('it signs');
    const kraken = policyOf([], { auth: { ...auth, profile: 'kraken', hash: 'sha512', encoding: 'base64' } });
    expect(await faultsOf(AppGate.open({ policy: kraken, share: 'a' }))).toEqual([
      'share: each thread would remember the numbers of kraken for itself; leave it out',
    ]);
    await AppGate.open({ policy: kraken });
  });

  it('are refused with every key that is none', async () => {
    const keys = [
      { id: 'a', secret: 's', account: '' },
      { id: 'b c', secret: 's', account: '' },
      { id: 'd', secret: '', account: '' },
      { id: 'e', secret: 's', account: 'é' },
      { id: 'x'.repeat(257), secret: 's', account: '' },
      { id: 'f', secret: 's', account: 'x'.repeat(257) },
      { id: 'a', secret: 't', account: '' },
      null,
    ];
    expect(await faultsOf(AppGate.open({ policy, keys: () => keys as GateKey[] }))).toEqual([
      expect.stringMatching(/^key 2 needs an id/),
      expect.stringMatching(/^key 3 needs a secret, as keys of hmac-lines have/),
      expect.stringMatching(/^key 4 needs an account/),
      expect.stringMatching(/^key 5 needs an id/),
      expect.stringMatching(/^key 6 needs an account/),
      'key 7 has the id of an earlier one: a',
      expect.stringMatching(/^key 8 is no/),
    ]);
    expect(
      await faultsOf(AppGate.open({ policy: policyOf([], { auth: null }), keys: keys.slice(0, 1) as GateKey[] })),
    ).toEqual([expect.stringContaining('the policy signs nothing')]);
    await expect(AppGate.open({ policy, keys: () => Promise.reject(new Error('no database')) })).rejects.toThrow(
      'no database',
    );
  });
});

describe('a key', () => {
  const profile = (name: ProfileName) => profileOf(name, { hash: 'sha256', encoding: 'hex' });
  const pem = (type: 'ed25519' | 'rsa' | 'ec', namedCurve = 'prime256v1'): string => {
    const { publicKey } =
      type === 'ec'
        ? generateKeyPairSync('ec', { namedCurve })
        : type === 'rsa'
          ? generateKeyPairSync('rsa', { modulusLength: 2048 })
          : generateKeyPairSync('ed25519');
    return publicKey.export({ format: 'pem', type: 'spki' }).toString();
  };

  it.each([
    { name: 'binance-ed25519', key: { publicKey: pem('ed25519') }, fault: null },
    { name: 'binance-ed25519', key: { publicKey: pem('rsa') }, fault: /needs a publicKey in PEM \(ed25519\)/ },
    { name: 'binance-ed25519', key: { secret: 's' }, fault: /needs a publicKey/ },
    { name: 'binance-rsa', key: { publicKey: pem('rsa') }, fault: null },
    { name: 'binance-rsa', key: { publicKey: '-----BEGIN PUBLIC KEY-----\nAAAA\n' }, fault: /needs a publicKey/ },
    { name: 'coinbase-advanced', key: { publicKey: pem('ec') }, fault: null },
    {
      name: 'coinbase-advanced',
      key: { publicKey: pem('ec', 'secp384r1') },
      fault: /needs a publicKey in PEM \(p256\)/,
    },
    { name: 'okx', key: { secret: 's' }, fault: /needs a passphrase/ },
    { name: 'okx', key: { passphrase: 's' }, fault: /needs a secret/ },
    { name: 'okx', key: { secret: new Uint8Array(32), passphrase: 'p' }, fault: null },
    { name: 'bearer', key: { secret: 'id.token' }, fault: null },
    { name: 'bearer', key: {}, fault: /needs a secret/ },
  ] as const)('of $name has what its profile wants: $fault', ({ name, key, fault }) => {
    const [said = null] = keyListFaults([{ id: 'a', account: '', ...key }], profile(name));
    if (fault === null) expect(said).toBeNull();
    else expect(said).toMatch(fault);
  });

  it('is read as it was handed out: a text as UTF-8, bytes as they are, a public key with a name of its own', () => {
    expect(credentialOf({ id: 'a', account: 'b', secret: 'é' })).toEqual({
      keyId: 'a',
      secret: Buffer.from('é'),
      passphrase: '',
      privateKey: '',
      publicKey: '',
    });
    expect(credentialOf({ id: 'a', account: '', secret: Uint8Array.of(255), passphrase: 'p' })).toMatchObject({
      secret: Uint8Array.of(255),
      passphrase: 'p',
    });
    const [one, other] = [pem('ed25519'), pem('ed25519')].map((publicKey) => {
      return Buffer.from(credentialOf({ id: 'a', account: '', publicKey }).secret);
    });
    expect(one).toHaveLength(32);
    expect(one?.equals(other ?? Buffer.alloc(0))).toBe(false);
  });
});

describe('an app of Fastify', () => {
  it('does not get ready with a table that names a route which is not there', async () => {
    const app = Fastify();
    await app.register(fastifyGate, {
      policy,
      classOf: { 'POST /orders': 'order.place', 'GET /orders': 'order.list', '* /any': 'ticker', 'HEAD /v1/a': 'time' },
    });
    app.post('/orders', async () => ({}));
    app.delete('/any', async () => ({}));
    app.register(async (inner) => void inner.get('/a', async () => ({})), { prefix: '/v1' });
    expect(await faultsOf(app.ready())).toEqual([
      'the app has no route "GET /orders": write it as it is added, prefix included',
    ]);
    await app.close();
  });

  it('may say the class at the route, which goes before the table, and behind a plugin with a prefix too', async () => {
    const app = Fastify();
    await app.register(fastifyGate, { policy, classOf: { 'GET /a': 'ticker', 'GET /b': 'ticker' } });
    app.get('/a', async ({ floodproof }) => floodproof?.requestClass);
    app.get('/b', { config: { floodproof: null } }, async ({ floodproof }) => floodproof?.decision);
    await app.register(
      async (inner) => {
        inner.get('/c', { config: { floodproof: 'markets' } }, async ({ floodproof }) => floodproof?.requestClass);
      },
      { prefix: '/v1' },
    );
    const bodies = await Promise.all(['/a', '/b', '/v1/c'].map(async (url) => (await app.inject({ url })).body));
    expect(bodies).toEqual(['ticker', 'unasked', 'markets']);
    await app.close();
  });

  it('asks a function for the class, and is closed to a class that is none', async () => {
    const app = Fastify();
    const failures: string[] = [];
    await app.register(fastifyGate, {
      policy,
      classOf: ({ url }) => (url === '/a' ? 'ticker' : ('tickers' as 'ticker')),
      failure: 'open',
      onFailure: ({ message }) => void failures.push(message),
    });
    for (const url of ['/a', '/b']) app.get(url, async () => ({}));
    const codes = await Promise.all(['/a', '/b'].map(async (url) => (await app.inject({ url })).statusCode));
    expect(codes).toEqual([200, 503]);
    expect(failures).toEqual(['there is no request class tickers']);
    await app.close();
  });
});
