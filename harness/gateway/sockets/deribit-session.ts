/**
 * Deribit's JSON-RPC over WebSocket, after docs.deribit.com ("JSON-RPC", "Authentication", "Rate limits"): a session proves
 * its key once, by `public/auth`, and sends requests that nobody signs again. Their limits are those of the key's account, as
 * over HTTP; who is above one that kills hears 10028 and loses the session.
 *
 * `public/auth` is charged as a request of the class `account`, as any that does not reach the matching engine. Of
 * `client_signature` the gate checks the MAC. A session that sends its secret in the clear (`client_credentials`) has the MAC
 * made here, with that secret, so that the gate compares and forgets as ever. A signature opens one session only. The text
 * of a REST request's signature is also that of a session whose `data` is the rest of it: by the venue's formula, and the
 * gate's memory takes it once, whichever it is for. Heartbeats, refreshed tokens and subscriptions are not played.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { type Claim, isMalformed, type Malformed } from '../../signing/profile.js';
import { clientSignatureText, deribit as profile } from '../../signing/venues/deribit.js';
import { done, failed, type RpcResult, rpcText } from '../faces/deribit-rpc.js';
import type { Face, FaceAnswer, FaceParams, FaceRequest, FaceRoute, VenueApi } from '../faces/face.js';
import type { FaceWording } from '../faces/face-wording.js';
import { textField } from '../faces/fields.js';
import { askOver, type Outcome } from './socket-asking.js';
import { deribitBounds } from './socket-bounds.js';
import { CloseCode, type SocketPeer, type SocketProtocol } from './socket-protocol.js';

const PREFIX = '/api/v2/';
const AUTH = 'public/auth';
const LOGOUT = 'private/logout';
/** Of a token, as the venue has it: a year. */
const EXPIRES_S = 31_536_000;

interface Message {
  readonly id: string | number | null;
  readonly method: string;
  readonly params: FaceParams;
}

export function deribitSessions(face: Face, api: VenueApi, wording: FaceWording): SocketProtocol {
  const routes = new Map(
    face.routes.filter(({ method }) => method === 'GET').map((route) => [route.path.slice(PREFIX.length), route]),
  );
  return {
    title: 'Deribit JSON-RPC',
    paths: ['/ws/api/v2'],
    bounds: deribitBounds,
    open: (peer) => {
      const session = new DeribitSession({ face, api, wording, routes, peer });
      return (text) => session.hear(text);
    },
  };
}

class DeribitSession {
  readonly #face: Face;
  readonly #api: VenueApi;
  readonly #wording: FaceWording;
  readonly #routes: ReadonlyMap<string, FaceRoute>;
  readonly #peer: SocketPeer;
  /** '' = none was proved. */
  #keyId = '';
  #token = '';

  constructor(options: {
    face: Face;
    api: VenueApi;
    wording: FaceWording;
    routes: ReadonlyMap<string, FaceRoute>;
    peer: SocketPeer;
  }) {
    this.#face = options.face;
    this.#api = options.api;
    this.#wording = options.wording;
    this.#routes = options.routes;
    this.#peer = options.peer;
  }

  hear(text: string): Promise<void> | undefined {
    const message = readMessage(text);
    if ('error' in message) return this.#unasked(message, null);
    const { id, method, params } = message;
    if (method === AUTH) return this.#ask(this.#authRoute(params), message, this.#authClaim(params));
    if (method === LOGOUT && this.#keyId !== '') {
      this.#api.onUnasked();
      this.#peer.end(CloseCode.goingAway, 'logged out');
      return undefined;
    }
    const route = this.#routes.get(method);
    if (route === undefined) return this.#unasked(failed(-32_601, 'Method not found'), id);
    return this.#ask(route, message, { session: this.#isNamed(params) ? this.#keyId : '' });
  }

  /** A token that a request carries must be this session's. */
  #isNamed(params: FaceParams): boolean {
    return params.access_token === undefined || params.access_token === this.#token;
  }

  #ask(
    route: FaceRoute,
    { id, params }: Message,
    proof: Parameters<typeof askOver>[0]['proof'],
  ): Promise<void> | undefined {
    // Faces read JSON-RPC as it comes in a body.
    const { method, path } = route;
    const request: FaceRequest = { method, path, headers: {}, params: { id, params }, list: null };
    const outcome = askOver({ api: this.#api, wording: this.#wording, route, request, peer: this.#peer, proof });
    if (!(outcome instanceof Promise)) return this.#tell(outcome, id);
    return outcome.then((later) => this.#tell(later, id));
  }

  #tell(outcome: Outcome, id: Message['id']): undefined {
    switch (outcome.kind) {
      case 'gone':
        return;
      case 'busy':
        this.#peer.send(rpcText(failed(13_028, 'temporarily_unavailable'), id, this.#api.clock.nowUs()));
        return;
      case 'refused':
        this.#peer.send(this.#face.refuse(outcome.refusal).body);
        if (outcome.kills) this.#peer.end(CloseCode.policy, 'too_many_requests');
        return;
      case 'answered':
        this.#peer.send(outcome.answer.body);
        return;
    }
  }

  #unasked(result: RpcResult, id: Message['id']): undefined {
    this.#api.onUnasked();
    this.#peer.send(rpcText(result, id, this.#api.clock.nowUs()));
  }

  /** The gate is asked of it as of any other route; only what it verified opens the session. */
  #authRoute(params: FaceParams): FaceRoute {
    return {
      method: 'GET',
      path: `${PREFIX}${AUTH}`,
      requestClass: 'account',
      answer: (request, admission, api): FaceAnswer => {
        const { id } = request.params;
        const keyId = textField(params, 'client_id');
        const nowUs = api.clock.nowUs();
        // Where the policy has nobody sign, nobody has proved anything.
        if (admission === null || keyId === '' || admission.keyId !== keyId) {
          return { status: 401, body: rpcText(failed(13_004, 'invalid_credentials'), id, nowUs) };
        }
        this.#keyId = keyId;
        this.#token = randomBytes(24).toString('base64url');
        const result = {
          access_token: this.#token,
          refresh_token: randomBytes(24).toString('base64url'),
          expires_in: EXPIRES_S,
          scope: 'connection mainaccount',
          token_type: 'bearer',
          enabled_features: [],
        };
        return { status: 200, body: rpcText(done(result), id, nowUs) };
      },
    };
  }

  #authClaim(params: FaceParams): Claim | Malformed {
    const grant = textField(params, 'grant_type');
    const id = textField(params, 'client_id');
    if (grant === 'client_signature') {
      const [ts, nonce, data] = [textField(params, 'timestamp'), textField(params, 'nonce'), textField(params, 'data')];
      return claimOf({ id, ts, nonce, data, sig: textField(params, 'signature') });
    }
    if (grant !== 'client_credentials')
      return { malformed: 'grant_type must be client_signature or client_credentials' };
    const ts = String(Math.floor(this.#api.clock.nowUs() / 1_000));
    const nonce = randomBytes(16).toString('hex');
    const text = clientSignatureText({ timestamp: ts, nonce, data: '' });
    const sig = createHmac('sha256', textField(params, 'client_secret')).update(text, 'utf8').digest('hex');
    return claimOf({ id, ts, nonce, data: '', sig });
  }
}

/** Read as the four parts of a REST request's header are, by the same rules; what is signed is the session's own text. */
function claimOf(parts: { id: string; ts: string; nonce: string; data: string; sig: string }): Claim | Malformed {
  const { id, ts, nonce, data, sig } = parts;
  const headers = { authorization: `deri-hmac-sha256 id=${id},ts=${ts},sig=${sig},nonce=${nonce}` };
  const claim = profile.read({ method: 'GET', path: '/', headers, body: '' });
  if (isMalformed(claim)) return claim;
  return { ...claim, message: clientSignatureText({ timestamp: ts, nonce, data }) };
}

function readMessage(text: string): Message | { readonly error: { readonly code: number; readonly message: string } } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { error: { code: -32_700, message: 'Parse error' } };
  }
  const invalid = { error: { code: -32_600, message: 'Invalid Request' } };
  if (!isRecord(value)) return invalid;
  const { id = null, method, params = {} } = value;
  if (id !== null && typeof id !== 'string' && typeof id !== 'number') return invalid;
  return typeof method === 'string' && isRecord(params) ? { id, method, params } : invalid;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
