/** What is spoken over WebSockets in a venue's clothes. */
import type { Face, VenueApi } from '../faces/face.js';
import type { FaceWording } from '../faces/face-wording.js';
import { binanceApi } from './binance-api.js';
import { binanceStreams } from './binance-streams.js';
import { deribitSessions } from './deribit-session.js';
import type { SocketProtocol } from './socket-protocol.js';

/** Empty where the venue's are not played: then a request to open a WebSocket is one of HTTP like any other. */
export function socketProtocols(face: Face, api: VenueApi, wording: FaceWording): readonly SocketProtocol[] {
  switch (face.name) {
    case 'binance':
      return [binanceApi(face, api, wording), binanceStreams(api)];
    case 'deribit':
      return [deribitSessions(face, api, wording)];
    default:
      return [];
  }
}
