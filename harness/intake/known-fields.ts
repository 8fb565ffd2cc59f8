/**
 * What fields are called where nobody says so: by the variables of nginx, and by the JSON logs of Caddy, Kong and Traefik.
 *
 * @see https://nginx.org/en/docs/varindex.html
 * @see https://caddyserver.com/docs/logging, https://developer.konghq.com/plugins/file-log/,
 *   https://doc.traefik.io/traefik/observability/access-logs/
 */
import type { Role, TimeRule } from './log-map.js';
import type { TimeUnit } from './stamps.js';

export const knownFormats = {
  combined:
    '$remote_addr $remote_identity $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"',
  common: '$remote_addr $remote_identity $remote_user [$time_local] "$request" $status $body_bytes_sent',
} as const;

const plain = { unit: 's', zoneMinutes: 0, isStart: false, grainUs: 0, rounding: 'down' } as const;

/** The finest first. */
export const knownTimes: readonly TimeRule[] = [
  { ...plain, field: 'msec', form: 'number' },
  { ...plain, field: 'time_iso8601', form: 'iso' },
  { ...plain, field: 'time_local', form: 'clf' },
  { ...plain, field: 'ts', form: 'number', rounding: 'either' },
  { ...plain, field: 'started_at', form: 'number', unit: 'ms', isStart: true },
  { ...plain, field: 'StartUTC', form: 'iso', isStart: true },
  { ...plain, field: 'time', form: 'iso' },
  { ...plain, field: 'timestamp', form: 'iso' },
  { ...plain, field: '@timestamp', form: 'iso' },
];

export const knownDurations: readonly { readonly field: string; readonly unit: TimeUnit }[] = [
  { field: 'request_time', unit: 's' },
  { field: 'latencies.request', unit: 'ms' },
  { field: 'Duration', unit: 'ns' },
  { field: 'duration', unit: 's' },
  { field: 'duration_ms', unit: 'ms' },
  { field: 'durationMs', unit: 'ms' },
];

export const knownFields: Readonly<Record<Role, readonly string[]>> = {
  ip: ['remote_addr', 'request.client_ip', 'request.remote_ip', 'client_ip', 'ClientHost', 'ip'],
  account: ['remote_user', 'consumer.username', 'ClientUsername', 'account'],
  key: ['http_x_api_key', 'key'],
  signature: ['http_x_signature', 'signature'],
  elements: ['elements'],
  request: ['request'],
  method: ['request_method', 'request.method', 'RequestMethod', 'method'],
  path: ['request_uri', 'request.uri', 'RequestPath', 'uri', 'path'],
  status: ['status', 'response.status', 'DownstreamStatus'],
  limit: ['limit'],
};
