/** A request that came as a message, asked of the gate as it would be over HTTP, and answered by the same route. */
import { EventEmitter } from 'node:events';
import type { Asked, Caller } from '../asked.js';
import type { FaceAnswer, FaceLimits, FaceRefusal, FaceRequest, FaceRoute, VenueApi } from '../faces/face.js';
import { askingOf } from '../faces/face-routes.js';
import type { FaceWording } from '../faces/face-wording.js';
import type { SocketPeer } from './socket-protocol.js';

export type Outcome =
  /** By the business; `limits` is null when the gate was not asked. */
  | { readonly kind: 'answered'; readonly answer: FaceAnswer; readonly limits: FaceLimits | null }
  /** By the gate. `kills`: the limit ends the connection. */
  | {
      readonly kind: 'refused';
      readonly refusal: FaceRefusal;
      readonly limits: FaceLimits;
      readonly kills: boolean;
    }
  /** Admitted to a queue that nobody serves any more. */
  | { readonly kind: 'busy'; readonly limits: FaceLimits }
  /** The connection ended while it waited. */
  | { readonly kind: 'gone' };

/** Asks at once, so that requests are decided in the order in which they came; waits only for a turn in a queue. */
export function askOver(options: {
  api: VenueApi;
  wording: FaceWording;
  route: FaceRoute;
  request: FaceRequest;
  peer: SocketPeer;
  proof: Caller['proof'];
}): Outcome | Promise<Outcome> {
  const { api, wording, route, request, peer, proof } = options;
  const { requestClass } = route;
  if (requestClass === null) {
    api.onUnasked();
    return { kind: 'answered', answer: route.answer(request, null, api), limits: null };
  }
  const answered = new EventEmitter();
  const caller: Caller = { ip: peer.ip, connection: peer.connection, answered, proof };
  const { told, admission, kills } = api.gatekeeper.ask(caller, askingOf(route, requestClass, request, api));
  const { limits, refusal } = wording.hear(request, told);
  if (admission === null) return { kind: 'refused', refusal, limits, kills };
  const serve = (): Outcome => {
    try {
      return { kind: 'answered', answer: route.answer(request, admission, api), limits };
    } finally {
      answered.emit('finish');
    }
  };
  return admission.waits ? inTurn({ api, peer, admission, limits, answered, serve }) : serve();
}

async function inTurn(options: {
  api: VenueApi;
  peer: SocketPeer;
  admission: NonNullable<Asked['admission']>;
  limits: FaceLimits;
  answered: EventEmitter;
  serve: () => Outcome;
}): Promise<Outcome> {
  const { api, peer, admission, limits, answered, serve } = options;
  switch (await api.line.wait(peer.connection, admission.turnUs)) {
    case 'turn':
      return serve();
    case 'full':
      answered.emit('finish');
      return { kind: 'busy', limits };
    case 'gone':
      return { kind: 'gone' };
  }
}

/** The route of a face that serves this method and path, whatever parameters the path has. @throws {RangeError} */
export function routeOf(routes: readonly FaceRoute[], method: FaceRoute['method'], path: string): FaceRoute {
  const found = routes.find((route) => route.method === method && route.path === path);
  if (found === undefined) throw new RangeError(`no route ${method} ${path}`);
  return found;
}
