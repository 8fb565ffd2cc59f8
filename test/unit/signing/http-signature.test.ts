/** HTTP Message Signatures: the examples of RFC 9421, appendix B, and what the profiles' reader demands. */
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { type InnerList, parseDictionary } from 'structured-headers';
import { describe, expect, it } from 'vitest';
import { credentialFrom } from '../../../harness/signing/keys/credential.js';
import { type SignatureAlgorithm, signatureBy, verifies } from '../../../harness/signing/keys/signature-algorithms.js';
import { isMalformed, type Received } from '../../../harness/signing/profile.js';
import { isDigestOf } from '../../../harness/signing/standards/content-digest.js';
import { rfc9421 } from '../../../harness/signing/standards/rfc9421.js';
import { rfc9421Ed25519 } from '../../../harness/signing/standards/rfc9421-ed25519.js';
import { type SignableMessage, signatureBase } from '../../../harness/signing/standards/signature-base.js';
import { isRight, signWith } from '../../support/profile-maker.js';
import { HOST, NOW_US, order, reading, receivedOf, stamp } from '../../support/profile-requests.js';

/** The message of an example as it goes over the wire. */
function messageOf(text: string): SignableMessage & { readonly body: string } {
  const [head = '', body = ''] = text.split('\n\n');
  const [line = '', ...fields] = head.split('\n');
  const headers: Record<string, string | string[]> = {};
  for (const field of fields) {
    const name = field.slice(0, field.indexOf(':')).toLowerCase();
    const value = field.slice(field.indexOf(':') + 1);
    headers[name] = name in headers ? [headers[name] ?? [], value].flat() : value;
  }
  const [first = '', second = ''] = line.split(' ');
  const isRequest = !first.startsWith('HTTP/');
  return {
    method: isRequest ? first : '',
    path: isRequest ? second : '',
    scheme: 'https',
    host: String(headers.host ?? '').trim(),
    status: isRequest ? null : Number(second),
    headers,
    body,
  };
}

interface Signed {
  readonly covered: InnerList;
  readonly signature: Buffer;
}

function signedOf(input: string, signature: string): Signed {
  const [[label, covered] = ['', null]] = parseDictionary(input.trim());
  const item = parseDictionary(signature.trim()).get(label)?.[0];
  if (!(item instanceof ArrayBuffer)) throw new Error(`no signature of ${label}`);
  return { covered: covered as InnerList, signature: Buffer.from(item) };
}

/** B.2.5 and B.2.6 are kept here; the others are read where the vectors are. */
const request = messageOf(`POST /foo?param=Value&Pet=dog HTTP/1.1
Host: example.com
Date: Tue, 20 Apr 2021 02:07:55 GMT
Content-Type: application/json
Content-Digest: sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:
Content-Length: 18

{"hello": "world"}`);
const sharedSecret = Buffer.from(
  'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==',
  'base64',
);
const ed25519Key = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
-----END PRIVATE KEY-----`;

describe('the signature base', () => {
  it('is that of B.2.5, and so is the MAC', () => {
    const { covered, signature } = signedOf(
      'sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
      'sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:',
    );
    const base = signatureBase(request, covered);
    expect(base).toBe(
      '"date": Tue, 20 Apr 2021 02:07:55 GMT\n"@authority": example.com\n"content-type": application/json\n' +
        '"@signature-params": ("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
    );
    expect(createHmac('sha256', sharedSecret).update(base).digest()).toEqual(signature);
  });

  it('is that of B.2.6, and so is the signature', () => {
    const { covered, signature } = signedOf(
      'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
      'sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:',
    );
    expect(signatureBy('ed25519', signatureBase(request, covered), ed25519Key)).toEqual(signature);
  });

  const lineOf = (message: SignableMessage, component: string): string | undefined => {
    const covered = parseDictionary(`s=(${component})`).get('s') as InnerList;
    return signatureBase(message, covered).split('\n')[0]?.split(': ').slice(1).join(': ');
  };

  it.each([
    { because: '2.2.1', component: '"@method"', is: 'POST' },
    { because: '2.2.2', component: '"@target-uri"', is: 'https://example.com/foo?param=Value&Pet=dog' },
    { because: '2.2.3', component: '"@authority"', is: 'example.com' },
    { because: '2.2.4', component: '"@scheme"', is: 'https' },
    { because: '2.2.5', component: '"@request-target"', is: '/foo?param=Value&Pet=dog' },
    { because: '2.2.6', component: '"@path"', is: '/foo' },
    { because: '2.2.7', component: '"@query"', is: '?param=Value&Pet=dog' },
    { because: '2.2.8', component: '"@query-param";name="Pet"', is: 'dog' },
    { because: '2.1', component: '"content-length"', is: '18' },
  ])('has the component of section $because', ({ component, is }) => {
    expect(lineOf(request, component)).toBe(is);
  });

  it('has a query of one character where there is none', () => {
    expect(lineOf({ ...request, path: '/foo' }, '"@query"')).toBe('?');
    expect(lineOf({ ...request, path: '/foo?' }, '"@query"')).toBe('?');
  });

  it('drops the port of the scheme and no other, and capitals', () => {
    const authority = (scheme: SignableMessage['scheme'], host: string) =>
      lineOf({ ...request, scheme, host }, '"@authority"');
    expect(authority('https', 'WWW.Example.COM:443')).toBe('www.example.com');
    expect(authority('http', 'example.com:80')).toBe('example.com');
    expect(authority('http', 'example.com:443')).toBe('example.com:443');
    expect(authority('https', 'example.com:80')).toBe('example.com:80');
    expect(authority(null, 'example.com:80')).toBe('example.com:80');
  });

  it('has parameters decoded and encoded again, and fields as 2.1 has them', () => {
    // The examples of sections 2.2.8, 2.1, 2.1.2 and 2.1.3.
    const path =
      '/parameters?var=this%20is%20a%20big%0Amultiline%20value&bar=with+plus+whitespace&fa%C3%A7ade%22%3A%20=something';
    const message = { ...request, path };
    expect(lineOf(message, '"@query-param";name="var"')).toBe('this%20is%20a%20big%0Amultiline%20value');
    expect(lineOf(message, '"@query-param";name="bar"')).toBe('with%20plus%20whitespace');
    expect(lineOf(message, '"@query-param";name="fa%C3%A7ade%22%3A%20"')).toBe('something');
    const headers = {
      'x-obs': ['one', '  two '],
      'x-dict': ' a=1,    b=2;x=1;y=2,   c=(a   b    c), d',
      'x-bytes': ['value, with, lots', 'of, commas'],
    };
    const fielded = { ...request, headers };
    expect(lineOf(fielded, '"x-obs"')).toBe('one, two');
    expect(lineOf(fielded, '"x-dict";key="a"')).toBe('1');
    expect(lineOf(fielded, '"x-dict";key="d"')).toBe('?1');
    expect(lineOf(fielded, '"x-dict";key="b"')).toBe('2;x=1;y=2');
    expect(lineOf(fielded, '"x-dict";key="c"')).toBe('(a b c)');
    expect(lineOf(fielded, '"x-bytes";bs')).toBe(':dmFsdWUsIHdpdGgsIGxvdHM=:, :b2YsIGNvbW1hcw==:');
  });

  it.each([
    { because: 'a component comes twice', components: '"@method" "@method"' },
    { because: 'a request has no status', components: '"@status"' },
    { because: 'no such derived component', components: '"@body"' },
    { because: 'no such field', components: '"x-absent"' },
    { because: 'a field in capitals', components: '"Date"' },
    { because: 'a name that is no string', components: 'date' },
    { because: 'a parameter of a derived component', components: '"@method";req' },
    { because: 'a parameter of the query without a name', components: '"@query-param"' },
    { because: 'a parameter that is not in the query', components: '"@query-param";name="absent"' },
    { because: 'a parameter of a field that is not known', components: '"date";sf' },
    { because: 'two parameters of a field', components: '"date";bs;tr' },
    { because: 'a key that is not in the dictionary', components: '"content-digest";key="md5"' },
  ])('is refused: $because', ({ components }) => {
    const covered = parseDictionary(`s=(${components})`).get('s') as InnerList;
    expect(() => signatureBase(request, covered)).toThrow(RangeError);
  });

  it('is refused where a field holds a line break, the scheme is not known or a parameter comes twice', () => {
    const broken = { ...request, headers: { ...request.headers, date: 'x\n"@method": GET' } };
    expect(() => lineOf(broken, '"date"')).toThrow(RangeError);
    expect(() => lineOf({ ...request, scheme: null }, '"@target-uri"')).toThrow(RangeError);
    expect(() => lineOf({ ...request, scheme: null }, '"@scheme"')).toThrow(RangeError);
    expect(() => lineOf({ ...request, path: '/?a=1&a=2' }, '"@query-param";name="a"')).toThrow(RangeError);
    expect(() => lineOf({ ...request, status: 200 }, '"@method"')).toThrow(RangeError);
  });
});

describe.each([rfc9421, rfc9421Ed25519])('what $name reads', (profile) => {
  const credential = credentialFrom(profile, { keyId: 'key-1', secret: 'secret one' });
  const wire = signWith(profile, order, stamp, credential);
  const received = receivedOf(wire);
  const input = wire.headers['signature-input'] as string;
  const withHeaders = (headers: Received['headers']): Received => ({
    ...received,
    headers: { ...received.headers, ...headers },
  });
  const alg = profile.kind === 'hmac' ? 'hmac-sha256' : 'ed25519';
  const createdS = Math.floor(NOW_US / 1_000_000);

  it('is what the general signature base makes, too', () => {
    const covered = parseDictionary(input).get('sig1') as InnerList;
    const { method, path } = order;
    const message = { method, path, host: HOST, scheme: null, status: null, headers: wire.headers };
    expect(profile.read(received)).toMatchObject({ message: signatureBase(message, covered) });
    expect(input).toBe(
      `sig1=("@method" "@authority" "@path" "@query" "content-digest");created=${createdS};nonce="n-1";keyid="key-1";alg="${alg}"`,
    );
  });

  it('has the window that was asked for, in whole seconds', () => {
    const claim = (windowMs: number) =>
      profile.read(receivedOf(signWith(profile, reading, { ...stamp, windowMs }, credential)));
    const timestampUs = createdS * 1_000_000;
    expect(claim(0)).toMatchObject({ freshness: { rule: 'window', timestampUs, windowUs: 0 } });
    expect(claim(1)).toMatchObject({ freshness: { rule: 'window', timestampUs, windowUs: 1_000_000 } });
    expect(claim(5_000)).toMatchObject({ freshness: { rule: 'window', timestampUs, windowUs: 5_000_000 } });
  });

  it('may be labelled otherwise, cover the whole target and more fields', () => {
    const covered = '("@request-target" "@method" "@authority" "content-digest" "x-account")';
    const params = `${covered};created=${createdS};keyid="key-1";nonce="n";tag="t"`;
    const mac = Buffer.alloc(profile.kind === 'hmac' ? 32 : 64).toString('base64');
    const changed = withHeaders({ 'x-account': 'a', 'signature-input': `me=${params}`, signature: `me=:${mac}:` });
    const claim = profile.read(changed);
    expect(claim).toMatchObject({ keyId: 'key-1', message: expect.stringContaining('"x-account": a\n') });
    expect(!isMalformed(claim) && isRight(profile, claim, credential)).toBe(false);
  });

  it.each([
    { because: 'two signatures', change: (text: string) => `${text}, sig2=()` },
    { because: 'white space', change: (text: string) => text.replace(' "@path"', '  "@path"') },
    { because: 'a number with a leading zero', change: (text: string) => text.replace('created=', 'created=0') },
    { because: 'no list', change: () => 'sig1=1' },
    { because: 'no dictionary', change: () => '((' },
    { because: 'another label than the signature', change: (text: string) => text.replace('sig1', 'sig2') },
    { because: 'the method is not covered', change: (text: string) => text.replace('"@method" ', '') },
    { because: 'the host is not covered', change: (text: string) => text.replace('"@authority" ', '') },
    { because: 'the path is not covered', change: (text: string) => text.replace('"@path" ', '') },
    { because: 'the query is not covered', change: (text: string) => text.replace(' "@query"', '') },
    { because: 'the body is not covered', change: (text: string) => text.replace(' "content-digest"', '') },
    {
      because: 'a part of the digest is covered',
      change: (text: string) => text.replace('digest"', 'digest";key="sha-256"'),
    },
    { because: 'a field that is not there', change: (text: string) => text.replace('"@path"', '"@path" "x-a"') },
    { because: 'a component twice', change: (text: string) => text.replace('"@path"', '"@path" "@path"') },
    { because: 'no time', change: (text: string) => text.replace(/created=\d+;/, '') },
    { because: 'a time that is a text', change: (text: string) => text.replace(/created=(\d+)/, 'created="$1"') },
    { because: 'a time before 1970', change: (text: string) => text.replace('created=', 'created=-') },
    { because: 'a time in microseconds', change: (text: string) => text.replace(/created=(\d+)/, 'created=$10000') },
    { because: 'no nonce', change: (text: string) => text.replace('nonce="n-1";', '') },
    { because: 'an empty nonce', change: (text: string) => text.replace('"n-1"', '""') },
    { because: 'a nonce of 65 characters', change: (text: string) => text.replace('"n-1"', `"${'n'.repeat(65)}"`) },
    { because: 'no key', change: (text: string) => text.replace('keyid="key-1";', '') },
    { because: 'a key with a blank', change: (text: string) => text.replace('"key-1"', '"key 1"') },
    { because: 'another algorithm', change: (text: string) => text.replace(/alg="[^"]*"/, 'alg="rsa-v1_5-sha256"') },
    { because: 'a parameter that is not known', change: (text: string) => `${text};x=1` },
    { because: 'it expires when it is made', change: (text: string) => `${text};expires=${createdS}` },
    { because: 'it expires at no number', change: (text: string) => `${text};expires=soon` },
  ])('is malformed: $because', ({ change }) => {
    const changed = change(input);
    expect(changed).not.toBe(input);
    expect(profile.read(withHeaders({ 'signature-input': changed }))).toHaveProperty('malformed');
  });

  it.each([
    { because: 'no bytes', signature: 'sig1=1' },
    { because: 'nothing', signature: 'sig1=::' },
    {
      because: 'idle bits of base64',
      signature: (wire.headers.signature as string).replace(/.=+:$|.:$/, (end) => `/${end.slice(1)}`),
    },
    { because: 'base64url', signature: `sig1=:${'-'.repeat(43)}=:` },
    { because: 'parameters', signature: `${wire.headers.signature};a=1` },
  ])('is malformed when the signature has $because', ({ signature }) => {
    expect(profile.read(withHeaders({ signature }))).toHaveProperty('malformed');
  });

  it('needs one host and no field twice that is covered', () => {
    expect(profile.read(withHeaders({ host: undefined }))).toHaveProperty('malformed');
    expect(profile.read(withHeaders({ host: [HOST, HOST] }))).toHaveProperty('malformed');
    const digest = wire.headers['content-digest'] as string;
    expect(profile.read(withHeaders({ 'content-digest': [digest, digest] }))).toHaveProperty('malformed');
  });
});

const { FLOODPROOF_VECTORS } = process.env;
if (FLOODPROOF_VECTORS !== undefined) {
  interface Case {
    readonly id: string;
    readonly alg: string;
    readonly message: string;
    readonly signature_base: string;
    readonly headers: string;
  }
  interface Appendix {
    readonly keys: Readonly<Record<string, readonly string[]>>;
    readonly test_request: string;
    readonly test_response: string;
    readonly cases: readonly Case[];
    readonly b3_blocks: readonly string[];
    readonly b4_blocks: readonly string[];
  }
  const appendix = JSON.parse(readFileSync(join(FLOODPROOF_VECTORS, 'rfc9421-appendix-b.json'), 'utf8')) as Appendix;
  const pem = (key: string, kind: string): string => {
    const found = new RegExp(`-----BEGIN [A-Z ]*${kind} KEY-----[^]*?-----END [A-Z ]*${kind} KEY-----`).exec(
      appendix.keys[key]?.[0] ?? '',
    );
    return found?.[0] ?? '';
  };
  const keyOf = (covered: InnerList): string => String(covered[1].get('keyid'));
  const isSigned = (alg: string, base: string, { signature, covered }: Signed): boolean => {
    if (alg === 'hmac-sha256') return createHmac('sha256', sharedSecret).update(base).digest().equals(signature);
    return verifies(alg as SignatureAlgorithm, base, signature, pem(keyOf(covered), 'PUBLIC'));
  };
  const flipped = (signature: Buffer, bit: number): Buffer => {
    const copy = Buffer.from(signature);
    copy[bit >> 3] = (copy[bit >> 3] as number) ^ (1 << (bit & 7));
    return copy;
  };

  describe('appendix B of RFC 9421', () => {
    it.each(appendix.cases)('$id: base to the byte, right signature, wrong by any bit of it', ({ alg, ...row }) => {
      const message = messageOf(row.message === 'test-request' ? appendix.test_request : appendix.test_response);
      const [input = '', signature = ''] = row.headers.split('\n').map((line) => line.slice(line.indexOf(':') + 1));
      const signed = signedOf(input, signature);
      const base = signatureBase(message, signed.covered);
      expect(base).toBe(row.signature_base);
      expect(isSigned(alg, base, signed)).toBe(true);
      for (let bit = 0; bit < signed.signature.length * 8; bit += 7) {
        expect(isSigned(alg, base, { ...signed, signature: flipped(signed.signature, bit) })).toBe(false);
      }
      expect(isSigned(alg, `${base} `, signed)).toBe(false);
      if (alg === 'ed25519')
        expect(signatureBy(alg, base, pem(keyOf(signed.covered), 'PRIVATE'))).toEqual(signed.signature);
      if (alg === 'ecdsa-p256-sha256') {
        const again = signatureBy(alg, base, pem(keyOf(signed.covered), 'PRIVATE'));
        expect(isSigned(alg, base, { ...signed, signature: again })).toBe(true);
      }
    });

    it('B.3: a proxy’s signature over the client’s certificate', () => {
      const [, , base = '', , sent = ''] = appendix.b3_blocks;
      const message = messageOf(sent);
      const signed = signedOf(String(message.headers['signature-input']), String(message.headers.signature));
      expect(signatureBase(message, signed.covered)).toBe(base);
      expect(isSigned('ecdsa-p256-sha256', base, signed)).toBe(true);
    });

    it('B.4: a message may be changed where it is not covered, and not where it is', () => {
      const verdicts = [0, 2, 3, 4, 5, 6].map((index) => {
        const message = messageOf(appendix.b4_blocks[index] ?? '');
        const signed = signedOf(String(message.headers['signature-input']), String(message.headers.signature));
        return isSigned('ed25519', signatureBase(message, signed.covered), signed);
      });
      // The last two changed method and authority, and the order of a covered field.
      expect(verdicts).toEqual([true, true, true, true, false, false]);
    });
  });

  interface FieldTest {
    readonly name: string;
    readonly raw?: readonly string[];
    readonly must_fail?: boolean;
  }

  describe.each(['dictionary', 'param-dict', 'binary', 'string', 'item', 'key-generated'])(
    'fields of %s.json',
    (file) => {
      const folder = join(FLOODPROOF_VECTORS, 'structured-field-tests');
      const rows = JSON.parse(readFileSync(join(folder, `${file}.json`), 'utf8')) as readonly FieldTest[];
      it('are no digest and no signature, and never thrown at', () => {
        expect(rows.length).toBeGreaterThan(3);
        const wire = signWith(rfc9421, order, stamp, credentialFrom(rfc9421, { keyId: 'k', secret: 's' }));
        const received = receivedOf(wire);
        for (const { name, raw = [] } of rows) {
          const field = raw.join(', ');
          expect(isDigestOf(field, ''), name).toBe(false);
          for (const header of ['signature-input', 'signature']) {
            const claim = rfc9421.read({ ...received, headers: { ...received.headers, [header]: field } });
            expect(claim, name).toHaveProperty('malformed');
          }
        }
      });
    },
  );
}
