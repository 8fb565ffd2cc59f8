import { describe, expect, it } from 'vitest';
import type { ClientIpRule } from '../../../harness/scenario/plan.js';
import { createClientIp } from '../../../harness/venue/client-ip.js';

const socket: ClientIpRule = { from: 'socket' };
const lastHop: ClientIpRule = { from: 'trusted-hop', hops: 1 };
const secondHop: ClientIpRule = { from: 'trusted-hop', hops: 2 };
const proxies: ClientIpRule = {
  from: 'trusted-proxies',
  ranges: ['10.0.0.0/8', '192.168.7.4/31', '2001:db8:ffff::/48'],
};
const leftmost: ClientIpRule = { from: 'forwarded-leftmost' };

const long = 'a'.repeat(100);

describe('the address that a request is charged to', () => {
  it.each<{ rule: ClientIpRule; peer: string | undefined; forwarded: string | undefined; ip: string; because: string }>(
    [
      { rule: socket, peer: '127.0.0.7', forwarded: undefined, ip: '127.0.0.7', because: 'the peer is the caller' },
      {
        rule: socket,
        peer: '127.0.0.7',
        forwarded: '9.9.9.9',
        ip: '127.0.0.7',
        because: 'the header is not looked at',
      },
      {
        rule: socket,
        peer: '::ffff:127.0.0.7',
        forwarded: undefined,
        ip: '127.0.0.7',
        because: 'a mapped address is IPv4',
      },
      { rule: socket, peer: '::1', forwarded: undefined, ip: '::1', because: 'IPv6 stays as it is' },
      {
        rule: socket,
        peer: 'fe80::1%eth0',
        forwarded: undefined,
        ip: 'fe80::1',
        because: 'a zone is no part of who it is',
      },
      {
        rule: socket,
        peer: undefined,
        forwarded: undefined,
        ip: '',
        because: 'the connection is gone, and a gate refuses ""',
      },
      {
        rule: lastHop,
        peer: '10.0.0.1',
        forwarded: '1.1.1.1, 2.2.2.2',
        ip: '2.2.2.2',
        because: 'our proxy added the last',
      },
      { rule: lastHop, peer: '10.0.0.1', forwarded: '2.2.2.2', ip: '2.2.2.2', because: 'a single entry is the last' },
      { rule: lastHop, peer: '10.0.0.1', forwarded: '1.1.1.1,2.2.2.2', ip: '2.2.2.2', because: 'no blank is needed' },
      {
        rule: secondHop,
        peer: '10.0.0.1',
        forwarded: '6.6.6.6, 1.1.1.1, 2.2.2.2',
        ip: '1.1.1.1',
        because: 'two proxies: the second from the right',
      },
      {
        rule: secondHop,
        peer: '10.0.0.1',
        forwarded: '1.1.1.1, 2.2.2.2',
        ip: '1.1.1.1',
        because: 'the first is enough when it is the second from the right',
      },
      {
        rule: secondHop,
        peer: '10.0.0.1',
        forwarded: '2.2.2.2',
        ip: '10.0.0.1',
        because: 'too few hops: it came past the proxies',
      },
      {
        rule: secondHop,
        peer: '10.0.0.1',
        forwarded: ',2.2.2.2',
        ip: '10.0.0.1',
        because: 'an empty entry is no address',
      },
      {
        rule: lastHop,
        peer: '10.0.0.1',
        forwarded: undefined,
        ip: '10.0.0.1',
        because: 'leaving the header out gains nothing',
      },
      { rule: lastHop, peer: '10.0.0.1', forwarded: '', ip: '10.0.0.1', because: 'an empty header gains nothing' },
      {
        rule: lastHop,
        peer: '10.0.0.1',
        forwarded: '1.1.1.1, nonsense',
        ip: '10.0.0.1',
        because: 'rubbish gains no fresh counter',
      },
      {
        rule: lastHop,
        peer: '10.0.0.1',
        forwarded: '010.0.0.1',
        ip: '10.0.0.1',
        because: 'octal spellings would be second names of one address',
      },
      { rule: lastHop, peer: '10.0.0.9', forwarded: '167772161', ip: '10.0.0.9', because: 'so would whole numbers' },
      {
        rule: lastHop,
        peer: '10.0.0.1',
        forwarded: '2001:DB8:0::1',
        ip: '2001:db8::1',
        because: 'one address has one text',
      },
      {
        rule: lastHop,
        peer: '10.0.0.1',
        forwarded: '::ffff:3.3.3.3',
        ip: '3.3.3.3',
        because: 'a mapped address is IPv4',
      },
      {
        rule: lastHop,
        peer: '10.0.0.1',
        forwarded: 'fe80::1%a',
        ip: '10.0.0.1',
        because: 'a zone could be chosen freely',
      },
      {
        rule: leftmost,
        peer: '10.0.0.1',
        forwarded: '1.1.1.1, 2.2.2.2',
        ip: '1.1.1.1',
        because: 'the caller is believed, on purpose',
      },
      {
        rule: leftmost,
        peer: '10.0.0.1',
        forwarded: 'non sense, 2.2.2.2',
        ip: 'nonsense',
        because: 'even when it is no address',
      },
      {
        rule: leftmost,
        peer: '10.0.0.1',
        forwarded: long,
        ip: long.slice(0, 64),
        because: 'a gate takes at most 64 characters',
      },
      { rule: leftmost, peer: '10.0.0.1', forwarded: ', 2.2.2.2', ip: '10.0.0.1', because: 'nothing was claimed' },
      { rule: leftmost, peer: '10.0.0.1', forwarded: undefined, ip: '10.0.0.1', because: 'nothing was claimed' },
    ],
  )('$rule.from: $forwarded from $peer is $ip, because $because', ({ rule, peer, forwarded, ip }) => {
    const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
    expect(createClientIp(rule)({ headers, socket: { remoteAddress: peer } })).toBe(ip);
  });

  it('reads several header lines as one list', () => {
    const request = { headers: { 'x-forwarded-for': ['1.1.1.1', '2.2.2.2'] }, socket: { remoteAddress: '10.0.0.1' } };
    expect(createClientIp(lastHop)(request)).toBe('2.2.2.2');
    expect(createClientIp(secondHop)(request)).toBe('1.1.1.1');
  });

  const v6Peer = '2001:db8:ffff::7';
  it.each<{ peer: string; forwarded: string | undefined; ip: string; because: string }>([
    { peer: '9.9.9.9', forwarded: '1.1.1.1', ip: '9.9.9.9', because: 'who is no proxy of ours speaks for himself' },
    { peer: '::ffff:9.9.9.9', forwarded: '1.1.1.1', ip: '9.9.9.9', because: 'a mapped address is IPv4' },
    { peer: '10.0.0.1', forwarded: '1.1.1.1', ip: '1.1.1.1', because: 'our proxy says who called it' },
    { peer: '::ffff:10.0.0.1', forwarded: '1.1.1.1', ip: '1.1.1.1', because: 'a mapped proxy is one of ours' },
    { peer: v6Peer, forwarded: '1.1.1.1, 10.0.0.3', ip: '1.1.1.1', because: 'both kinds of address are walked over' },
    {
      peer: '10.0.0.1',
      forwarded: '6.6.6.6, 1.1.1.1, 10.255.255.255',
      ip: '1.1.1.1',
      because: 'further left is forged',
    },
    { peer: '10.0.0.1', forwarded: '1.1.1.1, 192.168.7.5', ip: '1.1.1.1', because: '31 bits hold two addresses' },
    { peer: '10.0.0.1', forwarded: '1.1.1.1, 192.168.7.6', ip: '192.168.7.6', because: 'and not a third' },
    { peer: '10.0.0.1', forwarded: '1.1.1.1, 11.0.0.0', ip: '11.0.0.0', because: 'the range ends before it' },
    { peer: '10.0.0.1', forwarded: '1.1.1.1, ::ffff:10.0.0.3', ip: '1.1.1.1', because: 'it is ours in any spelling' },
    { peer: '10.0.0.1', forwarded: '2001:DB8:1::1', ip: '2001:db8:1::1', because: 'one address has one text' },
    { peer: '10.0.0.1', forwarded: '10.0.0.2, 10.0.0.3', ip: '10.0.0.1', because: 'from inside nobody has called' },
    { peer: '10.0.0.1', forwarded: undefined, ip: '10.0.0.1', because: 'leaving the header out gains nothing' },
    { peer: '10.0.0.1', forwarded: '', ip: '10.0.0.1', because: 'an empty header gains nothing' },
    { peer: '10.0.0.1', forwarded: '1.1.1.1,', ip: '10.0.0.1', because: 'an empty entry is no address' },
    { peer: '10.0.0.1', forwarded: '1.1.1.1, unknown', ip: '10.0.0.1', because: 'rubbish gains no fresh counter' },
    { peer: '10.0.0.1', forwarded: 'unknown, 1.1.1.1', ip: '1.1.1.1', because: 'what stands further left is not read' },
    {
      peer: '10.0.0.1',
      forwarded: 'unknown, 10.0.0.3',
      ip: '10.0.0.1',
      because: 'the walk ends at what is no address',
    },
    { peer: '10.0.0.1', forwarded: '1.1.1.1, 010.0.0.3', ip: '10.0.0.1', because: 'octal would be a second name' },
    { peer: '10.0.0.1', forwarded: 'fe80::1%eth0', ip: '10.0.0.1', because: 'a zone could be chosen freely' },
    { peer: 'fe80::1%eth0', forwarded: '1.1.1.1', ip: 'fe80::1', because: 'the zone of a peer is our own' },
    { peer: '10.0.0.1', forwarded: '<script>', ip: '10.0.0.1', because: 'this is no address' },
  ])('trusted-proxies: $forwarded from $peer is $ip, because $because', ({ peer, forwarded, ip }) => {
    const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
    expect(createClientIp(proxies)({ headers, socket: { remoteAddress: peer } })).toBe(ip);
  });

  it('of a connection that is gone is none, whatever its header says', () => {
    const request = { headers: { 'x-forwarded-for': '1.1.1.1' }, socket: { remoteAddress: undefined } };
    expect(createClientIp(proxies)(request)).toBe('');
  });

  it.each<{ entry: string; ip: string; because: string }>([
    { entry: '1.2.3.4:567', ip: '1.2.3.4', because: 'some proxies add the port' },
    { entry: '1.2.3.4:0', ip: '1.2.3.4', because: 'zero is a port' },
    { entry: '1.2.3.4:65535', ip: '1.2.3.4', because: 'so is the last one' },
    { entry: '1.2.3.4:65536', ip: '10.0.0.1', because: 'there is none above' },
    { entry: '1.2.3.4:', ip: '10.0.0.1', because: 'no port stands behind the colon' },
    { entry: '1.2.3.4:5x', ip: '10.0.0.1', because: 'a port is digits' },
    { entry: '1.2.3.4:5:6', ip: '10.0.0.1', because: 'there is one port' },
    { entry: '[2001:db8::1]:567', ip: '2001:db8::1', because: 'IPv6 stands in brackets then' },
    { entry: '[2001:db8::1]', ip: '2001:db8::1', because: 'brackets do no harm alone' },
    { entry: '[::ffff:1.2.3.4]:80', ip: '1.2.3.4', because: 'a mapped address is IPv4' },
    { entry: '[1.2.3.4]:80', ip: '10.0.0.1', because: 'IPv4 never stands in brackets' },
    { entry: '[fe80::1%a]:80', ip: '10.0.0.1', because: 'a zone could be chosen freely' },
    { entry: '[2001:db8::1', ip: '10.0.0.1', because: 'the bracket is not closed' },
    { entry: '[[2001:db8::1]]', ip: '10.0.0.1', because: 'brackets stand once' },
    { entry: '2001:db8::1:567', ip: '2001:db8::1:567', because: 'without brackets it is a part of the address' },
    { entry: '1.2.3', ip: '10.0.0.1', because: 'short spellings would be second names' },
    { entry: '1.2.3.256', ip: '10.0.0.1', because: 'a byte ends at 255' },
    { entry: '"1.2.3.4"', ip: '10.0.0.1', because: 'quotes are of another header' },
  ])('reads the entry $entry as $ip: $because', ({ entry, ip }) => {
    const request = { headers: { 'x-forwarded-for': `7.7.7.7, ${entry}` }, socket: { remoteAddress: '10.0.0.1' } };
    expect(createClientIp(lastHop)(request)).toBe(ip);
    expect(createClientIp(proxies)(request)).toBe(ip);
  });

  it.each<{ list: string; ip: string; because: string }>([
    { list: `${'6.6.6.6,'.repeat(63)}1.1.1.1`, ip: '1.1.1.1', because: '64 entries are read' },
    { list: `${'6.6.6.6,'.repeat(64)}1.1.1.1`, ip: '10.0.0.1', because: 'no chain has 65 proxies' },
    { list: `${','.repeat(64)}1.1.1.1`, ip: '10.0.0.1', because: 'empty entries are entries' },
    { list: `${' '.repeat(8 * 1024 - 7)}1.1.1.1`, ip: '1.1.1.1', because: '8 KiB are read' },
    { list: `${' '.repeat(8 * 1024 - 6)}1.1.1.1`, ip: '10.0.0.1', because: 'one byte more is not' },
  ])('is $ip when $because', ({ list, ip }) => {
    const request = { headers: { 'x-forwarded-for': list }, socket: { remoteAddress: '10.0.0.1' } };
    expect(createClientIp(lastHop)(request)).toBe(ip);
    expect(createClientIp(proxies)(request)).toBe(ip);
  });
});
