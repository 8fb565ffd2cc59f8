import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import { createGate } from '../../../harness/core/index.js';
import { Decision } from '../../../harness/core/spec.js';
import { ConnectionEnds } from '../../../harness/gateway/connection-ends.js';
import { HeldCells } from '../../../harness/gateway/held-cells.js';
import { compilePolicy } from '../../../harness/scenario/compile.js';
import type { Decided } from '../../../harness/venue/defence.js';
import { aConcurrency, aPolicy, aTokenBucket, costs } from '../../support/plan-builder.js';
import { hashSecret } from '../core/specs.js';

const ACCOUNT = 2;
const ORDER = 3;
const originUs = 1_700_000_000_000_000;

class FakeConnection extends EventEmitter {
  destroyed = false;

  end(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

/** Three orders of one account may be in flight; accounts may be asked for as often as one likes. */
function stage() {
  const limits = [
    aConcurrency({ by: ['account'], capacity: 3, costs: costs({ 'order.place': 1 }, 0) }),
    aTokenBucket({ name: 'others' }),
  ];
  const spec = compilePolicy(aPolicy(limits), originUs);
  const gate = createGate(spec, hashSecret);
  const ends = new ConnectionEnds();
  const defence = {
    release: (nowUs: number, { classId, ip, account, keyId, elements }: Decided) =>
      gate.release(nowUs, classId, ip, account, keyId, elements),
  };
  const held = new HeldCells({ spec, defence, clock: { originUs, nowUs: () => originUs }, ends });
  const release = vi.spyOn(gate, 'release');
  return { gate, ends, held, release };
}

function callerOf(classId: number, elements = 1) {
  return { node: 0, classId, ip: '127.0.0.1', account: 'ann', keyId: 'key', elements };
}

function anAnswer(): ServerResponse {
  return new EventEmitter() as ServerResponse;
}

describe('what a request in flight holds', () => {
  it.each(['the answer first', 'the connection first'])('is given back once, %s', (order) => {
    const { held, release } = stage();
    const [answer, connection] = [anAnswer(), new FakeConnection()];
    held.hold(callerOf(ORDER, 2), answer, connection);
    expect(release).not.toHaveBeenCalled();
    const ends = [() => answer.emit('finish'), () => connection.end()];
    for (const end of order === 'the answer first' ? ends : ends.reverse()) end();
    expect(release.mock.calls).toEqual([[originUs, ORDER, '127.0.0.1', 'ann', 'key', 2]]);
  });

  it('is given back once when the connection has gone before', () => {
    const { held, release } = stage();
    const [answer, connection] = [anAnswer(), new FakeConnection()];
    connection.end();
    held.hold(callerOf(ORDER), answer, connection);
    answer.emit('finish');
    expect(release).toHaveBeenCalledTimes(1);
  });

  it('is free for others then, and not before', () => {
    const { gate, held } = stage();
    const ask = () => gate.limit(originUs, ORDER, '127.0.0.1', 'ann', 'key', 2);
    const answer = anAnswer();
    expect(ask()).toBe(Decision.admitted);
    held.hold(callerOf(ORDER, 2), answer, new FakeConnection());
    expect(ask()).toBe(Decision.throttled);
    answer.emit('finish');
    expect(ask()).toBe(Decision.admitted);
  });

  it('leaves nothing with a connection that goes on', () => {
    const { ends, held } = stage();
    const unwatch = vi.fn();
    vi.spyOn(ends, 'watch').mockReturnValue(unwatch);
    const answer = anAnswer();
    held.hold(callerOf(ORDER), answer, new FakeConnection());
    expect(unwatch).not.toHaveBeenCalled();
    answer.emit('finish');
    expect(unwatch).toHaveBeenCalledTimes(1);
  });

  it('is nothing where no limit counts what is in flight', () => {
    const { held, release } = stage();
    const [answer, connection] = [anAnswer(), new FakeConnection()];
    held.hold(callerOf(ACCOUNT), answer, connection);
    expect([answer.listenerCount('finish'), connection.listenerCount('close')]).toEqual([0, 0]);
    answer.emit('finish');
    expect(release).not.toHaveBeenCalled();
  });
});
