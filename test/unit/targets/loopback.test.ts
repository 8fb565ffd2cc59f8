import dns from 'node:dns';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { checkTarget } from '../../../harness/targets/loopback.js';
import { isLoopback, pinTarget } from '../../../harness/targets/pinned.js';

describe('which address is loopback', () => {
  test.each([
    ['127.0.0.1', true],
    ['127.255.255.254', true],
    ['::1', true],
    ['::ffff:127.0.0.9', true],
    ['0.0.0.0', false],
    ['10.0.0.1', false],
    ['192.168.1.1', false],
    ['169.254.169.254', false],
    ['::ffff:10.0.0.1', false],
    ['::', false],
    ['fe80::1', false],
    ['8.8.8.8', false],
    ['not an address', false],
  ])('%s: %s', (address, wanted) => {
    expect(isLoopback(address)).toBe(wanted);
  });
});

describe('which URL may be a target', () => {
  // No name is really looked up.
  beforeEach(() => {
    vi.spyOn(dns.promises, 'lookup').mockImplementation((async (name: string) => {
      if (name === 'far.example') return [{ address: '10.9.8.7' }];
      if (name === 'near.example') return [{ address: '127.0.0.1' }];
      if (name === 'mixed.example') return [{ address: '192.0.2.7' }, { address: '127.0.0.1' }];
      if (name !== 'localhost') throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
      return [
        { address: '::1', family: 6 },
        { address: '127.0.0.1', family: 4 },
      ];
    }) as unknown as typeof dns.promises.lookup);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test.each([
    { url: 'http://127.0.0.1:3000', origin: 'http://127.0.0.1:3000', host: '127.0.0.1:3000', basePath: '' },
    { url: 'http://127.1:3000/api/', origin: 'http://127.0.0.1:3000', host: '127.0.0.1:3000', basePath: '/api' },
    { url: 'http://2130706433:81', origin: 'http://127.0.0.1:81', host: '127.0.0.1:81', basePath: '' },
    { url: 'https://127.0.0.1', origin: 'https://127.0.0.1:443', host: '127.0.0.1', basePath: '' },
    { url: 'http://[::1]:8080', origin: 'http://[::1]:8080', host: '[::1]:8080', basePath: '', sources: 'one' },
    { url: 'http://[::ffff:127.0.0.1]:81', origin: 'http://127.0.0.1:81', host: '[::ffff:7f00:1]:81', basePath: '' },
    { url: 'http://0x7f.1', origin: 'http://127.0.0.1:80', host: '127.0.0.1', basePath: '' },
  ])('$url is run at $origin', async ({ url, ...wanted }) => {
    const plain = { serverName: null, sources: 'many', consent: null };
    expect(await checkTarget(url)).toEqual({ ...plain, ...wanted });
  });

  test('a name keeps its Host header and is pinned to the address that was checked', async () => {
    const target = await checkTarget('http://localhost:4000');
    expect(target.origin).toBe('http://127.0.0.1:4000');
    expect(target.host).toBe('localhost:4000');
  });

  test('a name that is loopback and something else is refused, with a consent too', async () => {
    const error = {
      code: 'FP_TARGET_FORBIDDEN',
      message: expect.stringContaining('is 192.0.2.7, which is not a loopback'),
    };
    await expect(pinTarget('http://mixed.example')).rejects.toMatchObject(error);
  });

  test('over TLS a name is what the certificate must be for', async () => {
    const target = await checkTarget('https://localhost:4000');
    expect(target).toMatchObject({ origin: 'https://127.0.0.1:4000', host: 'localhost:4000', serverName: 'localhost' });
  });

  test.each([
    { url: 'http://10.0.0.1', code: 'FP_TARGET_FORBIDDEN' },
    { url: 'http://0.0.0.0:3000', code: 'FP_TARGET_FORBIDDEN' },
    { url: 'http://[::ffff:10.0.0.1]', code: 'FP_TARGET_FORBIDDEN' },
    { url: 'http://167772161/', code: 'FP_TARGET_FORBIDDEN' },
    { url: 'http://name.invalid', code: 'FP_TARGET_UNREACHABLE' },
    { url: 'http://name.localhost', code: 'FP_TARGET_UNREACHABLE' },
    { url: 'ftp://127.0.0.1', code: 'FP_USAGE' },
    { url: 'http://127.0.0.1:0', code: 'FP_USAGE' },
    { url: 'https://169.254.169.254', code: 'FP_TARGET_FORBIDDEN' },
    { url: 'http://user:secret@127.0.0.1', code: 'FP_USAGE' },
    { url: 'http://127.0.0.1/?x=1', code: 'FP_USAGE' },
    { url: 'gatway', code: 'FP_USAGE' },
  ])('$url is $code', async ({ url, code }) => {
    await expect(checkTarget(url)).rejects.toMatchObject({ code });
  });

  const keyless = { demands: [], operator: () => null, tool: 'floodproof/test' };

  test.each(['http://far.example', 'https://far.example:8443/api'])(
    '%s is refused where no key is held, and the hint names the key',
    async (url) => {
      await expect(checkTarget(url, keyless)).rejects.toMatchObject({
        code: 'FP_TARGET_FORBIDDEN',
        message: expect.stringContaining("needs its owner's consent, and no key is set here"),
        hint: expect.stringContaining('set FLOODPROOF_CONSENT_KEY or FLOODPROOF_CONSENT_KEY_FILE'),
      });
    },
  );

  test.each(['near.example', 'localhost'])('%s is free when it stands for loopback, with no key', async (name) => {
    await expect(checkTarget(`http://${name}:81`, keyless)).resolves.toMatchObject({ origin: 'http://127.0.0.1:81' });
  });

  test.each([
    { url: 'http://far.example', says: 'far.example is 10.9.8.7, which is not a loopback address' },
    { url: 'http://10.0.0.1', says: '10.0.0.1 is not a loopback address' },
  ])('$url is nothing for a command that stays on loopback', async ({ url, says }) => {
    const words = { option: '--target', names: ['gateway'], onlyNear: 'probe' };
    const check = checkTarget(url, undefined, words);
    await expect(check).rejects.toMatchObject({
      code: 'FP_TARGET_FORBIDDEN',
      message: expect.stringMatching(/probe is for loopback alone$/),
    });
    await expect(check).rejects.toThrow(says);
  });

  test.each([
    {
      text: 'gateway',
      option: '--target',
      names: [],
      says: '--target gateway is no URL',
      hint: 'write --target http://127.0.0.1:PORT',
    },
    {
      text: 'gatway',
      option: '--target',
      names: ['gateway'],
      says: '--target gatway is neither "gateway" nor a URL',
      hint: 'write --target gateway, or --target http://127.0.0.1:PORT',
    },
    {
      text: '127.0.0.1:13000',
      option: '--to',
      names: [],
      says: '--to 127.0.0.1:13000 has no scheme',
      hint: 'did you mean http://127.0.0.1:13000',
    },
    {
      text: 'localhost:13000/api',
      option: '',
      names: [],
      says: 'localhost:13000/api has no scheme',
      hint: 'did you mean http://localhost:13000/api',
    },
    {
      text: '[::1]:80',
      option: '--target',
      names: [],
      says: '--target [::1]:80 has no scheme',
      hint: 'did you mean http://[::1]:80',
    },
  ])('$option $text is no URL, said in the words of its command', async ({ text, option, names, says, hint }) => {
    await expect(checkTarget(text, undefined, { option, names })).rejects.toMatchObject({ message: says, hint });
  });
});
