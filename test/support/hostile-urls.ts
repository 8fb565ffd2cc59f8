/** URLs that try to be something else than they look, with what each of them stands for. */
import fc from 'fast-check';

export interface HostileUrl {
  readonly text: string;
  /** Whether a run may go there: everything it stands for is loopback, and it is a URL of a target at all. */
  readonly isAllowed: boolean;
}

interface Host {
  readonly text: string;
  readonly isLoopback: boolean;
}

/** What the look-up of the test says to names. A second question would be answered with an address far away. */
export const knownNames: Readonly<Record<string, readonly string[]>> = {
  localhost: ['127.0.0.1', '::1'],
  'localhost.': ['127.0.0.1'],
  'me.localhost': ['::1'],
  'rebinds.example': ['127.0.0.1'],
  'mapped.example': ['::ffff:127.0.0.1'],
  'several.example': ['127.0.0.1', '127.8.9.1'],
  'mixed.example': ['127.0.0.1', '192.0.2.7'],
  'mixed6.example': ['::1', '2001:db8::7'],
  'far.example': ['192.0.2.7'],
  'far.example.': ['192.0.2.7'],
  'private.example': ['10.0.0.7'],
  'any.example': ['0.0.0.0'],
  'metadata.example': ['169.254.169.254'],
  'xn--mnchen-3ya.example': ['192.0.2.8'],
  'xn--lcalhost-ogh.example': ['192.0.2.9'],
  '127.0.0.1.far.example': ['192.0.2.7'],
};

const number = (value: number, base: number): string =>
  base === 8 ? `0${value.toString(8)}` : base === 16 ? `0x${value.toString(16)}` : String(value);

/** 127.0.0.1 as `127.1`, `0177.0.0.1`, `0x7f000001`, `2130706433` and all mixtures. */
const ipv4: fc.Arbitrary<Host> = fc
  .record({
    first: fc.constantFrom(127, 127, 127, 0, 10, 169, 172, 192, 224, 255, 8),
    rest: fc.oneof(fc.constantFrom(1, 0xfea9fe, 0xa80101), fc.integer({ min: 0, max: 0xffffff })),
    parts: fc.integer({ min: 1, max: 4 }),
    bases: fc.array(fc.constantFrom(8, 10, 16), { minLength: 4, maxLength: 4 }),
    dot: fc.constantFrom('', '', '', '.'),
    isWide: fc.boolean(),
  })
  .map(({ first, rest, parts, bases, dot, isWide }) => {
    const bytes = [first, rest >>> 16, (rest >>> 8) & 255, rest & 255];
    const whole = bytes.slice(parts - 1).reduce((sum, byte) => sum * 256 + byte, 0);
    const values = [...bytes.slice(0, parts - 1), whole];
    const text = values.map((value, index) => number(value, bases[index] as number)).join('.') + dot;
    return { text: isWide ? wide(text) : text, isLoopback: first === 127 };
  });

/** Digits of full width, and an ideographic full stop: the same to a URL. */
function wide(text: string): string {
  return text.replace(/[0-9]/g, (digit) => String.fromCharCode(0xff10 + Number(digit))).replaceAll('.', '\u3002');
}

const ipv6: fc.Arbitrary<Host> = fc
  .record({
    bytes: fc.tuple(fc.constantFrom(127, 127, 10, 169, 8), ...Array.from({ length: 3 }, () => fc.nat(255))),
    form: fc.constantFrom('mapped', 'mapped-hex', 'long', 'nat64', '6to4', 'compatible', 'zone', 'one', 'any', 'far'),
  })
  .map(({ bytes, form }) => {
    const [a, b, c, d] = bytes as [number, number, number, number];
    const dotted = bytes.join('.');
    const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
    const isLoopback = a === 127;
    switch (form) {
      case 'mapped':
        return { text: `[::ffff:${dotted}]`, isLoopback };
      case 'mapped-hex':
        return { text: `[::FFFF:${hex.toUpperCase()}]`, isLoopback };
      case 'long':
        return { text: `[0:0:0:0:0:ffff:${hex}]`, isLoopback };
      // Ways to reach IPv4 through somebody who translates: not loopback, whatever stands within.
      case 'nat64':
        return { text: `[64:ff9b::${hex}]`, isLoopback: false };
      case '6to4':
        return { text: `[2002:${hex}::1]`, isLoopback: false };
      case 'compatible':
        return { text: `[::${hex}]`, isLoopback: false };
      case 'zone':
        return { text: `[fe80::1%25lo]`, isLoopback: false };
      case 'one':
        return { text: '[0:0::0001]', isLoopback: true };
      case 'any':
        return { text: '[::]', isLoopback: false };
      default:
        return { text: `[2001:db8::${hex}]`, isLoopback: false };
    }
  });

const near = new Set([
  'localhost',
  'localhost.',
  'me.localhost',
  'rebinds.example',
  'mapped.example',
  'several.example',
]);
const names: fc.Arbitrary<Host> = fc.oneof(
  fc.constantFrom(...Object.keys(knownNames)).map((text) => ({ text, isLoopback: near.has(text) })),
  fc.constantFrom<Host>(
    { text: 'LocalHost', isLoopback: true },
    { text: 'ｌｏｃａｌｈｏｓｔ', isLoopback: true },
    { text: 'loc%61lhost', isLoopback: true },
    { text: 'loc\u00adalhost', isLoopback: true },
    { text: 'münchen.example', isLoopback: false },
    { text: 'lоcalhost.example', isLoopback: false },
    { text: 'unknown.example', isLoopback: false },
    { text: '127.0.0.1\\@far.example', isLoopback: true },
    { text: 'far.example\\@127.0.0.1', isLoopback: false },
    { text: '127.0.0.1\n.far.example', isLoopback: false },
    { text: '127.0.0.256', isLoopback: false },
    { text: '127.0.0.1.1', isLoopback: false },
    { text: '0x7f.1.08', isLoopback: false },
    { text: '4294967296', isLoopback: false },
    { text: '-127.0.0.1', isLoopback: false },
    { text: '', isLoopback: false },
  ),
);

function usually(right: readonly string[], wrong: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...right) },
    { weight: 1, arbitrary: fc.constantFrom(...wrong) },
  );
}

export const hostileUrls: fc.Arbitrary<HostileUrl> = fc
  .record({
    scheme: usually(['http', 'https', 'HTTP'], ['ftp', 'ws', 'file', 'javascript', 'http+unix']),
    user: usually([''], ['u@', 'u:p@', '127.0.0.1@', 'localhost:80@']),
    host: fc.oneof({ weight: 4, arbitrary: ipv4 }, { weight: 2, arbitrary: ipv6 }, { weight: 3, arbitrary: names }),
    port: usually(['', ':80', ':8080', ':22', ':65535'], [':0', ':65536', ':-1', ':0x50']),
    path: usually(['', '/', '/api/', '//192.0.2.7/', '/../..', '/\t', '/@far.example'], ['?x=1', '#@far.example']),
  })
  .map(({ scheme, user, host, port, path }) => {
    const isUrl =
      /^https?$/i.test(scheme) && user === '' && !/^:(?:0|65536|-1|0x50)$/.test(port) && !/^[?#]/.test(path);
    // After a backslash stands a path: a port there is part of it.
    const isCut = host.text.includes('\\');
    const portIsPath = isCut && host.isLoopback && /^https?$/i.test(scheme) && user === '' && !/^[?#]/.test(path);
    return {
      text: `${scheme}://${user}${host.text}${port}${path}`,
      isAllowed: host.isLoopback && (isUrl || portIsPath),
    };
  });
