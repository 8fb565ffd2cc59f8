import { describe, expect, it } from 'vitest';
import { type ConsentFlags, consentCommand } from '../../../harness/cli/consent.js';
import type { Console } from '../../../harness/cli/console.js';
import type { FloodproofError } from '../../../harness/errors.js';

const none: ConsentFlags = {
  host: null,
  port: null,
  rate: null,
  for: null,
  kinds: null,
  days: null,
  checkEvery: null,
  operator: null,
  out: null,
};
const wanted = {
  ...none,
  host: 'a.example',
  port: '443',
  rate: '200/s',
  for: '10min',
  kinds: 'flood',
  out: '/nowhere',
};

/** What it throws and prints. */
async function give(
  action: string,
  rest: readonly string[],
  flags: ConsentFlags,
): Promise<{ error: FloodproofError | null; results: string[] }> {
  const results: string[] = [];
  const console = { result: (text: string) => void results.push(text) } as unknown as Console;
  try {
    await consentCommand(action, rest, { flags, tls: null }, console);
    return { error: null, results };
  } catch (error) {
    return { error: error as FloodproofError, results };
  }
}

describe('consent', () => {
  it.each([
    [none, ['--host is missing', '--port is missing', '--rate is missing', '--for is missing', '--kinds is missing']],
    [{ ...wanted, days: '91' }, ['--days must be a whole number from 1 to 90']],
    [{ ...wanted, days: '0' }, ['--days must be a whole number from 1 to 90']],
    [{ ...wanted, kinds: 'floods' }, ['--kinds has no kind "floods": did you mean "flood"?']],
    [{ ...wanted, kinds: 'flood, flood' }, ['--kinds names a kind twice']],
    [{ ...wanted, host: 'a:1' }, ['--host must be a host name or an address alone']],
    [{ ...wanted, host: 'a:80' }, ['--host must be a host name or an address alone']],
    [{ ...wanted, host: 'a/b' }, ['--host must be a host name or an address alone']],
    [{ ...wanted, host: 'u@a' }, ['--host must be a host name or an address alone']],
    [{ ...wanted, host: '' }, ['--host must be a host name or an address alone']],
    [{ ...wanted, port: '65536' }, ['--port must be a whole number from 1 to 65535']],
    [{ ...wanted, rate: '1.5/s' }, ['--rate must be a whole number of requests a second']],
    [{ ...wanted, rate: '200' }, ['--rate must be a rate']],
    [{ ...wanted, for: '25h' }, ['--for must be']],
    [{ ...wanted, for: '1500ms' }, ['--for must be whole seconds']],
    [{ ...wanted, checkEvery: '61s' }, ['--check-every must be']],
    [{ ...wanted, operator: 'ed25519:abc', days: '91' }, ['--operator must be', '--days must be']],
  ])('new refuses %j', async (flags, says) => {
    const { error, results } = await give('new', [], flags);
    expect(error).toMatchObject({ code: 'FP_USAGE', hint: 'see "floodproof consent --help"' });
    for (const text of says) expect(error?.message).toContain(text);
    expect(results).toEqual([]);
  });

  it.each([
    ['new', ['x'], wanted, 'consent new takes options alone, got x'],
    ['now', [], none, 'must be followed by "new" or "check", got now'],
    ['check', [], none, 'consent check needs the URL of the target'],
    ['check', ['http://127.0.0.1:1'], { ...none, port: '1' }, '--port is for "new"'],
  ])('refuses %s %j', async (action, rest, flags, says) => {
    const { error } = await give(action, rest, flags);
    expect(error).toMatchObject({ code: 'FP_USAGE', message: expect.stringContaining(says) });
  });

  it('new says that it cannot write, and leaves nothing', async () => {
    const { error, results } = await give('new', [], { ...wanted, out: '/proc/floodproof' });
    expect(error).toMatchObject({ code: 'FP_DISK', message: expect.stringContaining('cannot make /proc/floodproof') });
    expect(results).toEqual([]);
  });

  it('check asks nobody on loopback', async () => {
    const { error, results } = await give('check', ['http://127.0.0.1:1'], none);
    expect({ error, results }).toEqual({
      error: null,
      results: ['http://127.0.0.1:1 is on loopback: nobody has to agree\n'],
    });
  });
});
