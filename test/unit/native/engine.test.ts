import { describe, expect, test } from 'vitest';
import { openEngine } from '../../../harness/native/engine.js';
import type { LoadedAddon } from '../../../harness/native/load.js';
import { describeTwins } from '../../twin/engines.js';
import { limit, spec } from '../core/specs.js';

function absent(): LoadedAddon {
  return { absent: 'the addon is not built for this machine' };
}

describe('the engine', () => {
  test('is TypeScript when asked for, whether the addon is there or not', () => {
    const engine = openEngine('ts');
    expect(engine.engine).toBe('ts');
    expect(engine.note).toBe('TypeScript engine, as asked');
    expect(engine.createGate(spec({})).engine).toBe('ts');
  });

  test('is TypeScript when the addon is absent, and the note says why and what brings it', () => {
    const engine = openEngine('auto', absent);
    expect(engine.engine).toBe('ts');
    expect(engine.createGate(spec({})).engine).toBe('ts');
    expect(engine.note).toBe(
      'TypeScript engine: the addon is not built for this machine (npm run build:native brings the native one)',
    );
  });

  test('has no gate for several threads in TypeScript, and says so', () => {
    expect(() => openEngine('ts').attachGate('any', spec({}))).toThrow(
      expect.objectContaining({ code: 'FP_ENGINE_ABSENT', message: expect.stringContaining('native engine alone') }),
    );
  });

  test('can not be native when the addon is absent', () => {
    expect(() => openEngine('native', absent)).toThrow(
      expect.objectContaining({
        code: 'FP_ENGINE_ABSENT',
        message: 'the native engine is absent: the addon is not built for this machine',
      }),
    );
  });

  describeTwins('with the addon', () => {
    test.each(['auto', 'native'] as const)('is native when the choice is %s', (choice) => {
      const engine = openEngine(choice);
      expect(engine.engine).toBe('native');
      expect(engine.note).toBe('');
      const gate = engine.createGate(spec({ limits: [limit({})] }));
      expect(gate.engine).toBe('native');
      expect([gate.limit(0, 0, 'a', '', ''), gate.limit(0, 0, 'a', '', '')]).toEqual([0, 1]);
    });

    test('gives handles on one gate under one name', () => {
      const engine = openEngine('native');
      const of = spec({ limits: [limit({})] });
      const [one, other] = [engine.attachGate('by-engine', of), engine.attachGate('by-engine', of)];
      expect([one.limit(0, 0, 'a', '', ''), other.limit(0, 0, 'a', '', '')]).toEqual([0, 1]);
    });
  });
});
