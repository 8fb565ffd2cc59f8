/** What a pure room must not touch: clock, random source, timers, files, sockets, the process and its environment. */
import { isBuiltin } from 'node:module';
import type { HouseFile } from './house-files.js';
import { importsOf, roomOf } from './import-rules.js';
import { lineOf, maskRust, maskTypeScript } from './source-mask.js';

export const pureRooms = [
  'core',
  'scenario',
  'signing',
  'actors',
  'venue',
  'judge',
  'timeline',
  'compare',
  'report',
  'convert',
] as const;

/** Of a room with effects: where they are; the rest of it is pure. Folders end with a slash. */
const effectsOf: Readonly<Record<string, readonly string[]>> = {
  invariants: [
    'check-limiter.ts',
    'core-adapter.ts',
    'played-clock.ts',
    'real-clock.ts',
    'real-time.ts',
    'peers/',
    'verifier/',
  ],
};

/** What `core` and `signing` take from Node: functions of their arguments alone. */
const pureCrypto = new Set([
  'constants',
  'createECDH',
  'createHash',
  'createHmac',
  'createPrivateKey',
  'createPublicKey',
  'createSecretKey',
  'hash',
  // Of Ed25519 and RSA (PKCS #1 v1.5), whose signatures are functions of key and text; those of ECDSA would be drawn.
  'sign',
  'timingSafeEqual',
  'verify',
  'Hash',
  'Hmac',
  'KeyObject',
]);

/** Packages that compute and do nothing else, with what they are for. */
const purePackages: Readonly<Record<string, string>> = {
  '@faker-js/faker': 'names and passwords, each from an instance with a seed',
  'fast-check': 'generated histories, from a seed',
  'hdr-histogram-js': 'latencies',
  'ipaddr.js': 'the form of addresses',
  'pure-rand': 'random numbers from a seed',
  'structured-headers': 'the form of header fields',
  yaml: 'files as text to data with places',
  zod: 'the shape of data',
};

interface Ban {
  readonly form: RegExp;
  readonly instead: string;
}

/** A name that is neither a property (`arrivals.process`) nor a key (`process: 'poisson'`). */
const global = (names: string): string => `(?<![.\\w$'])(?:${names})\\b`;

const bans: readonly Ban[] = [
  { form: /\bDate\s*\.\s*now\b/g, instead: 'take the time as an argument' },
  { form: /\bnew\s+Date\b/g, instead: 'take the time as an argument, and format it at the edge' },
  { form: new RegExp(`${global('Date')}\\s*\\(`, 'g'), instead: 'take the time as an argument' },
  { form: new RegExp(`${global('performance')}(?!\\s*:)`, 'g'), instead: 'take the time as an argument' },
  { form: /\bhrtime\b/g, instead: 'take the time as an argument' },
  { form: /\bMath\s*(?:\.\s*random\b|\[)/g, instead: 'take a seeded generator as an argument' },
  {
    form: new RegExp(global('setTimeout|setInterval|setImmediate|queueMicrotask'), 'g'),
    instead: 'return what is due',
  },
  { form: new RegExp(`${global('process')}\\s*(?:\\?\\.|[.[])`, 'g'), instead: 'take what is needed as an argument' },
  { form: new RegExp(global('globalThis|global(?=\\s*[.[])'), 'g'), instead: 'name what is needed' },
  {
    form: new RegExp(`${global('fetch|WebSocket|XMLHttpRequest|EventSource')}\\s*\\(`, 'g'),
    instead: 'return what to send',
  },
  { form: new RegExp(`${global('crypto')}\\s*\\.`, 'g'), instead: 'take a seeded generator as an argument' },
  { form: new RegExp(`${global('console')}\\s*\\.`, 'g'), instead: 'return the text' },
  { form: new RegExp(`${global('eval|require')}\\s*\\(|\\bnew\\s+Function\\b`, 'g'), instead: 'import what is needed' },
  {
    form: /\.toLocale\w*String\s*\(|\.localeCompare\s*\(/g,
    instead: 'compare and format without the locale of a machine',
  },
];

/** Every breach of purity in a sentence each; files of other rooms are passed over. */
export function purityFaults(files: readonly HouseFile[]): string[] {
  return files
    .filter((file) => file.path.startsWith('harness/') && file.path.endsWith('.ts'))
    .filter((file) => isPure(file.path))
    .flatMap((file) => [...importFaults(file), ...nameFaults(file)]);
}

function isPure(path: string): boolean {
  const room = roomOf(path);
  const effects = effectsOf[room];
  if (effects === undefined) return pureRooms.some((pure) => pure === room);
  return !effects.some((part) => path.startsWith(`harness/${room}/${part}`));
}

function nameFaults({ path, text }: HouseFile): string[] {
  const { code } = maskTypeScript(text);
  return bans.flatMap(({ form, instead }) =>
    [...code.matchAll(form)].map(
      (match) => `${path}:${lineOf(text, match.index)}: ${match[0].trim()} in a pure room; ${instead}`,
    ),
  );
}

function importFaults({ path, text }: HouseFile): string[] {
  const faults: string[] = [];
  for (const { specifier, line } of importsOf(text)) {
    if (specifier === null || specifier.startsWith('.')) continue;
    const place = `${path}:${line}`;
    if (isBuiltin(specifier)) {
      const mayHash = roomOf(path) === 'core' || roomOf(path) === 'signing';
      if (specifier !== 'node:crypto' || !mayHash) faults.push(`${place}: ${specifier} in a pure room`);
    } else if (!Object.hasOwn(purePackages, packageName(specifier))) {
      faults.push(`${place}: ${specifier} is not known to be pure; see test/repo/purity-rules.ts`);
    }
  }
  return [...faults, ...cryptoFaults({ path, text })];
}

/** Of node:crypto only single names may be imported, and only the pure ones. */
function cryptoFaults({ path, text }: HouseFile): string[] {
  const { code, literals } = maskTypeScript(text);
  const faults: string[] = [];
  for (const { start, value } of literals) {
    if (value !== 'node:crypto') continue;
    const statement = /\b(?:import|export)\b[^;]*$/.exec(code.slice(0, start))?.[0] ?? '';
    const names = /^(?:import|export)(?:\s+type)?\s*\{([^}]*)\}\s*from\s*$/.exec(statement)?.[1];
    const place = `${path}:${lineOf(text, start)}`;
    if (names === undefined) {
      faults.push(`${place}: import single names of node:crypto`);
      continue;
    }
    for (const part of names.split(',')) {
      const name =
        part
          .trim()
          .replace(/^type\s+/, '')
          .split(/\s/)[0] ?? '';
      if (name !== '' && !pureCrypto.has(name)) faults.push(`${place}: ${name} of node:crypto in a pure room`);
    }
  }
  return faults;
}

function packageName(specifier: string): string {
  return /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
}

const rustBans: readonly Ban[] = [
  { form: /\b(?:std|core)\s*::\s*time\b|\b(?:SystemTime|Instant)\b/g, instead: 'take the time as an argument' },
  { form: /\bunsafe\b/g, instead: 'it stands in prefetch.rs alone' },
  { form: /\b(?:rand|getrandom|fastrand|RandomState|thread_rng)\b/g, instead: 'take the secret as an argument' },
  { form: /\bstd\s*::\s*(?:fs|net|env|process|thread|io)\b/g, instead: 'the core has no effects' },
];

/** The places where the Rust core may do what it may not elsewhere, each with its reason. */
const rustExceptions: Readonly<Record<string, { readonly word: string; readonly because: string }>> = {
  'native/core/src/prefetch.rs': { word: 'unsafe', because: 'a hint to the processor has no safe form' },
  'native/core/src/sync.rs': { word: 'std::thread', because: 'a thread that waits for another lets it run' },
};

/** The same for the Rust twin: its sources under `src`, and what its manifest depends on. */
export function rustPurityFaults(files: readonly HouseFile[]): string[] {
  return files
    .filter((file) => file.path.startsWith('native/core/'))
    .flatMap(({ path, text }) => {
      if (path.endsWith('Cargo.toml')) return manifestFaults(path, text);
      if (!/^native\/core\/src\/.*\.rs$/.test(path)) return [];
      const code = maskRust(text);
      return rustBans.flatMap(({ form, instead }) =>
        [...code.matchAll(form)]
          .filter(([word]) => word !== rustExceptions[path]?.word)
          .map((match) => `${path}:${lineOf(text, match.index)}: ${match[0]}; ${instead}`),
      );
    });
}

function manifestFaults(path: string, text: string): string[] {
  const section = /^\[dependencies\]\s*$([\s\S]*?)(?=^\[|$(?![\s\S]))/m.exec(text)?.[1] ?? '';
  return [...section.matchAll(/^\s*(rand\w*|getrandom|fastrand|libc|napi[\w-]*|tokio|quanta|instant)\b/gm)].map(
    (match) => `${path}: ${match[1]} is no dependency of a pure core`,
  );
}
