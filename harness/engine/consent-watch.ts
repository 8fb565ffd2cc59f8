/** Looks during a run whether the owner of the target still agrees to it. */
import { FloodproofError } from '../errors.js';

export interface ConsentWatchOptions {
  /** Throws when the consent is not there any more. Has a deadline of its own. */
  readonly check: () => Promise<void>;
  /** From the beginning of one check to the beginning of the next. */
  readonly everyMs: number;
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number;
  /** What is told once the consent has expired. */
  readonly expired: () => FloodproofError;
  /** Called once at most, and not after `close`. */
  readonly onLost: (error: FloodproofError) => void;
}

export interface ConsentWatch {
  close(): void;
}

/** The clock is looked at this often: an expiry may be months away, where a timer would overflow, or the clock be set. */
const LOOK_MS = 250;

/** Checks every `everyMs`, the first time after as long; a check that takes longer is waited for. */
export function watchConsent({ check, everyMs, expiresAtMs, expired, onLost }: ConsentWatchOptions): ConsentWatch {
  let isOver = false;
  let next: NodeJS.Timeout | undefined;
  const close = (): void => {
    isOver = true;
    clearTimeout(next);
    clearInterval(look);
  };
  const lose = (error: FloodproofError): void => {
    if (isOver) return;
    close();
    onLost(error);
  };
  const checkOnce = async (): Promise<void> => {
    const beganMs = performance.now();
    try {
      await check();
    } catch (error) {
      lose(error instanceof FloodproofError ? error : unknown(error));
    }
    if (!isOver) next = setTimeout(checkOnce, Math.max(0, everyMs - (performance.now() - beganMs)));
  };
  const look = setInterval(() => {
    if (Date.now() >= expiresAtMs) lose(expired());
  }, LOOK_MS);
  next = setTimeout(checkOnce, everyMs);
  return { close };
}

/** What nobody foresaw is no consent either. */
function unknown(cause: unknown): FloodproofError {
  const message = `whether the owner of the target still agrees can't be told: ${String(cause)}`;
  return new FloodproofError('FP_CONSENT_LOST', message, { cause });
}
