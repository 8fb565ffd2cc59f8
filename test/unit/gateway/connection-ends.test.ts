import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { ConnectionEnds } from '../../../harness/gateway/connection-ends.js';

class FakeConnection extends EventEmitter {
  destroyed = false;

  end(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

describe('the end of a connection', () => {
  it('is told once to everybody who still wants to know, with one listener for all', () => {
    const ends = new ConnectionEnds();
    const connection = new FakeConnection();
    const heard: string[] = [];
    ends.watch(connection, () => heard.push('first'));
    const unwatch = ends.watch(connection, () => heard.push('second'));
    ends.watch(connection, () => heard.push('third'));
    expect(connection.listenerCount('close')).toBe(1);
    unwatch();
    connection.end();
    connection.emit('close');
    expect(heard).toEqual(['first', 'third']);
  });

  it('is told at once when it has come already', () => {
    const ends = new ConnectionEnds();
    const connection = new FakeConnection();
    connection.end();
    const heard: string[] = [];
    ends.watch(connection, () => heard.push('gone'))();
    expect(heard).toEqual(['gone']);
    expect(connection.listenerCount('close')).toBe(0);
  });

  it('is of this connection alone', () => {
    const ends = new ConnectionEnds();
    const [ann, bob] = [new FakeConnection(), new FakeConnection()];
    const heard: string[] = [];
    ends.watch(ann, () => heard.push('ann'));
    ends.watch(bob, () => heard.push('bob'));
    bob.end();
    expect(heard).toEqual(['bob']);
  });
});
