import { describe, expect, it } from 'vitest';
import { createClientIp } from '../../../harness/gateway/client-ip.js';
import type { ClientIpRule } from '../../../harness/scenario/plan.js';

const socket: ClientIpRule = { from: 'socket' };
const lastHop: ClientIpRule = { from: 'trusted-hop', hops: 1 };
const secondHop: ClientIpRule = { from: 'trusted-hop', hops: 2 };
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
});
