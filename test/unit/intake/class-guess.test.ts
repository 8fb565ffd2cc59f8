import { describe, expect, it } from 'vitest';
import { guessedClass, patternOfRequest, UnnamedRequests } from '../../../harness/intake/class-guess.js';
import { ClassPaths } from '../../../harness/intake/class-paths.js';
import { readLogMap } from '../../../harness/intake/log-map.js';
import { requestClasses } from '../../../harness/scenario/plan.js';

describe('a request without a class', () => {
  it.each([
    ['POST', '/api/login', 'login'],
    ['POST', '/api/orders', 'order.place'],
    ['POST', '/api/orders/cancel', 'order.cancel'],
    ['PUT', '/api/orders/7', 'order.amend'],
    ['PATCH', '/api/orders/7', 'order.amend'],
    ['DELETE', '/api/orders/7', 'order.cancel'],
    ['GET', '/api/orders', 'order.list'],
    ['GET', '/api/orderbook', 'book'],
    ['GET', '/api/me', 'account'],
    ['GET', '/api/menu', 'ticker'],
    ['GET', '/time', 'time'],
    ['GET', '/api/symbols', 'markets'],
  ])('%s %s is taken to be %s', (method, path, wanted) => {
    expect(guessedClass(method, path)).toBe(wanted);
  });

  it.each([
    ['/api/orders/123?x=1', 'GET /api/orders/*'],
    ['/api/orders/3f2504e0-4f89-11d3-9a0c-0305e82c3301', 'GET /api/orders/*'],
    ['http://x/v2/a-b', 'GET /v2/a-b'],
    ['*', null],
    ['/a b', null],
    ['/"x', null],
  ])('at %s has the pattern %s', (path, wanted) => {
    expect(patternOfRequest('GET', path)).toBe(wanted);
  });

  it('makes a map that can be read, and names each pattern once and eight at most', () => {
    const requests = new UnnamedRequests();
    for (const id of [1, 2]) requests.note('DELETE', `/o/${id}`);
    for (let index = 0; index < 20; index++) requests.note('GET', `/p${index}`);
    expect(requests.patterns).toHaveLength(8);
    expect(requests.options[0]).toBe('--class "order.cancel=DELETE /o/*"');
    const map = readLogMap('map.yaml', requests.mapLines.join('\n'));
    const paths = new ClassPaths(map.classes ?? {});
    expect(requestClasses[paths.of('DELETE', '/o/3')]).toBe('order.cancel');
    expect(requestClasses[paths.of('GET', '/p0')]).toBe('ticker');
    expect(readLogMap('map.yaml', new UnnamedRequests().mapLines.join('\n')).classes).not.toBe(null);
  });
});
