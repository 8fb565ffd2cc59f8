/** What a line of a log becomes: the part of an observation that a server can tell. */

export interface LogRow {
  /** The first microsecond in which it can have been decided, since 1970. */
  sentUs: number;
  /** The last one. */
  concludedUs: number;
  /** As the log has it; 0 = it has none. */
  durationUs: number;
  actor: number;
  /** Among those of its actor. */
  identity: number;
  requestClass: number;
  elements: number;
  outcome: number;
  status: number;
  /** Index of the limit in the policy; -1 = none is named. */
  limit: number;
  ip: number;
  account: number;
  key: number;
  signature: number;
}

export function emptyRow(): LogRow {
  return {
    sentUs: 0,
    concludedUs: 0,
    durationUs: 0,
    actor: 0,
    identity: 0,
    requestClass: 0,
    elements: 1,
    outcome: 0,
    status: 0,
    limit: -1,
    ip: 0,
    account: 0,
    key: 0,
    signature: 0,
  };
}
