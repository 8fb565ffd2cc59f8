/** Kinds of events of a virtual run, for its queue. */
export const Event = {
  /** A request reaches the server. */
  reach: 0,
  /** A request that waited for the server is served. */
  serve: 1,
  /** The turn of a request comes that a limit has made wait. */
  turn: 2,
  /** An answer, or the end of the connection, reaches the client. */
  answer: 3,
  /** The client gives up. */
  timeout: 4,
  /** A follow-up is due. */
  launch: 5,
  /** What a request held of limits of requests in flight is free again. */
  release: 6,
  /** A charge that comes late. */
  charge: 7,
  /** The server starts anew. */
  restart: 8,
} as const;
