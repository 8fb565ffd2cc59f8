/** The store of @fastify/rate-limit is not one of its typed exports. */
declare module '@fastify/rate-limit/store/LocalStore.js' {
  interface Counted {
    current: number;
    ttl: number;
  }
  export default class LocalStore {
    constructor(continueExceeding: boolean, exponentialBackoff: boolean, cache: number);
    incr(key: string, callback: (error: Error | null, counted: Counted) => void, windowMs: number, max: number): void;
  }
}
