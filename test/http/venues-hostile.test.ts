/** Whatever is sent to a gateway in a venue's clothes: it answers, blames the caller, and has no bug to report. */
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { faceNames } from '../../harness/gateway/faces/face.js';
import { faceOf } from '../../harness/gateway/faces/faces.js';
import { startGateway } from '../../harness/gateway/gateway.js';
import { ann } from './gateway-support.js';
import { venuePolicy, venueStage } from './venue-gateway.js';

const stage = venueStage();
const agent = new Agent({ keepAlive: true, maxSockets: 4 });

afterEach(async () => {
  agent.destroy();
});

const queries = [
  '',
  'symbol=BTCUSDT&symbol=ETHUSDT&instId=BTC-USDT&instId=x&pair=a&pair=b&instrument_name=a&instrument_name=b',
  '__proto__=1&constructor=2&toString=3&hasOwnProperty=4',
  'symbol[]=1&limit=1e308&sz=9007199254740991&depth=99999999999999999999&count=-1',
  'limit=0x10&sz=1e3&depth=1.5&count=%00&pageSize=999999999&currentPage=999999999',
  '%',
  '%E0%A4%A=%FF',
  Array.from({ length: 500 }, (_, n) => `a${n}=1`).join('&'),
  'symbols=%5B%22BTCUSDT%22,1%5D',
  'symbols=%5B%22__proto__%22%5D&pair=__proto__,constructor&currency=__proto__&instrument_name=__proto__',
  'orderId=__proto__&txid=__proto__,toString&order_id=constructor&ordId=__proto__&clientOid=__proto__',
  'params=1&id=2&params[a]=1',
];
const bodies = [
  '{',
  '[]',
  '[[],null,1,"x"]',
  '[{"__proto__":{"instId":"BTC-USDT"}}]',
  '{"__proto__":{"symbol":"BTCUSDT"},"constructor":1}',
  '{"symbol":["BTC-USDT"],"side":{"a":1},"size":1e400,"price":-0,"qty":123456789012345678901234567890}',
  '{"params":[1],"id":{"a":1}}',
  '{"params":{"params":{}},"id":1e400}',
  '{"orders":[[],{}],"pair":"XBTUSDT"}',
  '{"orders":[{"ordertype":["limit"]},{"ordertype":"limit","type":{},"volume":[1]}],"pair":"XBTUSDT"}',
  '{"request":[{"symbol":"BTCUSDT","side":["Buy"]}],"category":["spot"]}',
  '{"request":[null]}',
  `{"a":${'['.repeat(2_000)}${']'.repeat(2_000)}}`,
  'nonce=1&nonce=2&oflags=viqc&oflags=post&pair=XBTUSDT&pair=x',
  '\u0000',
  '"text"',
];

function send(url: string, method: string, path: string, body: string): Promise<number> {
  const { hostname: host, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const headers = body === '' ? {} : { 'content-length': Buffer.byteLength(body) };
    const sent = request({ agent, host, port, method, path, headers, timeout: 10_000 }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode ?? 0));
    });
    sent.once('timeout', () => sent.destroy(new Error(`no answer to ${method} ${path}`)));
    sent.once('error', reject);
    sent.end(body);
  });
}

describe.each(faceNames)('a gateway in the clothes of %s', (face) => {
  // Nobody signs and nothing limits, so that everything comes as far as the business.
  it('has an answer to every route with whatever parameters', async () => {
    const policy = { ...venuePolicy(face), auth: null, limits: [] };
    const onBug = (error: Error): number => stage.bugs.push(error);
    const shared = { engine: 'ts', host: '127.0.0.1', port: 0, registered: [ann] } as const;
    const gateway = await startGateway({ ...shared, policy, face, onBug });
    stage.gateways.push(gateway);
    const faults: string[] = [];
    const tryOne = async (method: string, path: string, body: string): Promise<void> => {
      const status = await send(gateway.url, method, path, body);
      if (status >= 500) faults.push(`${status} ${method} ${path} ${body}`);
    };
    for (const { method, path: pattern } of faceOf(face).routes) {
      const path = pattern.replace(/:\w+/, '__proto__');
      const asked = queries.map((query) => tryOne(method, `${path}?${query}`, ''));
      const sent = method === 'GET' ? [] : bodies.map((body) => tryOne(method, path, body));
      await Promise.all([...asked, ...sent]);
    }
    expect(faults).toEqual([]);
  });

  it('refuses what is not signed, and goes on', async () => {
    const gateway = await stage.start(face);
    const { routes } = faceOf(face);
    const placing = routes.find(({ requestClass }) => requestClass === 'order.place');
    const time = routes.find(({ requestClass }) => requestClass === 'time');
    if (placing === undefined || time === undefined) throw new Error(`${face} has no orders or no time`);
    for (const body of bodies) {
      const answer = await fetch(gateway.url + placing.path, {
        method: placing.method,
        body: placing.method === 'GET' ? null : body,
      });
      expect(['malformed', 'throttled', 'banned']).toContain(answer.headers.get('x-gate'));
    }
    expect(await send(gateway.url, 'GET', time.path, '')).toBeLessThan(500);
  });
});

describe('a connection to a gateway in clothes', () => {
  it.each([
    [
      'with headers without end',
      (url: string) => `GET ${url} HTTP/1.1\r\nhost: x\r\n${'a: b\r\n'.repeat(5_000)}\r\n`,
      431,
    ],
    [
      'with a header of many kilobytes',
      (url: string) => `GET ${url} HTTP/1.1\r\nhost: x\r\na: ${'b'.repeat(50_000)}\r\n\r\n`,
      431,
    ],
    [
      'with two lengths',
      (url: string) => `POST ${url} HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab`,
      400,
    ],
    ['with no protocol', () => 'hello\r\n\r\n', 400],
  ])('%s is told so and ended', async (_what, text, status) => {
    const gateway = await stage.start('binance');
    const { hostname, port } = new URL(gateway.url);
    const answer = await new Promise<string>((resolve, reject) => {
      let heard = '';
      const socket = connect(Number(port), hostname, () => socket.write(text('/api/v3/time')));
      socket.setTimeout(10_000, () => socket.destroy(new Error('no end')));
      socket.on('data', (bytes) => {
        heard += bytes.toString('latin1');
      });
      socket.once('close', (failed) => (failed && heard === '' ? reject(new Error('no answer')) : resolve(heard)));
      socket.on('error', () => undefined);
    });
    expect(answer).toContain(`HTTP/1.1 ${status} `);
  });
});
