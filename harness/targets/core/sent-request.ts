import type { OrderWish } from '../../actors/api.js';

/** A request as it reaches the server of virtual time. One object serves for all: it is filled anew for each. */
export class SentRequest {
  method = 'GET';
  path = '';
  /** '' = none. */
  body = '';
  /** What the body says, where it is known without reading it: an order that was written in this process. */
  order: OrderWish | null = null;
  /** Signing headers as sent; null when what they say is in the fields below already, since nobody has touched them. */
  headers: Readonly<Record<string, string>> | null = null;
  /** Whether the sender signs it under his own key and nobody has touched it; the signature is made when it is needed. */
  isOwn = false;
  keyId = '';
  timestampUs = 0;
  windowUs = 0;
  message = '';
}
