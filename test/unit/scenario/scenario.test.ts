import { describe, expect, it } from 'vitest';
import { FloodproofError } from '../../../harness/errors.js';
import { behaviourNames, behaviourRow } from '../../../harness/scenario/behaviours.js';
import { planEndUs } from '../../../harness/scenario/plan.js';
import { loadScenario, loadScenarios } from '../../../harness/scenario/scenario.js';
import { fullScenario, goodPolicy, goodScenario, textReader } from '../../support/scenario-files.js';

function load(text: string) {
  return loadScenario(textReader({ 'a/scenario.yaml': text, 'a/policy.yaml': goodPolicy }), 'a/scenario.yaml');
}

function actorOf(text: string) {
  const actors = `actors:\n  - name: flooder\n    label: abuse\n    behaviour: order-flood\n${text}`;
  return load(`${goodScenario.slice(0, goodScenario.indexOf('actors:'))}${actors}expect: [abuse.leak <= 0]\n`)
    .actors[0];
}

function isFrozenThrough(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(isFrozenThrough);
}

/** What an actor is that says nothing of it. */
const plainActor = {
  who: { choice: 'uniform' },
  identitiesPerAddress: 1,
  masters: 0,
  clock: { sigmaUs: 0, strayShare: 0, strayUs: 0, driftShare: 0, driftUsPerMinute: 0 },
  retry: null,
  connection: 'keep',
  symbolZipf: 0,
};

/** What surrounds the target where a file says nothing of it. */
const plainWorld = {
  delayUs: 500,
  jitterUs: 0,
  loss: 0,
  reorderShare: 0,
  reorderUs: 0,
  serverPerSecond: null,
  serverQueueMax: 10_000,
  driftPpm: 0,
  steps: [],
  freezes: [],
  outages: [],
  restarts: [],
};

describe('loadScenario', () => {
  it('fills in every default', () => {
    const { policy, ...plan } = load(goodScenario);
    expect(policy.file).toBe('a/policy.yaml');
    expect(plan).toEqual({
      schema: 'floodproof/plan/1',
      name: 'small',
      file: 'a/scenario.yaml',
      claim: 'Nothing happens.',
      maps: [],
      tags: [],
      needs: [],
      weak: null,
      capacityPerSecond: null,
      traces: [],
      virtual: plainWorld,
      warmupUs: 2_000_000,
      phases: [
        { name: 'calm', startUs: 2_000_000, endUs: 4_000_000 },
        { name: 'attack', startUs: 4_000_000, endUs: 7_000_000 },
      ],
      actors: [
        {
          name: 'customers',
          label: 'legit',
          population: 10,
          behaviour: 'retail-trader',
          params: {
            orderShare: 0.2,
            accountShare: 0.1,
            cancelShare: 0.3,
            thinkTimeUs: 200_000,
            followRetryAfterShare: 0.9,
            retries: 1,
          },
          arrivals: { process: 'poisson', ratePerSecond: 60 },
          ...plainActor,
          active: [{ startUs: 0, endUs: 7_000_000 }],
        },
        {
          name: 'flooder',
          label: 'abuse',
          population: 1,
          behaviour: 'order-flood',
          params: {},
          arrivals: { process: 'constant', ratePerSecond: 200 },
          ...plainActor,
          active: [{ startUs: 4_000_000, endUs: 7_000_000 }],
        },
      ],
      expectations: [
        {
          text: 'abuse.leak <= 0',
          subject: 'abuse',
          metric: 'leak',
          phase: null,
          operator: '<=',
          wanted: { kind: 'number', value: 0 },
          wholeInterval: false,
        },
      ],
      generator: { ownDelayP99Us: 50_000, ownDelayP99WorstSecondUs: 250_000, sentShare: 0.99 },
      request: { timeoutUs: 10_000_000, connectionsPerIp: 64, openMax: 20_000 },
      holdUs: 5_000_000,
    });
  });

  it('is frozen through and through', () => {
    expect(isFrozenThrough(load(goodScenario))).toBe(true);
  });

  it('survives being saved and read back', () => {
    const plan = load(goodScenario);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  it('reads what a file says of sending, holding and the generator', () => {
    const settings =
      'warmup: 0s\nhold: 1min\nrequest: { timeout: 3s, connectionsPerIp: 1 }\ngenerator: { ownDelayP99: 10ms, sentShare: 95% }\nphases:';
    const plan = load(goodScenario.replace('phases:', settings));
    expect(plan).toMatchObject({
      warmupUs: 0,
      holdUs: 60_000_000,
      request: { timeoutUs: 3_000_000, connectionsPerIp: 1, openMax: 20_000 },
      generator: { ownDelayP99Us: 10_000, ownDelayP99WorstSecondUs: 250_000, sentShare: 0.95 },
    });
    expect(planEndUs(plan)).toBe(5_000_000);
  });

  it('reads all arrival processes', () => {
    const arrivalsOf = (text: string) => actorOf(`    arrivals: ${text}\n`)?.arrivals;
    expect(arrivalsOf('{ process: constant, rate: 90/min }')).toEqual({ process: 'constant', ratePerSecond: 1.5 });
    expect(arrivalsOf('{ process: poisson, rate: 5 per 10s }')).toEqual({ process: 'poisson', ratePerSecond: 0.5 });
    expect(arrivalsOf('{ process: ramp, from: 1/s, to: 9/s }')).toEqual({
      process: 'ramp',
      fromPerSecond: 1,
      toPerSecond: 9,
    });
  });

  it('reads all that a file may say', () => {
    const weak = goodPolicy.replace('name: small', 'name: weak');
    const reader = textReader({ 'a/s.yaml': fullScenario, 'a/policy.yaml': goodPolicy, 'a/weak.yaml': weak });
    const { policy, expectations, request, generator, ...plan } = loadScenario(reader, 'a/s.yaml');
    expect(plan.actors.map(({ arrivals }) => arrivals)).toEqual([
      { process: 'hawkes', ratePerSecond: 600, branching: 0.66, decayPerSecond: 1.8 },
      {
        process: 'step',
        steps: [
          { fromUs: 0, ratePerSecond: 10 },
          { fromUs: 5_000_000, ratePerSecond: 0 },
          { fromUs: 60_000_000, ratePerSecond: 10 },
        ],
      },
      { process: 'on-off', ratePerSecond: 50, onUsMean: 3_000_000, offUsMean: 60_000_000 },
      { process: 'mmpp', calmPerSecond: 10, burstPerSecond: 100, calmUsMean: 60_000_000, burstUsMean: 3_000_000 },
      { process: 'diurnal', ratePerSecond: 10, peakToTrough: 2.5, periodUs: 86_400_000_000, peakAtUs: 64_800_000_000 },
      { process: 'herd', size: 100, firstUs: 1_000_000, everyUs: 10_000_000, withinUs: 50_000 },
      { process: 'trace', trace: 0, speed: 10, keepShare: 0.1, isLooped: true },
      { process: 'ramp', fromPerSecond: 1, toPerSecond: 5 },
      { process: 'constant', ratePerSecond: 1 },
    ]);
    expect(plan.actors[0]).toMatchObject({
      who: { choice: 'zipf', exponent: 0.99 },
      identitiesPerAddress: 50,
      masters: 10,
      clock: {
        sigmaUs: 50_000,
        strayShare: 0.01,
        strayUs: 2_000_000,
        driftShare: 0.02,
        driftUsPerMinute: 50_000,
      },
      retry: {
        policy: 'full-jitter',
        attempts: 4,
        baseUs: 200_000,
        capUs: 20_000_000,
        followShare: 0.8,
        budgetShare: 0.2,
      },
      connection: 'fresh',
      symbolZipf: 1.2,
    });
    expect(plan.actors.map(({ retry }) => retry?.policy ?? null)).toEqual([
      'full-jitter',
      'exponential',
      'never',
      'fixed',
      'immediate',
      null,
      null,
      null,
      null,
    ]);
    expect(plan.actors[1]?.retry).toEqual({
      policy: 'exponential',
      attempts: 3,
      baseUs: 100_000,
      capUs: 10_000_000,
      followShare: 0.9,
      budgetShare: null,
    });
    expect(plan.actors.map(({ who }) => who.choice)).toEqual(
      'zipf uniform uniform uniform uniform in-turn trace uniform uniform'.split(' '),
    );
    expect(plan.actors[6]?.who).toEqual({ choice: 'trace', trace: 0 });
    expect(plan.traces).toEqual([{ file: 'a/traces/t.csv', format: 'csv', timeColumn: 'TIMESTAMP', whoColumn: 'KEY' }]);
    expect(plan).toMatchObject({
      maps: ['OAT-008', 'API2:2023'],
      tags: ['credential-stuffing', 'login'],
      needs: ['virtual-time'],
      weak: { policy: { name: 'weak', file: 'a/weak.yaml' }, fails: ['abuse.leak', 'legit.latency.p99'] },
      capacityPerSecond: 1000,
      virtual: {
        delayUs: 5_000,
        jitterUs: 2_000,
        loss: 0.001,
        reorderShare: 0.01,
        reorderUs: 20_000,
        serverPerSecond: 2000,
        serverQueueMax: 500,
        driftPpm: 50,
        steps: [
          { atUs: 15_000_000, byUs: -2_000_000 },
          { atUs: 16_000_000, byUs: 3_000_000 },
        ],
        freezes: [{ atUs: 20_000_000, forUs: 1_000_000 }],
        outages: [
          { atUs: 10_000_000, forUs: 30_000_000 },
          { atUs: 40_000_000, forUs: 1_000_000 },
        ],
        restarts: [15_000_000, 120_000_000],
      },
    });
    expect(isFrozenThrough(loadScenario(reader, 'a/s.yaml'))).toBe(true);
  });

  it('knows each recording once, and those that are read otherwise apart', () => {
    const trace = (text: string) => `{ process: trace, ${text} }`;
    const text = goodScenario
      .replace('{ process: poisson, rate: 60/s }', `${trace('file: t.csv')}\n    who: { trace: b.log }`)
      .replace(
        '{ process: constant, rate: 200/s }',
        `${trace('file: t.csv, time: END')}\n    who: { trace: run/b.log }`,
      );
    const other =
      '  - { name: third, label: abuse, behaviour: order-flood, arrivals: { process: trace, file: ./t.csv } }\n';
    expect(load(text.replace('expect:', `${other}expect:`)).traces).toEqual([
      { file: 'a/t.csv', format: 'csv', timeColumn: null, whoColumn: null },
      { file: 'a/b.log', format: 'access-log', timeColumn: null, whoColumn: 'ip' },
      { file: 'a/t.csv', format: 'csv', timeColumn: 'END', whoColumn: null },
      { file: 'a/run/b.log', format: 'access-log', timeColumn: null, whoColumn: 'ip' },
    ]);
  });

  it('takes a capacity that is given over the one that the file tells', () => {
    const reader = (text: string) => textReader({ 's.yaml': text, 'policy.yaml': goodPolicy });
    const shares = goodScenario.replace('rate: 60/s', 'rate: 10% of capacity');
    const rateOf = (text: string, capacityPerSecond: number | null) =>
      loadScenario(reader(text), 's.yaml', { capacityPerSecond }).actors[0]?.arrivals;
    expect(rateOf(shares, 500)).toEqual({ process: 'poisson', ratePerSecond: 50 });
    const told = shares.replace('phases:', 'capacity: 2000/s\nphases:');
    expect(rateOf(told, null)).toEqual({ process: 'poisson', ratePerSecond: 200 });
    expect(rateOf(told, 500)).toEqual({ process: 'poisson', ratePerSecond: 50 });
  });

  it('takes two thousand million requests and no more', () => {
    const text = (rate: string) =>
      goodScenario
        .replace('phases:', 'warmup: 0s\nneeds: [virtual-time]\nphases:')
        .replace('for: 3s', 'for: 20000s')
        .replace('behaviour: retail-trader', 'behaviour: order-flood')
        .replace('rate: 60/s', 'rate: 1 per 366d')
        .replace('rate: 200/s', `rate: ${rate}`);
    expect(load(text('99999/s')).actors).toHaveLength(2);
    expect(() => load(text('100001/s'))).toThrow('1 fault');
  });

  it.each([
    { during: 'calm', active: [[2, 4]], because: 'one phase is one span' },
    { during: '[calm, attack]', active: [[2, 7]], because: 'neighbours are one span' },
    { during: '[attack, calm]', active: [[2, 7]], because: 'the order of the list does not matter' },
    {
      during: '[calm, recovery]',
      active: [
        [2, 4],
        [7, 8],
      ],
      because: 'what lies apart stays apart',
    },
  ])('acts during $during: $because', ({ during, active }) => {
    const text = goodScenario
      .replace('during: attack', `during: ${during}`)
      .replace('actors:', '  - { name: recovery, for: 1s }\nactors:');
    const spans = load(text).actors[1]?.active.map(({ startUs, endUs }) => [startUs / 1e6, endUs / 1e6]);
    expect(spans).toEqual(active);
  });

  it('gives credential stuffing one identity for each address', () => {
    const text = goodScenario.replace('behaviour: order-flood', 'behaviour: credential-stuffing\n    with: { ips: 7 }');
    expect(load(text).actors[1]).toMatchObject({ population: 7, params: { ips: 7, combos: 100_000, hitRate: 0.002 } });
  });

  it('gives every behaviour exactly the parameters of its row', () => {
    for (const name of behaviourNames) {
      const [other] = Object.entries(behaviourRow(name).params).filter(([, param]) => param.kind === 'actor');
      const named = other === undefined ? '' : `\n    with: { ${other[0]}: customers }`;
      const text = goodScenario.replace('behaviour: order-flood', `behaviour: ${name}${named}`);
      const recorded = text.replace(
        /(behaviour: recorded[\s\S]*?arrivals: )\{[^}]*\}/,
        '$1{ process: trace, file: asked.csv }',
      );
      const plan = load(recorded);
      expect(Object.keys(plan.actors[1]?.params ?? {}).sort()).toEqual(Object.keys(behaviourRow(name).params).sort());
    }
  });

  it('folds a claim of several lines into one', () => {
    expect(load(goodScenario.replace('Nothing happens.', '>\n  Nothing\n  happens.\n')).claim).toBe('Nothing happens.');
  });

  it('says which file can not be read', () => {
    const reader = textReader({});
    expect(() => loadScenario(reader, 'gone.yaml')).toThrow('cannot read gone.yaml: there is no such file');
  });
});

describe('loadScenarios', () => {
  it('tells the faults of all files at once, and those of a shared policy once', () => {
    const files = {
      'b.yaml': goodScenario.replace('for: 2s', 'for: 2'),
      'a.yaml': goodScenario.replace('for: 3s', 'for: 3'),
      'policy.yaml': goodPolicy.replace('capacity: 20', 'capacity: 0'),
    };
    let thrown: unknown = null;
    try {
      loadScenarios(textReader(files), ['b.yaml', 'a.yaml']);
    } catch (error) {
      thrown = error;
    }
    if (!(thrown instanceof FloodproofError)) throw new Error('the files were accepted');
    expect(thrown.message).toBe('3 faults in a.yaml, b.yaml, policy.yaml');
    expect(thrown.faults.map(({ file, line }) => `${file}:${line}`)).toEqual(['a.yaml:7', 'b.yaml:6', 'policy.yaml:9']);
  });

  it('tells those apart that need a part which no target has', () => {
    const later = goodScenario
      .replace('name: small', 'name: later')
      .replace('phases:', 'tags: [login]\nneeds: [http, mfa]\nweak: 7\nphases:')
      .replace('behaviour: order-flood', 'behaviour: push-storm')
      .replace('abuse.leak <= 0', 'abuse.pushes <= 3');
    const reader = textReader({ 'b.yaml': later, 'a.yaml': goodScenario, 'policy.yaml': goodPolicy });
    const { plans, waiting } = loadScenarios(reader, ['b.yaml', 'a.yaml']);
    expect(plans.map(({ file }) => file)).toEqual(['a.yaml']);
    expect(waiting).toEqual([
      {
        name: 'later',
        file: 'b.yaml',
        claim: 'Nothing happens.',
        maps: [],
        tags: ['login'],
        needs: ['http', 'mfa'],
        missing: ['mfa'],
        policyFile: 'policy.yaml',
        phases: [
          { name: 'calm', lengthUs: 2_000_000 },
          { name: 'attack', lengthUs: 3_000_000 },
        ],
        actors: [
          { name: 'customers', label: 'legit', behaviour: 'retail-trader' },
          { name: 'flooder', label: 'abuse', behaviour: 'push-storm' },
        ],
        expectations: ['abuse.pushes <= 3'],
      },
    ]);
    expect(() => loadScenario(reader, 'b.yaml')).toThrow(
      expect.objectContaining({
        code: 'FP_PART_ABSENT',
        message: 'b.yaml waits for mfa, which no target has yet',
      }),
    );
  });

  it('keeps the order of the files', () => {
    const files = { 'b.yaml': goodScenario, 'a.yaml': goodScenario, 'policy.yaml': goodPolicy };
    const { plans } = loadScenarios(textReader(files), ['b.yaml', 'a.yaml']);
    expect(plans.map(({ file }) => file)).toEqual(['b.yaml', 'a.yaml']);
  });
});
