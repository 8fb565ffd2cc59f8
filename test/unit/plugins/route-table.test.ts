import { describe, expect, it } from 'vitest';
import { compileRoutes, isPlainTarget, type RouteTable, readRouteTable } from '../../../harness/plugins/route-table.js';

const table: RouteTable = {
  'GET /orders/open': null,
  'GET /orders/:id': 'order.list',
  'POST /orders': 'order.place',
  'PUT /orders/:id': 'order.amend',
  '* /login': 'login',
  'GET /markets/*': 'markets',
};
const lookup = compileRoutes(readRouteTable(table).entries);

describe('a table of routes', () => {
  it.each([
    ['POST', '/orders', 'order.place', 'as it is written'],
    ['POST', '/orders?a=/x', 'order.place', 'a query is no part of a path'],
    ['POST', '/ORDERS/', 'order.place', 'routers do not mind case and a last slash'],
    ['POST', '/%6frders', 'order.place', 'a letter may be written as an escape'],
    ['POST', '//orders', 'order.place', 'doubled slashes may be one'],
    ['POST', '/orders/1', null, 'it is longer'],
    ['POST', '/', null, 'it is shorter'],
    ['GET', '/orders/1', 'order.list', 'a place takes one segment'],
    ['GET', '/orders/%zz', 'order.list', 'what is no escape is taken as it stands'],
    ['GET', '/orders/a%2Fb', 'order.list', 'an escaped slash divides nothing'],
    ['GET', '/orders/1/2', null, 'a place takes no two segments'],
    ['GET', '/orders/open', null, 'the first that fits says that it is not counted'],
    ['HEAD', '/orders/1', 'order.list', 'HEAD is answered by what answers GET'],
    ['HEAD', '/orders', null, 'HEAD is no POST'],
    ['DELETE', '/orders/1', null, 'the method is another'],
    ['PATCH', '/login', 'login', 'a star is any method'],
    ['GET', '/markets', 'markets', 'a last star is no segment'],
    ['GET', '/markets/btc/usdt', 'markets', 'or many'],
    ['GET', '/market', null, 'but nothing else'],
  ] as const)('finds for %s %s %s: %s', (method, target, requestClass, _because) => {
    expect(lookup(method, target)).toBe(requestClass);
  });

  it('names every fault of what cannot be one', () => {
    const { entries, faults } = readRouteTable({
      'post /a': 'login',
      'POST a': 'login',
      'POST /a?b': 'login',
      'POST /a#b': 'login',
      'POST /b': 'logins',
      'POST /c': undefined,
      'POST /d': 'login',
    });
    expect(entries).toEqual([{ method: 'POST', path: '/d', requestClass: 'login' }]);
    expect(faults).toEqual([
      expect.stringContaining('"post /a" is no "METHOD /path"'),
      expect.stringContaining('"POST a" is no "METHOD /path"'),
      expect.stringContaining('"POST /a?b" must be a path alone'),
      expect.stringContaining('"POST /a#b" must be a path alone'),
      expect.stringContaining('"POST /b": there is no request class "logins"; there are login, ticker'),
      expect.stringContaining('"POST /c": there is no request class undefined'),
    ]);
  });
});

describe('a request target', () => {
  it.each(['/', '/a?b#', '/a%20', '*', '/a\\b'])('%o is one path to every reader, or none', (target) => {
    expect(isPlainTarget(target)).toBe(!target.includes('#'));
  });

  it.each(['', 'a', 'http://a/b', '/a#b', '/a\tb', '/a b', '/a\u00a0', '/a\ufeff', '/a\n', '/a\r', '/a\f', '**'])(
    '%o is read in two ways',
    (target) => {
      expect(isPlainTarget(target)).toBe(false);
    },
  );
});
