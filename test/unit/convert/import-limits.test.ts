import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ImportOptions, importLimits, sourceOf } from '../../../harness/convert/import-limits.js';
import { noteText } from '../../../harness/convert/import-text.js';
import { FloodproofError } from '../../../harness/errors.js';
import { readPolicy } from '../../../harness/scenario/policy.js';
import { readYaml } from '../../../harness/scenario/yaml-source.js';

const plain: ImportOptions = { from: null, paths: null, server: null };

interface Limit {
  readonly name: string;
  readonly [key: string]: unknown;
}

function imported(file: string, text: string, options: Partial<ImportOptions> = {}) {
  const policy = importLimits(file, text, { ...plain, ...options });
  expect(readPolicy('policy.yaml', policy.text).faults).toEqual([]);
  const value = readYaml('policy.yaml', policy.text).source?.value as { limits: Limit[]; [key: string]: unknown };
  return { ...policy, value, limits: value.limits, said: policy.notes.map(noteText).join('\n') };
}

function faultsOf(file: string, text: string, options: Partial<ImportOptions> = {}): readonly string[] {
  try {
    importLimits(file, text, { ...plain, ...options });
  } catch (error) {
    if (!(error instanceof FloodproofError)) throw error;
    return [error.code, ...error.faults.map(({ line, column, message }) => `${line}:${column} ${message}`)];
  }
  return [];
}

const zone = 'limit_req_zone $binary_remote_addr zone=one:10m rate=10r/s;';
const inServer = (inside: string, before = zone) => `${before}\nserver {\n${inside}\n}\n`;

describe('a configuration of nginx in several files', () => {
  const marked = (path: string, text: string) => `# configuration file ${path}:\n${text}\n`;
  const dump = [
    'nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n',
    marked(
      '/etc/nginx/nginx.conf',
      'events { }\nhttp {\n include mime.types;\n include /etc/nginx/conf.d/*.conf;\n include /etc/nginx/none/*;\n include /etc/nginx/sites-enabled/*;\n}',
    ),
    marked('/etc/nginx/mime.types', 'types { text/html html; }'),
    marked('/etc/nginx/conf.d/zones.conf', zone),
    marked('/etc/nginx/conf.d/zones.conf.off', zone),
    marked('/etc/nginx/sites-enabled/api', 'server { location / { include snippets/limit; } limit_req_status 429; }'),
    marked('/etc/nginx/snippets/limit', 'limit_req zone=one burst=4 nodelay;'),
  ].join('');

  it('is read from what nginx -T prints, each file where it is included, with lines of the print', () => {
    const { limits, said, text } = imported('nginx.txt', dump);
    expect(limits).toMatchObject([{ name: 'one', family: 'token-bucket', capacity: 5, refill: '10 per 1s' }]);
    expect(said).toBe('');
    expect(text).toContain(`# line ${dump.split('\n').indexOf(zone) + 1}: limit_req_zone`);
  });

  it('is said to be a part alone, with the command that prints the whole, where the files are not there', () => {
    const parts = 'http {\n include /etc/nginx/mime.types;\n include /etc/nginx/conf.d/*.conf;\n}\n';
    expect(faultsOf('nginx.conf', parts)).toEqual(['FP_CONVERT_EMPTY', expect.stringMatching(/^3:2 include/)]);
    expect(() => importLimits('nginx.conf', parts, plain)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('nginx -T > all.conf; npx floodproof import all.conf') }),
    );
  });

  it('is read without end by nobody when its files include each other', () => {
    const circle = `${marked('/n.conf', 'http { include a; }')}${marked('/a', 'include a; include b;')}${marked('/b', 'include a; include c; include c;')}${marked('/c', 'a 1;')}`;
    expect(faultsOf('nginx.txt', circle)[0]).toBe('FP_CONVERT_EMPTY');
  });
});

describe('limits of nginx', () => {
  it('become a bucket of the burst and one more with nodelay, counted by the whole address', () => {
    const { limits, value, text } = imported(
      'nginx.conf',
      inServer('location / { limit_req zone=one burst=20 nodelay; }'),
    );
    expect(limits).toEqual([
      {
        name: 'one',
        match: '*',
        by: 'ip',
        prefix: { v4: 32, v6: 128 },
        family: 'token-bucket',
        capacity: 21,
        refill: '10 per 1s',
        maxKeys: 81_920,
      },
    ]);
    expect(value).toMatchObject({ resolution: '10ms', nodes: 1 });
    expect(text).toContain('# line 1: limit_req_zone $binary_remote_addr zone=one:10m rate=10r/s');
    expect(text).toContain('# line 3: limit_req zone=one burst=20 nodelay: the burst of 20');
  });

  it.each([
    { use: 'burst=5', numbers: { family: 'leaky-queue', capacity: 1, queue: 5 } },
    { use: 'burst=5 delay=2', numbers: { family: 'leaky-queue', capacity: 3, queue: 3 } },
    { use: 'burst=5 delay=5', numbers: { family: 'token-bucket', capacity: 6 } },
    { use: 'delay=5', numbers: { family: 'token-bucket', capacity: 1 } },
    { use: '', numbers: { family: 'token-bucket', capacity: 1 } },
  ])('with "$use" are $numbers.family', ({ use, numbers }) => {
    expect(imported('a.conf', inServer(`limit_req zone=one ${use};`)).limits).toMatchObject([numbers]);
  });

  it.each([
    { rate: '90r/m', refill: '1500 per 1000s', isCut: false },
    { rate: '60r/m', refill: '1 per 1s', isCut: false },
    { rate: '7r/m', refill: '116 per 1000s', isCut: true },
    { rate: '3r/s', refill: '3 per 1s', isCut: false },
  ])('keep of $rate what nginx keeps: $refill', ({ rate, refill, isCut }) => {
    const { limits, text } = imported('a.conf', inServer('limit_req zone=one;', zone.replace('10r/s', rate)));
    expect(limits).toMatchObject([{ refill }]);
    expect(text.includes('never more')).toBe(isCut);
  });

  it('hold where they are named, and only where no inner level names others', () => {
    const config = inServer(
      `limit_req zone=one burst=1;
       location /login { limit_req zone=two; location /login/again { } }
       location /api/orders { }`,
      `${zone}\nlimit_req_zone $binary_remote_addr zone=two:1m rate=1r/s;`,
    );
    const byName = Object.fromEntries(imported('a.conf', config).limits.map(({ name, match }) => [name, match]));
    expect(byName.two).toEqual(['login']);
    expect(byName.one).toEqual(expect.arrayContaining(['ticker', 'order.place', 'account']));
    expect(byName.one).not.toContain('login');
  });

  it('of one zone with several bursts are one for all together and one for each', () => {
    const config = inServer(
      'location / { limit_req zone=one burst=9; } location /orders { limit_req zone=one burst=4; }',
    );
    const { limits, said } = imported('a.conf', config);
    expect(limits.map(({ name, capacity, queue, family }) => [name, family, capacity, queue])).toEqual([
      ['one', 'token-bucket', 10, undefined],
      ['one-burst-9', 'leaky-queue', 1, 9],
      ['one-burst-4', 'leaky-queue', 1, 4],
    ]);
    expect(limits[0]?.match).toBe('*');
    expect(said).toContain('2 bursts that share one counter');
  });

  it('in a dry run are shadows, and connections count what is in flight', () => {
    const config = inServer(
      'limit_conn conns 8; location / { limit_req_dry_run on; limit_req zone=one; }',
      `${zone} limit_conn_zone $server_name zone=conns:1m;`,
    );
    expect(imported('a.conf', config).limits).toMatchObject([
      { name: 'one-dry-run', shadow: true },
      { name: 'conns-at-once', family: 'concurrency', capacity: 8, by: 'global' },
    ]);
  });

  it('find the classes by the paths of an adapter as nginx finds locations', () => {
    const config = inServer(
      `location = /a { limit_req zone=exact; }
       location ^~ /b { limit_req zone=alone; }
       location /c { limit_req zone=prefix; }
       location ~ ^/(b|c|d) { limit_req zone=regex; }`,
      ['exact', 'alone', 'prefix', 'regex'].map((name) => zone.replace('zone=one', `zone=${name}`)).join('\n'),
    );
    const paths = { login: ['/a'], ticker: ['/b/x'], account: ['/c/x'], time: ['/d'], book: ['/e'] };
    const { limits } = imported('a.conf', config, { paths });
    expect(Object.fromEntries(limits.map(({ name, match }) => [name, match]))).toEqual({
      exact: ['login'],
      alone: ['ticker'],
      regex: ['account', 'time'],
    });
  });

  it.each([
    { key: '$binary_remote_addr$server_name', by: 'ip', says: '' },
    { key: 'all', by: 'global', says: '' },
    { key: '$http_x_api_key', by: 'key', says: 'the header x-api-key' },
    {
      key: '"\u0024{binary_remote_addr}\u0024{http_authorization}"',
      by: ['ip', 'key'],
      says: 'the header Authorization',
    },
    { key: '$kind', by: 'ip', says: 'excepts some callers' },
  ])('counted by $key are by $by', ({ key, by, says }) => {
    const before = `map $http_x_in $kind { "yes" ""; default $remote_addr; }\n${zone.replace('$binary_remote_addr', key)}`;
    const { limits, said } = imported('a.conf', inServer('limit_req zone=one;', before));
    expect(limits).toMatchObject([{ by }]);
    expect(said).toContain(says);
  });

  it.each([
    ['$uri', 'it counts each path alone'],
    ['$http_x_forwarded_for', 'whatever a caller writes'],
    ['$strange', 'what $strange holds is not known'],
    ['$zoned', 'comes from the geo of line 1'],
  ])('counted by %s are left out, with the reason', (key, reason) => {
    const config = inServer(
      'limit_req zone=one;',
      `geo $zoned { default 1; } ${zone.replace('$binary_remote_addr', key)}`,
    );
    const [code, ...said] = faultsOf('a.conf', config);
    expect(code).toBe('FP_CONVERT_EMPTY');
    expect(said.join('\n')).toContain(reason);
  });

  it('say what was not followed, and what a run would misread', () => {
    const config = inServer('include more/*.conf; include mime.types; limit_req zone=one; auth_request /ask;');
    const { said } = imported('a.conf', config);
    expect(said).toMatch(/line 3: include more\/\*\.conf: is not followed/);
    expect(said).not.toContain('mime.types');
    expect(said).toContain('asks another server');
    expect(said).toContain('limit_req refuses with 503');
    expect(
      imported('a.conf', config.replace('limit_req zone', 'limit_req_status 429; limit_req zone')).said,
    ).not.toContain('refuses with');
  });

  it('take the caller from X-Forwarded-For where a proxy is trusted', () => {
    const real = 'real_ip_header X-Forwarded-For; set_real_ip_from 10.0.0.0/8; set_real_ip_from 2001:db8::/32;';
    const config = (more: string) => inServer(`${real} ${more} limit_req zone=one;`);
    expect(imported('a.conf', config('')).value.clientIp).toEqual({ trustedHop: 1 });
    expect(imported('a.conf', config('real_ip_recursive on;')).value.clientIp).toEqual({
      trustedProxies: ['10.0.0.0/8', '2001:db8::/32'],
    });
  });

  it('of several servers are those of the one that is named', () => {
    const config = `${zone}
      server { server_name a.example; limit_req zone=one burst=1; }
      server { server_name b.example; limit_req zone=one burst=2; }
      server { server_name c.example; return 301 /; }`;
    expect(faultsOf('a.conf', config)).toEqual([
      'FP_FILE_INVALID',
      '3:7 2 servers have limits: a.example (line 2), b.example (line 3)',
    ]);
    expect(imported('a.conf', config, { server: 'b.example' }).limits).toMatchObject([{ queue: 2 }]);
    expect(faultsOf('a.conf', config, { server: 'd.example' })).toEqual([
      'FP_FILE_INVALID',
      '1:1 there is no server "d.example"',
    ]);
  });

  it('are not asked behind a return', () => {
    const config = inServer(
      'location / { limit_req zone=one; } location /time { limit_req zone=one burst=7; return 200; }',
    );
    const { limits, said } = imported('a.conf', config);
    expect(limits).toHaveLength(1);
    expect(limits[0]?.match).not.toContain('time');
    expect(said).toContain('a return comes before the limits');
  });
});

describe('a configuration of nginx that nginx would refuse', () => {
  it.each([
    ['a {', '1:1 the block of "a" is not ended by a "}"'],
    ['}', '1:1 a "}" without a block that it could end'],
    [';', '1:1 a ";" without a directive before it'],
    ['a b', '1:1 directive "a" is not ended by a ";"'],
    ['a {\n b }', '2:2 directive "b" is not ended by a ";"'],
    ['a "b', '1:3 a text that begins with " does not end'],
    [
      zone.replace('10r/s', '0r/s'),
      '1:1 limit_req_zone: "rate=0r/s" is no rate: write for example rate=10r/s or rate=30r/m',
    ],
    [zone.replace(':10m', ''), '1:1 limit_req_zone: "zone=one" is no zone: write zone=NAME:SIZE'],
    [`${zone}${zone}`, '1:60 limit_req_zone: "one" is defined twice'],
    [inServer('limit_req zone=two;'), '3:1 limit_req: there is no zone "two" in this file'],
    [inServer('limit_req zone=one burst=0;'), '3:1 limit_req: "burst=0" must be a whole number above 0'],
    [inServer('limit_req zone=one wait;'), '3:1 limit_req: has no parameter "wait"'],
    [
      inServer('limit_req zone=one; limit_req zone=one burst=2;'),
      '3:21 limit_req: the zone "one" is named twice in one place',
    ],
    [inServer('limit_req_status 200; limit_req zone=one;'), '3:1 limit_req_status: must be a status from 400 to 599'],
    [
      `limit_conn_zone $server_name zone=c:1m; ${inServer('limit_conn c 0;')}`,
      '3:1 limit_conn: must have a zone and a number from 1 to 65535',
    ],
    [inServer('location ! /a { limit_req zone=one; }'), '3:1 location: "! /a" is no location'],
  ])('%j is told with its place', (config, fault) => {
    const [code, ...faults] = faultsOf('a.conf', config);
    expect(code).toBe('FP_FILE_INVALID');
    expect(faults).toContain(fault);
  });

  it('has all of its faults told at once', () => {
    const [, ...faults] = faultsOf('a.conf', inServer('limit_req zone=two burst=x;\n}', zone.replace('10r/s', 'fast')));
    expect(faults).toHaveLength(4);
  });

  it('never ends in anything but an answer, whatever is cut out of it', () => {
    const whole = inServer(
      'location ~ "^/a{2}" { limit_req zone=one burst=20 nodelay; } # }\n access_by_lua_block { x = "}" }',
    );
    for (let end = 0; end <= whole.length; end += 1) faultsOf('a.conf', whole.slice(0, end));
    for (let at = 0; at < whole.length; at += 1) faultsOf('a.conf', whole.slice(0, at) + whole.slice(at + 1));
  });
});

describe('limits of Kong', () => {
  const kong = (plugins: string) => `_format_version: "3.0"\nplugins:\n${plugins}`;

  it('are windows of the calendar, in each of its units that has a length', () => {
    const { limits, said, value } = imported(
      'kong.yaml',
      kong(
        '  - name: rate-limiting\n    config: { second: 5, minute: 60, hour: 600, day: 6000, month: 9, limit_by: ip }',
      ),
    );
    expect(limits.map(({ window, capacity, anchor, by }) => [window, capacity, anchor, by])).toEqual([
      ['1s', 5, 'calendar', 'ip'],
      ['60s', 60, 'calendar', 'ip'],
      ['3600s', 600, 'calendar', 'ip'],
      ['86400s', 6000, 'calendar', 'ip'],
    ]);
    expect(said).toContain('line 4: month: a month of the calendar has no length of its own');
    expect(value.nodes).toBe(1);
  });

  it('count by address when nothing tells callers apart, and by account or key when something does', () => {
    const one = '  - { name: rate-limiting, config: { minute: 5, policy: redis } }\n';
    const alone = imported('k.yaml', kong(one));
    expect(alone.limits).toMatchObject([{ by: 'ip', match: '*' }]);
    expect(alone.said).toContain('no plugin tells callers apart');
    expect(alone.value.nodes).toBeUndefined();
    expect(imported('k.yaml', kong(`${one}  - { name: key-auth }`)).limits).toMatchObject([{ by: 'account' }]);
    const byKey = one.replace('minute: 5', 'minute: 5, limit_by: credential');
    expect(imported('k.yaml', kong(`${byKey}  - { name: jwt }`)).limits).toMatchObject([{ by: 'key' }]);
  });

  it('are those of the narrowest plugin alone', () => {
    const text = `_format_version: "3.0"
services:
  - name: api
    plugins: [{ name: rate-limiting, config: { minute: 20, limit_by: ip } }]
    routes:
      - name: login
        paths: [/login]
        plugins: [{ name: rate-limiting, config: { minute: 3, limit_by: ip } }]
      - { name: orders, paths: [/orders] }
plugins:
  - { name: rate-limiting, config: { minute: 100, limit_by: ip } }
`;
    const { limits } = imported('kong.yaml', text);
    expect(limits.map(({ name, match, capacity }) => [name, capacity, match])).toEqual([
      ['login-minute', 3, ['login']],
      ['api-minute', 20, ['order.place', 'order.amend', 'order.cancel', 'order.list']],
      ['every-route-minute', 100, ['ticker', 'account', 'time', 'markets', 'book']],
    ]);
  });

  it('of the advanced plugin slide, or stand', () => {
    const config = (more: string) =>
      kong(
        `  - { name: rate-limiting-advanced, config: { limit: [5, 9], window_size: [1, 60], identifier: ip${more} } }`,
      );
    expect(imported('k.yaml', config('')).limits).toMatchObject([
      { family: 'sliding-counter', capacity: 5, window: '1s' },
      { family: 'sliding-counter', capacity: 9, window: '60s' },
    ]);
    expect(imported('k.yaml', config('')).said).toContain('disable_penalty is off');
    expect(imported('k.yaml', config(', window_type: fixed')).limits).toMatchObject([
      { family: 'fixed-window', anchor: 'calendar' },
      { family: 'fixed-window' },
    ]);
  });

  it.each([
    ['{ second: 0 }', 'second: must be a whole number above 0, got 0'],
    ['{ limit_by: ip }', 'rate-limiting: config has no second, minute, hour, day, month or year'],
    ['{ second: 1, limit_by: moon }', 'limit_by: "moon" is nothing that rate-limiting counts by'],
  ])('with the config %s are refused', (config, message) => {
    const [code, fault] = faultsOf('k.yaml', kong(`  - name: rate-limiting\n    config: ${config}`));
    expect(code).toBe('FP_FILE_INVALID');
    expect(fault).toMatch(new RegExp(`^[34]:\\d+ ${message}`));
  });

  it('that are off, of one consumer, or of a header that anybody chooses are left out with a word', () => {
    const all = kong(`  - { name: rate-limiting, enabled: false, config: { second: 1 } }
  - { name: rate-limiting, consumer: bob, config: { second: 1 } }
  - { name: rate-limiting, config: { second: 1, limit_by: header, header_name: x-shop } }
  - { name: ip-restriction }`);
    const [code, ...said] = faultsOf('k.yaml', all);
    expect(code).toBe('FP_CONVERT_EMPTY');
    for (const word of ['is not enabled', 'the consumer bob alone', 'x-shop', 'ip-restriction may refuse']) {
      expect(said.join('\n')).toContain(word);
    }
  });
});

describe('limits of Envoy', () => {
  const share = (key: string, numerator: number) => `${key}: { default_value: { numerator: ${numerator} } }`;
  const filter = (more: string, enforced = 100) => `http_filters:
  - typed_config:
      "@type": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit
      stat_prefix: mine
      token_bucket: { max_tokens: 100, tokens_per_fill: 50, fill_interval: 0.25s }
      ${share('filter_enabled', 100)}
      ${share('filter_enforced', enforced)}
      ${more}
`;

  it('are one bucket of all, and one for each descriptor', () => {
    const descriptor = `descriptors: [{ entries: [{ key: remote_address }], token_bucket: { max_tokens: 10, fill_interval: 1s } }]`;
    const { limits, value, text } = imported('envoy.yaml', filter(descriptor));
    expect(limits).toMatchObject([
      { name: 'mine', by: 'global', family: 'token-bucket', capacity: 100, refill: '50 per 250000us' },
      { name: 'mine-remote-address', by: 'ip', capacity: 10, refill: '1 per 1s' },
    ]);
    expect(value).toMatchObject({ nodes: 1, slack: 0 });
    expect(text).toContain('# line 5: max_tokens 100');
  });

  it('that are not enforced are shadows, and of connections are left out', () => {
    expect(imported('e.yaml', filter('', 0)).limits).toMatchObject([{ shadow: true }]);
    expect(faultsOf('e.yaml', filter('', 50)).join()).toContain('filter_enforced is 50 %');
    expect(faultsOf('e.yaml', filter('local_rate_limit_per_downstream_connection: true')).join()).toContain(
      'each connection has a bucket of its own',
    );
    const [, fault] = faultsOf('e.yaml', filter('').replace('0.25s', 'soon'));
    expect(fault).toMatch(/^5:\d+ fill_interval: must be a duration such as "1s", got "soon"$/);
  });

  it('of the rate limit service are windows that count what they refuse', () => {
    const text = `domain: api
descriptors:
  - key: remote_address
    rate_limit: { unit: minute, requests_per_unit: 100 }
    descriptors:
      - { key: path, value: /login, rate_limit: { unit: MONTH, requests_per_unit: 20 } }
  - { key: api_key, shadow_mode: true, rate_limit: { unit: second, requests_per_unit: 10 } }
  - { key: plan, value: free, rate_limit: { unit: day, requests_per_unit: 1 } }
`;
    const { limits, said } = imported('rl.yaml', text);
    expect(limits).toMatchObject([
      { by: 'ip', match: '*', capacity: 100, window: '1min', counts: 'all' },
      { by: 'ip', match: ['login'], capacity: 20, window: '30d' },
      { by: 'key', capacity: 10, window: '1s', shadow: true },
    ]);
    expect(said).toContain('"plan" of "free" alone');
    expect(faultsOf('rl.yaml', text.replace('unit: day', 'unit: fortnight'))[1]).toMatch(/^8:.* unit: must be second/);
  });
});

describe('whatever is imported', () => {
  it('is told apart by the file', () => {
    expect(sourceOf('x/nginx.conf', '')).toBe('nginx');
    expect(sourceOf('k.yml', 'plugins:\n- name: rate-limiting')).toBe('kong');
    expect(sourceOf('k.json', '{ "domain": "x" }')).toBe('envoy');
    expect(sourceOf('site', 'server { }')).toBe('nginx');
    expect(sourceOf('limits', 'limit_req zone=one;')).toBe('nginx');
    expect(sourceOf('all.txt', '# configuration file /etc/nginx/nginx.conf:\n')).toBe('nginx');
  });

  it.each([
    ['README.md', '# Title\n```ts\nimport { a } from "b";\n```\n'],
    ['package.json', '{ "name": "x", "version": "1.0.0" }'],
    ['notes.txt', 'Some words.\n'],
    ['empty', ''],
  ])('has to be named where it looks like none of them: %s', (file, text) => {
    expect(sourceOf(file, text)).toBe(null);
    expect(() => importLimits(file, text, plain)).toThrow(/not recognised as a file of nginx, Envoy or Kong/);
    expect(faultsOf(file, text)[0]).toBe('FP_USAGE');
  });

  it('is a policy that validates, or a list of reasons', () => {
    const name = fc.constantFrom('one', 'two');
    const path = fc.constantFrom('/', '/orders', '/login', '= /x', '~ ^/[a-z', '"/ü y"', '$uri', '!');
    const count = fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 1, max: 40 }) },
      fc.integer({ min: -1, max: 3e9 }),
    );
    const key = fc.constantFrom('$binary_remote_addr', '$http_x_api_key', '$server_name', 'x', '$uri');
    const mode = fc.constantFrom('', 'nodelay', 'delay=2');
    const zones = fc.uniqueArray(fc.tuple(key, name, count, fc.constantFrom('r/s', 'r/m')), {
      minLength: 2,
      maxLength: 2,
      selector: ([, called]) => called,
    });
    const uses = fc.array(fc.tuple(path, name, count, mode), { minLength: 1, maxLength: 4 });
    let valid = 0;
    fc.assert(
      fc.property(zones, uses, (zoneParts, useParts) => {
        const config = [
          ...zoneParts.map(([by, called, rate, unit]) => `limit_req_zone ${by} zone=${called}:1m rate=${rate}${unit};`),
          'server {',
          ...useParts.map(
            ([place, called, burst, how]) => `location ${place} { limit_req zone=${called} burst=${burst} ${how}; }`,
          ),
          '}',
        ].join('\n');
        try {
          const { text } = importLimits('a.conf', config, plain);
          expect(readPolicy('p.yaml', text).faults).toEqual([]);
          valid += 1;
        } catch (error) {
          if (!(error instanceof FloodproofError)) throw error;
          expect(error.faults.length).toBeGreaterThan(0);
        }
      }),
      { seed: 3, numRuns: 400 },
    );
    expect(valid).toBeGreaterThan(40);
  });
});
