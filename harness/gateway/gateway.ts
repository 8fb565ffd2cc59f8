import { randomBytes, randomUUID } from 'node:crypto';
import type { IntervalHistogram } from 'node:perf_hooks';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { RegisteredAccount } from '../actors/world.js';
import { decisionNames, type HashSecret } from '../core/spec.js';
import { openEngine } from '../native/engine.js';
import type { Policy } from '../scenario/plan.js';
import { Defence } from '../venue/defence.js';
import { OrderStore } from '../venue/order-store.js';
import { TradingFloor } from '../venue/trading-floor.js';
import type { GatewayBounds } from './bounds.js';
import { defaultBounds } from './bounds.js';
import { startClock } from './clock.js';
import { ConnectionEnds } from './connection-ends.js';
import type { Face, FaceName } from './faces/face.js';
import { addFaceRoutes } from './faces/face-routes.js';
import { FaceWording } from './faces/face-wording.js';
import { faceOf } from './faces/faces.js';
import { Gatekeeper } from './gatekeeper.js';
import { houseWording } from './house-wording.js';
import { createServer, listen } from './http-server.js';
import { PasswordStore } from './password-store.js';
import { checkPolicyChange, describeChange, type PolicyChange } from './policy-change.js';
import { addRoutes } from './routes.js';
import { compileRules } from './rules.js';
import { SessionStore } from './session-store.js';
import { socketProtocols } from './sockets/protocols.js';
import { type SocketServer, serveSockets } from './sockets/socket-server.js';
import type { GatewayStats } from './stats.js';
import type { TradingApi } from './trading-api.js';
import { WaitingLine } from './waiting-line.js';

export interface GatewayOptions {
  readonly policy: Policy;
  /** `auto`: native when the addon is there, else TypeScript. */
  readonly engine: 'auto' | 'native' | 'ts';
  readonly host: string;
  /** 0 = any free one. */
  readonly port: number;
  readonly registered: Iterable<RegisteredAccount>;
  readonly bounds?: Partial<GatewayBounds>;
  /** The venue whose clothes it wears; null or left out = its own. */
  readonly face?: FaceName | null;
  /** Hears of bugs: errors that no caller should be able to cause. */
  readonly onBug?: (error: Error) => void;
}

export interface Gateway {
  readonly url: string;
  readonly port: number;
  readonly engine: 'native' | 'ts';
  /** One line that says why TypeScript serves; '' when the native engine does. */
  readonly note: string;
  stats(): GatewayStats;
  /**
   * Goes on under another policy from now on. What it says of the caller's address, of kills and of fills holds too.
   * @throws {FloodproofError} FP_GATE_INVALID, and nothing has changed: when the embedded gateway cannot enforce it, or a
   * part has changed that cannot while it runs (see `checkPolicyChange`).
   */
  change(policy: Policy): PolicyChange;
  /** Stops listening and breaks every connection. */
  close(): Promise<void>;
}

/**
 * Starts the embedded gateway: a trading API behind the gate of `policy`, which knows the `registered` accounts.
 *
 * @throws {FloodproofError} FP_PORT_TAKEN when somebody else listens there, FP_GATEWAY_FAILED when the address can't be
 * listened on for another reason, FP_ENGINE_ABSENT, FP_GATE_INVALID and FP_KEY_INVALID from the engine.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const bounds = { ...defaultBounds, ...options.bounds };
  const { policy } = options;
  const clock = startClock();
  const engine = openEngine(options.engine);
  const defence = new Defence({
    policy,
    createGate: (spec, secret) => engine.createGate(spec, secret),
    hashSecret: newHashSecret(),
    originUs: clock.originUs,
    fallsUs: 0,
  });
  const passwords = new PasswordStore({
    cost: policy.password,
    runningMax: bounds.loginsRunningMax,
    waitingMax: bounds.loginsWaitingMax,
    skipsUnknown: defence.has('quick-unknown-names'),
  });
  const accountByKey = new Map<string, string>();
  for (const registered of options.registered) {
    const { account, password, keyId } = registered;
    passwords.add(account, password);
    if (keyId === '') continue;
    defence.addKey(registered);
    accountByKey.set(keyId, account);
  }
  const ends = new ConnectionEnds();
  const face = options.face == null ? null : faceOf(options.face);
  const faceWording = face === null ? null : new FaceWording(face);
  const gatekeeper = new Gatekeeper({
    policy,
    defence,
    clock,
    ends,
    accountByKey,
    wording: faceWording ?? houseWording,
  });
  const line = new WaitingLine({ clock, ends, waitingMax: bounds.queuedMax, waitMsMax: bounds.queuedMsMax });
  const newId = orderIdsOf(face);
  const orders = new OrderStore({ openPerAccountMax: bounds.openOrdersPerAccountMax, newId });
  const sessions = new SessionStore({ perAccountMax: bounds.sessionsPerAccountMax, newToken });
  const counts = { unasked: 0, bugs: 0 };
  const app = createServer(bounds, () => counts.unasked++);
  const api: TradingApi = {
    gatekeeper,
    orders,
    passwords,
    sessions,
    line,
    clock,
    engine: engine.engine,
    onUnasked: () => counts.unasked++,
    onBug: (error) => {
      counts.bugs++;
      options.onBug?.(error);
    },
  };
  let sockets: SocketServer | null = null;
  if (face === null || faceWording === null) addRoutes(app, api);
  else {
    const floor = new TradingFloor({ orders, closedPerAccountMax: bounds.closedOrdersPerAccountMax });
    const venueApi = { ...api, floor };
    addFaceRoutes(app, venueApi, face);
    sockets = serveSockets(app.server, {
      protocols: socketProtocols(face, venueApi, faceWording),
      clock,
      hashSecret: newHashSecret(),
      clientIp: (request) => gatekeeper.clientIpOf(request),
      onBug: api.onBug,
    });
  }
  let inForce = { policy, spec: defence.spec };
  const { url, port } = await listen(app, options.host, options.port);
  const lag = monitorEventLoopDelay({ resolution: 10 });
  lag.enable();
  return {
    url,
    port,
    engine: engine.engine,
    note: engine.note,
    stats: () => statsOf({ gatekeeper, orders, sessions, counts, lag }),
    change: (next) => {
      const { spec: nextSpec } = defence.compile(next, clock.originUs);
      checkPolicyChange(inForce.policy, next);
      // What could throw comes before anything has changed.
      const rules = compileRules(next, nextSpec);
      defence.change(clock.nowUs(), nextSpec);
      gatekeeper.goBy(rules);
      const change = describeChange(inForce.spec, nextSpec);
      inForce = { policy: next, spec: nextSpec };
      return change;
    },
    close: async () => {
      lag.disable();
      sockets?.close();
      await app.close();
    },
  };
}

/** Random: an attacker who knew it could choose names that meet in one place of a table. */
function newHashSecret(): HashSecret {
  const bytes = randomBytes(8);
  return [bytes.readUInt32LE(0), bytes.readUInt32LE(4)];
}

/** A venue's ids rise, and can be guessed: an order that is another's is as unknown as one that is not there. */
function orderIdsOf(face: Face | null): () => string {
  const orderId = face?.orderId;
  if (orderId === undefined) return randomUUID;
  let count = 0;
  return () => orderId(++count);
}

function newToken(): string {
  return randomBytes(24).toString('base64url');
}

function statsOf(parts: {
  gatekeeper: Gatekeeper;
  orders: OrderStore;
  sessions: SessionStore;
  counts: { readonly unasked: number; readonly bugs: number };
  lag: IntervalHistogram;
}): GatewayStats {
  const { gatekeeper, orders, sessions, counts, lag } = parts;
  const decisions: Record<string, number> = {};
  let requests = counts.unasked;
  for (const [index, count] of gatekeeper.decisionCounts.entries()) {
    decisions[decisionNames[index] ?? String(index)] = count;
    requests += count;
  }
  return {
    requests,
    unasked: counts.unasked,
    decisions,
    bugs: counts.bugs,
    openOrders: orders.size,
    sessions: sessions.size,
    // The histogram is empty, and says NaN, until the loop has turned a few times.
    eventLoopLagMsP99: lag.count === 0 ? 0 : lag.percentile(99) / 1e6,
    eventLoopLagMsMax: lag.count === 0 ? 0 : lag.max / 1e6,
    rssBytes: process.memoryUsage.rss(),
  };
}
