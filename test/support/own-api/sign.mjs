// Signs as the small API with HMAC keys wants it: method, path, moment and body, divided by blanks.
import { createHmac } from 'node:crypto';

export function sign({ method, path, body, nowMs, keyId, secret }) {
  const stamp = String(nowMs);
  const text = `${method} ${path} ${stamp} ${body}`;
  const signature = createHmac('sha256', secret).update(text).digest('hex');
  return { headers: { 'x-key': keyId, 'x-time': stamp, 'x-sign': signature } };
}
