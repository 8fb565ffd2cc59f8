import { describe, expect, test } from 'vitest';
import { houseTexts } from './house-files.js';
import { pureRooms, purityFaults, rustPurityFaults } from './purity-rules.js';

describe('the pure rooms', () => {
  test('read no clock, no random source, no file, no socket and no environment', () => {
    expect(purityFaults(houseTexts((path) => path.startsWith('harness/')))).toEqual([]);
  });

  test('the Rust core has no clock, no random source, no effects, and unsafe code in one place alone', () => {
    const files = houseTexts((path) => path.startsWith('native/core/'));
    expect(rustPurityFaults(files)).toEqual([]);
    expect(files.find((file) => file.path === 'native/core/src/lib.rs')?.text).toContain('#![deny(unsafe_code)]');
  });
});

describe('the checker of purity', () => {
  const faultsOf = (text: string, room = 'judge'): string[] =>
    purityFaults([{ path: `harness/${room}/planted.ts`, text }]);

  test.each([
    'const now = Date.now();',
    'const now = Date\n  .now();',
    'const now = new Date();',
    'const text = Date();',
    'const now = performance.now();',
    'const { now } = performance;',
    'process.hrtime();',
    'const r = Math.random();',
    "const r = Math['random']();",
    'const { random } = Math.random ? x : y;',
    'setTimeout(f, 1);',
    'setInterval(f, 1);',
    'const later = setImmediate;',
    'queueMicrotask(f);',
    'const seed = process.env.SEED;',
    'const seed = process?.env;',
    "const seed = process['env'];",
    "globalThis.fetch('x');",
    'global.setTimeout(f, 1);',
    "await fetch('x');",
    "new WebSocket('x');",
    'crypto.getRandomValues(a);',
    'console.log(1);',
    "require('fs');",
    "eval('1');",
    "new Function('return 1');",
    'value.toLocaleString();',
    'a.localeCompare(b);',
    'const text = `${Date.now()}`;',
    "import { readFileSync } from 'node:fs';",
    "import { readFileSync } from 'fs';",
    "import { join } from 'node:path';",
    "import type { Socket } from 'node:net';",
    "export { now } from 'node:perf_hooks';",
    "await import('node:fs');",
    "import { request } from 'undici';",
    "import { createHmac } from 'node:crypto';",
  ])('finds %s', (text) => {
    expect(faultsOf(text).length).toBeGreaterThan(0);
  });

  test.each([
    'const rate = arrivals.process === 1 ? a.performance : b;',
    "const arrivals = { process: 'poisson', performance: 1 };",
    "switch (arrivals.process) { case 'constant': return Date.UTC(2026, 0); }",
    '// Date.now() is not read here',
    "const text = 'Math.random()';",
    'const expression = /process.env/;',
    "import { parseDocument } from 'yaml';",
    "import { Faker } from '@faker-js/faker';",
    "import hdr from 'hdr-histogram-js/dist/x.js';",
    "import { Outcome } from '../actors/outcome.js';",
  ])('leaves alone %s', (text) => {
    expect(faultsOf(text)).toEqual([]);
  });

  test('knows the parts of the kit that have effects, and takes the rest for pure', () => {
    const faultsAt = (path: string): string[] => purityFaults([{ path, text: 'Date.now();' }]);
    expect(faultsAt('harness/invariants/checks/isolation.ts')).toHaveLength(1);
    expect(faultsAt('harness/invariants/peers/bottleneck.ts')).toEqual([]);
    expect(faultsAt('harness/invariants/played-clock.ts')).toEqual([]);
  });

  test.each(pureRooms)('looks into %s', (room) => {
    expect(faultsOf('Date.now();', room)).toHaveLength(1);
  });

  test('leaves the rooms at the edge alone', () => {
    expect(faultsOf('Date.now();', 'engine')).toEqual([]);
  });

  test('says where, and what to do instead', () => {
    expect(faultsOf('\n\nconst r = Math.random();')).toEqual([
      'harness/judge/planted.ts:3: Math.random in a pure room; take a seeded generator as an argument',
    ]);
  });

  test.each([
    { text: "import { createHmac, timingSafeEqual } from 'node:crypto';", faults: 0 },
    { text: "import {\n  createHash,\n  type Hash,\n} from 'node:crypto';", faults: 0 },
    { text: "import { createHmac, randomBytes } from 'node:crypto';", faults: 1 },
    { text: "import { randomUUID as createHmac } from 'node:crypto';", faults: 1 },
    { text: "import * as crypto from 'node:crypto';", faults: 1 },
    { text: "import crypto from 'node:crypto';", faults: 1 },
    { text: "import crypto, { createHmac } from 'node:crypto';", faults: 1 },
    { text: "const c = await import('node:crypto');", faults: 1 },
    { text: "import { createHmac } from 'crypto';", faults: 1 },
  ])('lets core have of node:crypto only what computes: $text', ({ text, faults }) => {
    expect(faultsOf(text, 'core')).toHaveLength(faults);
  });

  test.each([
    { text: 'use std::time::Duration;', faults: 1 },
    { text: 'let t = Instant::now();', faults: 1 },
    { text: 'unsafe { *p }', faults: 1 },
    { text: 'use rand::Rng;', faults: 1 },
    { text: 'let m: HashMap<u8, u8, RandomState>;', faults: 1 },
    { text: 'use std::fs::File;', faults: 1 },
    { text: '#![forbid(unsafe_code)]\n// unsafe\nlet s = "Instant";', faults: 0 },
  ])('finds in Rust: $text', ({ text, faults }) => {
    expect(rustPurityFaults([{ path: 'native/core/src/planted.rs', text }])).toHaveLength(faults);
  });

  test('lets the two exceptions do what they are excepted for, and nothing else', () => {
    const text = 'unsafe { std::thread::yield_now() }';
    const faultsIn = (file: string): string[] => rustPurityFaults([{ path: `native/core/src/${file}`, text }]);
    expect(faultsIn('prefetch.rs')).toEqual([expect.stringContaining('std::thread')]);
    expect(faultsIn('sync.rs')).toEqual([expect.stringContaining('unsafe')]);
  });

  test('finds a random source in the manifest of the Rust core, but not among what only its tests need', () => {
    const path = 'native/core/Cargo.toml';
    const faultsIn = (text: string): string[] => rustPurityFaults([{ path, text }]);
    expect(faultsIn('[dependencies]\nhmac = "0.12"\nrand = "0.9"\n')).toHaveLength(1);
    expect(faultsIn('[dependencies]\nhmac = "0.12"\n\n[dev-dependencies]\nrand = "0.9"\n')).toEqual([]);
  });
});
