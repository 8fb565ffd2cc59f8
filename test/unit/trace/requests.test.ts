import { describe, expect, it } from 'vitest';
import { followedRequests } from '../../../harness/actors/arrivals/followed.js';
import { buildWorld } from '../../../harness/actors/identities/world.js';
import { Outcome } from '../../../harness/actors/outcome.js';
import { filled } from '../../../harness/actors/recorded-requests.js';
import { createBehaviour } from '../../../harness/actors/registry.js';
import { schedule } from '../../../harness/actors/schedule.js';
import { requestClasses } from '../../../harness/scenario/plan.js';
import { loadTraces } from '../../../harness/trace/load-traces.js';
import type { LoadedTrace } from '../../../harness/trace/loaded-trace.js';
import { exampleActor } from '../actors/example-plan.js';
import { planOf, sourceOf, written } from './trace-file.js';

const head = 'timeUs,who,class,method,path,type,body\n';

function planFor(name: string, text: string, keepShare = 1) {
  const source = sourceOf(written(name, text), { whoColumn: 'who' });
  const arrivals = { process: 'trace', trace: 0, speed: 1, keepShare, isLooped: false } as const;
  const who = { choice: 'trace', trace: 0 } as const;
  return planOf([source], [exampleActor('recorded', { arrivals, who, population: 5, params: {} })]);
}

async function load(
  name: string,
  text: string,
  options: { stampsMax?: number; keep?: number } = {},
): Promise<LoadedTrace> {
  const [trace] = await loadTraces(planFor(name, text, options.keep), { seed: 1, ...options });
  return trace as LoadedTrace;
}

async function intents(name: string, text: string) {
  const plan = planFor(name, text);
  const traces = await loadTraces(plan, { seed: 1 });
  const world = buildWorld(plan, 1);
  const [actor] = plan.actors;
  if (actor === undefined) throw new Error('no actor');
  const behaviour = createBehaviour(actor, plan, {
    seed: 1,
    world,
    captured: null,
    requests: followedRequests(actor, traces),
  });
  const arrivals = [...schedule({ plan, seed: 1, worker: 0, workers: 1, traces })];
  const asked = arrivals.map(({ identityIndex, intendedUs, row }) => {
    const intent = behaviour.onArrival(world.identity(identityIndex), intendedUs, row);
    const placed = intent?.wantsBody === true;
    const answered = { outcome: Outcome.admitted, status: 201, reason: '', retryAfterMs: -1 };
    if (intent !== null) {
      const follow = behaviour.onOutcome(
        intent,
        { ...answered, body: placed ? { orderId: `o${row}` } : null },
        intendedUs,
      );
      expect(follow).toBe(null);
    }
    return intent;
  });
  return { asked, arrivals, world };
}

describe('a recording of requests', () => {
  it('keeps each request with its time and its caller, whatever order the rows stand in', async () => {
    const trace = await load(
      'order.csv',
      `${head}3000,b,account,GET,/v1/account,,\n1000,a,ticker,GET,/v1/ticker?symbol=A,,\n2000,a,,,,,\n1500,b,ticker,GET,/v1/ticker?symbol=A,,\n`,
    );
    const { requests } = trace;
    expect([...trace.offsetsUs]).toEqual([0, 500, 1000, 2000]);
    expect([...(trace.who ?? [])]).toEqual([0, 1, 0, 1]);
    expect([...(requests?.rows ?? [])].map((row) => requests?.distinct[row]?.path ?? null)).toEqual([
      '/v1/ticker?symbol=A',
      '/v1/ticker?symbol=A',
      null,
      '/v1/account',
    ]);
    expect(requests?.distinct).toHaveLength(3);
  });

  it('keeps them together in a sample of a file that is too large', async () => {
    const lines = Array.from({ length: 200 }, (_, i) => `${i * 1000},w${i % 7},ticker,GET,/v1/ticker?n=${i},,\n`);
    const trace = await load('sample.csv', head + lines.join(''), { stampsMax: 100, keep: 0.3 });
    expect(trace.keptShare).toBe(0.3);
    const firstUs =
      Number(/n=(\d+)/.exec(trace.requests?.distinct[trace.requests.rows[0] as number]?.path ?? '')?.[1]) * 1000;
    for (const [place, row] of [...(trace.requests?.rows ?? [])].entries()) {
      const path = trace.requests?.distinct[row]?.path;
      expect(path).toBe(`/v1/ticker?n=${((trace.offsetsUs[place] as number) + firstUs) / 1000}`);
    }
  });

  it.each([
    ['nope,GET,/,,', 'no such class: "nope"'],
    ['ticker,TRACE,/,,', 'no such method: "TRACE"'],
    ['ticker,GET,x,,', 'no such path: "x"'],
    ['ticker,GET,/a b,,', 'no such path: "/a b"'],
    ['order.place,POST,/v1/orders,"a\r\nb",x', 'no such type'],
  ])('refuses %s with its line', async (fields, message) => {
    await expect(load('bad.csv', `${head}1,a,ticker,GET,/,,\n2,a,${fields}\n`)).rejects.toMatchObject({
      faults: [{ code: 'FP_TRACE_FORMAT', line: 3, message: expect.stringContaining(message) }],
    });
  });

  it('needs its columns, and is read of nothing but CSV', async () => {
    await expect(load('columns.csv', 'timeUs,who,class\n1,a,ticker\n')).rejects.toMatchObject({
      faults: [{ code: 'FP_TRACE_COLUMN' }],
    });
    const plan = planFor('x.csv', head);
    const log = {
      ...plan,
      traces: plan.traces.map((one) => ({ ...one, format: 'access-log' as const, whoColumn: 'ip' })),
    };
    await expect(loadTraces(log, { seed: 1 })).rejects.toMatchObject({ faults: [{ code: 'FP_TRACE_FORMAT' }] });
  });
});

describe('recorded', () => {
  it('asks each row at its time, as the caller it was, and nothing at a row without a class', async () => {
    const text = `${head}0,x,,,,,\n10,a,ticker,GET,/v1/ticker?symbol=A,,\n20,b,account,PATCH,/me?x=1,text/x,hello\n20,a,ticker,HEAD,/h,,\n`;
    const { asked, arrivals, world } = await intents('asks.csv', text);
    expect(
      asked.map((one) => one && [one.method, one.path, one.body, requestClasses[one.requestClass], one.contentType]),
    ).toEqual([
      null,
      ['GET', '/v1/ticker?symbol=A', null, 'ticker', undefined],
      ['PATCH', '/me?x=1', 'hello', 'account', 'text/x'],
      ['HEAD', '/h', null, 'ticker', undefined],
    ]);
    expect(arrivals.map(({ intendedUs, row, identityIndex }) => [intendedUs, row, identityIndex])).toEqual([
      [0, 0, 0],
      [10, 1, 1],
      [20, 2, 2],
      [20, 3, 1],
    ]);
    expect(asked.slice(1).map((one) => one?.identity)).toEqual([1, 2, 1].map((index) => world.identity(index)));
    expect(asked[2]?.signed).toBe(true);
  });

  it('logs in as the identity itself, in JSON and in a form', async () => {
    const json = '"{""u"":""{{account}}"",""p"":""{{password}}""}"';
    const form = 'application/x-www-form-urlencoded,u={{account}}&p={{password}}';
    const text = `${head}0,a,login,POST,/v1/login,,${json}\n1,a,login,POST,/in,${form}\n`;
    const { asked, world } = await intents('login.csv', text);
    const { account, password, accountIndex } = world.identity(0);
    expect(asked[0]?.body).toBe(JSON.stringify({ u: account, p: password }));
    expect(asked[1]?.body).toBe(`u=${encodeURIComponent(account)}&p=${password}`);
    expect(asked.map((one) => one?.accountIndex)).toEqual([accountIndex, accountIndex]);
  });

  it('names its own oldest order, and each one is cancelled once', async () => {
    const place = (us: number, who: string) => `${us},${who},order.place,POST,/v1/orders,,"{""n"":""{{number}}""}"\n`;
    const cancel = (us: number, who: string) => `${us},${who},order.cancel,DELETE,/v1/orders/{{order}},,\n`;
    const amend = (us: number, who: string) => `${us},${who},order.amend,PUT,/v1/orders/{{order}},,{}\n`;
    const text = [
      place(0, 'a'),
      place(1, 'b'),
      place(2, 'a'),
      amend(3, 'a'),
      cancel(4, 'a'),
      cancel(5, 'a'),
      cancel(6, 'a'),
      cancel(7, 'b'),
    ];
    const { asked } = await intents('orders.csv', head + text.join(''));
    expect(asked.slice(3).map((one) => one?.path.split('/').at(-1))).toEqual(['o0', 'o0', 'o2', 'none', 'o1']);
    expect(new Set(asked.slice(0, 3).map((one) => one?.body)).size).toBe(3);
  });

  it('counts the orders of a batch', async () => {
    const { asked } = await intents(
      'batch.csv',
      `${head}0,a,order.place,POST,/v1/orders,,"[{},{},{}]"\n1,a,account,POST,/v1/orders,,"[{},{}]"\n`,
    );
    expect(asked.map((one) => one?.elements)).toEqual([3, 1]);
  });

  it('fills places with texts that may look like others', () => {
    const filling = { account: '{{password}}', password: '$&', order: '', number: '' };
    expect(filled('{{password}}-{{account}}', { ...filling, account: 'a' }, (value) => value)).toBe('$&-a');
  });
});
