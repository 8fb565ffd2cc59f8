/** Listens to a live run. */
import type { LiveEvent } from '../report/page-data.js';

interface Listener {
  readonly onEvent: (event: LiveEvent) => void;
  /** The stream broke off, or never opened. */
  readonly onLost: () => void;
}

const kinds: readonly LiveEvent['event'][] = ['page', 'run', 'series', 'end'];
/** How long a stream that the browser has given up waits to be opened anew. */
const AGAIN_MS = 2_000;

/**
 * Opens the stream of events beside this page, with the page's own token. The browser opens it again after a break; where it
 * gives up, as it does when a proxy answers instead, it is opened anew here. After `end` it stays closed.
 */
export function listen(listener: Listener): void {
  const source = new EventSource(`./events${location.search}`);
  for (const kind of kinds) {
    source.addEventListener(kind, (message) => {
      if (kind === 'end') source.close();
      listener.onEvent({ event: kind, data: JSON.parse(String(message.data)) } as LiveEvent);
    });
  }
  source.addEventListener('error', () => {
    listener.onLost();
    if (source.readyState !== EventSource.CLOSED) return;
    setTimeout(() => listen(listener), AGAIN_MS);
  });
}
