import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, test } from 'vitest';
import { PREFIX_BYTES, writePrefix } from '../../../harness/core/ip-address.js';
import type { IpPrefix } from '../../../harness/core/spec.js';

function bytesOf(text: string, prefix: IpPrefix = { v4: 32, v6: 128 }): string | null {
  const into = new Uint8Array(PREFIX_BYTES).fill(0xaa);
  return writePrefix(text, prefix, into) ? Buffer.from(into).toString('hex') : null;
}

const zeros = '00'.repeat(12);

describe('an address', () => {
  const forms = [
    { text: '192.0.2.7', hex: `0420c0000207${zeros}` },
    { text: '0.0.0.0', hex: `042000000000${zeros}` },
    { text: '255.255.255.255', hex: `0420ffffffff${zeros}` },
    { text: '::ffff:192.0.2.7', hex: `0420c0000207${zeros}` },
    { text: '::FFFF:c000:207', hex: `0420c0000207${zeros}` },
    { text: '0:0:0:0:0:ffff:192.0.2.7', hex: `0420c0000207${zeros}` },
    { text: '::', hex: `0680${'00'.repeat(16)}` },
    { text: '::1', hex: `0680${'00'.repeat(15)}01` },
    { text: '1::', hex: `06800001${'00'.repeat(14)}` },
    { text: '2001:db8::8:800:200c:417a', hex: '068020010db80000000000080800200c417a' },
    { text: '2001:DB8:0:0:8:800:200C:417A', hex: '068020010db80000000000080800200c417a' },
    { text: '1:2:3:4:5:6:7::', hex: '068000010002000300040005000600070000' },
    { text: '::2:3:4:5:6:7:8', hex: '068000000002000300040005000600070008' },
    { text: '1:2:3:4:5:6:1.2.3.4', hex: '068000010002000300040005000601020304' },
    { text: '::1.2.3.4', hex: `0680${'00'.repeat(12)}01020304` },
    { text: '64:ff9b::192.0.2.33', hex: `06800064ff9b${'00'.repeat(8)}c0000221` },
    { text: '::fffe:1.2.3.4', hex: `0680${'00'.repeat(10)}fffe01020304` },
    { text: '1::ffff:1.2.3.4', hex: `06800001${'00'.repeat(8)}ffff01020304` },
  ];
  test.each(forms)('$text is $hex', ({ text, hex }) => {
    expect(bytesOf(text)).toBe(hex);
  });

  const wrong = [
    { text: '', because: 'it is empty' },
    { text: '1.2.3', because: 'a number is missing' },
    { text: '1.2.3.4.5', because: 'there is one too many' },
    { text: '1.2.3.256', because: 'a number is too large' },
    { text: '01.2.3.4', because: 'a leading zero may mean octal' },
    { text: '1.2.3.00', because: 'a leading zero may mean octal' },
    { text: '1.2.3.0004', because: 'a number has too many digits' },
    { text: '1.2.3.-4', because: 'a sign is no digit' },
    { text: ' 1.2.3.4', because: 'a space is no digit' },
    { text: '1.2.3.4\n', because: 'a line break is no digit' },
    { text: '1.2.3.\u0664', because: 'digits are ASCII' },
    { text: '0x1.2.3.4', because: 'it is not decimal' },
    { text: ':', because: 'a single colon stands for nothing' },
    { text: ':::', because: 'three colons stand for nothing' },
    { text: ':1', because: 'it starts with a single colon' },
    { text: '1:', because: 'it ends with a single colon' },
    { text: ':1::2', because: 'it starts with a single colon' },
    { text: '1::2:', because: 'it ends with a single colon' },
    { text: '1::2::3', because: 'zeros are left out twice' },
    { text: '1:2:3:4:5:6:7', because: 'a group is missing' },
    { text: '1:2:3:4:5:6:7:8:9', because: 'there is one too many' },
    { text: '1:2:3:4::5:6:7:8', because: 'nothing is left for the zeros to stand for' },
    { text: '1:2:3:4:5:6:7:8::', because: 'nothing is left for the zeros to stand for' },
    { text: '::1:2:3:4:5:6:7:8', because: 'nothing is left for the zeros to stand for' },
    { text: '1:2:3:4:5:6:7:1.2.3.4', because: 'there is one group too many' },
    { text: '1:2:3:4:5:6::1.2.3.4', because: 'nothing is left for the zeros to stand for' },
    { text: '12345::', because: 'a group has too many digits' },
    { text: '00001::', because: 'a group has too many digits' },
    { text: 'g::', because: 'g is no digit' },
    { text: '1.2.3.4::', because: 'dotted decimal stands at the end alone' },
    { text: '::1.2.3.4:5', because: 'dotted decimal stands at the end alone' },
    { text: '::01.2.3.4', because: 'a leading zero may mean octal' },
    { text: 'fe80::1%eth0', because: 'a zone is of one machine alone' },
    { text: '[::1]', because: 'brackets are of URLs' },
    { text: '::1/64', because: 'a mask is no part of an address' },
    { text: `${'0'.repeat(46)}`, because: 'no address is as long' },
  ];
  test.each(wrong)('"$text" is none, since $because', ({ text }) => {
    expect(bytesOf(text)).toBeNull();
  });
});

describe('a prefix', () => {
  const masks = [
    { text: '255.255.255.255', v4: 1, v6: 1, hex: `040180000000${zeros}` },
    { text: '255.255.255.255', v4: 9, v6: 1, hex: `0409ff800000${zeros}` },
    { text: '255.255.255.255', v4: 24, v6: 1, hex: `0418ffffff00${zeros}` },
    { text: '255.255.255.255', v4: 31, v6: 1, hex: `041ffffffffe${zeros}` },
    { text: 'ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255', v4: 1, v6: 1, hex: `060180${'00'.repeat(15)}` },
    {
      text: 'ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255',
      v4: 1,
      v6: 64,
      hex: `0640${'ff'.repeat(8)}${'00'.repeat(8)}`,
    },
    { text: 'ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255', v4: 1, v6: 127, hex: `067f${'ff'.repeat(15)}fe` },
  ];
  test.each(masks)('of $v4 or $v6 bits of $text is $hex', ({ text, v4, v6, hex }) => {
    expect(bytesOf(text, { v4, v6 })).toBe(hex);
  });
});

test('takes what the socket library takes, and reads it as another library does', () => {
  const groups = fc.array(fc.constantFrom('0', '1', 'ab', 'FFFF', '00a1', '', ''), { minLength: 1, maxLength: 9 });
  const octets = fc.array(fc.constantFrom('0', '7', '25', '255', '256', '01'), { minLength: 3, maxLength: 5 });
  const v4 = octets.map((list) => list.join('.'));
  const v6 = groups.map((list) => list.join(':'));
  const texts = fc.oneof(
    v4,
    v6,
    v6,
    fc.tuple(v6, v4).map(([front, back]) => `${front}:${back}`),
  );
  let addressCount = 0;
  const property = fc.property(texts, (text) => {
    const hex = bytesOf(text);
    expect(hex !== null, text).toBe(isIPv4(text) || isIPv6(text));
    if (hex === null) return;
    addressCount += 1;
    const address = ipaddr.process(text);
    const bytes = Buffer.from(address.toByteArray()).toString('hex').padEnd(32, '0');
    expect(hex.slice(4)).toBe(bytes);
  });
  fc.assert(property, { seed: 10, numRuns: 20_000 });
  expect(addressCount).toBeGreaterThan(1000);
});
