/** Somebody's own limiter, from a module that exports `createLimiter`. */
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FloodproofError } from '../../errors.js';
import { frozen, type LimiterSettings, type OpenLimiter } from './agreement.js';
import type { LimiterRival } from './limiter-rivals.js';

/** What `createLimiter` returns. "No" is `false`, never an exception. */
interface OwnLimiter {
  consume(key: string, nowUs: number): boolean | Promise<boolean>;
}

const SHAPE =
  'export function createLimiter({ capacity, refillCells, refillPeriodUs, maxKeys }) that returns ' +
  '{ consume(key, nowUs) }, and consume true for "admitted"';

/** @throws {FloodproofError} FP_FILE_UNREADABLE, FP_FILE_INVALID */
export async function loadOwnLimiter(path: string): Promise<LimiterRival> {
  const createLimiter = await importFrom(path);
  const create = (settings: LimiterSettings): OwnLimiter => {
    const limiter: unknown = createLimiter(settings);
    if (isOwnLimiter(limiter)) return limiter;
    throw new FloodproofError('FP_FILE_INVALID', `${path}: what createLimiter returns has no consume`, { hint: SHAPE });
  };
  // One that is thrown away tells whether answers are promises, so that the others have seen nothing yet.
  const isPromise = typeof create(frozen).consume('probe', 0) !== 'boolean';
  const open = (settings: LimiterSettings): OpenLimiter => {
    const limiter = create(settings);
    return {
      form: isPromise ? 'promise' : 'value',
      decide: (key, nowUs) => limiter.consume(key, nowUs),
      close: () => undefined,
    };
  };
  return { name: basename(path), kind: 'bucket', open };
}

async function importFrom(path: string): Promise<(settings: LimiterSettings) => unknown> {
  let loaded: { createLimiter?: unknown };
  try {
    loaded = await import(pathToFileURL(resolve(path)).href);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new FloodproofError('FP_FILE_UNREADABLE', `${path} can not be loaded: ${words}`, { cause: error });
  }
  const { createLimiter } = loaded;
  if (typeof createLimiter === 'function') return (settings) => createLimiter(settings);
  throw new FloodproofError('FP_FILE_INVALID', `${path} exports no function createLimiter`, { hint: SHAPE });
}

function isOwnLimiter(value: unknown): value is OwnLimiter {
  return typeof value === 'object' && value !== null && 'consume' in value && typeof value.consume === 'function';
}
