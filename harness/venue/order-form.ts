/** What a caller may ask of the order book, read from untrusted JSON. */
export interface OrderForm {
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  /** A limit order rests at its price, a market order is filled at once at whatever price there is. */
  readonly type: 'limit' | 'market';
  /** '' of a market order. */
  readonly price: string;
  readonly quantity: string;
  /** The caller's own name for the order, '' = none. */
  readonly clientOrderId: string;
}

export interface AmendForm {
  readonly price: string;
  readonly quantity: string;
}

/** Orders that a batch holds at most; a longer array is no batch. */
export const BATCH_ELEMENTS_MAX = 100;

const symbolForm = /^[A-Z0-9]{2,10}-[A-Z0-9]{2,10}$/;
/** Plain decimals: at most 12 digits before and 8 after the point, no sign, no exponent. */
const decimalForm = /^(?:0|[1-9]\d{0,11})(?:\.\d{1,8})?$/;
const clientOrderIdForm = /^[\x21-\x7e]{1,64}$/;

export function isSymbol(value: unknown): value is string {
  return typeof value === 'string' && symbolForm.test(value);
}

/** A decimal string above zero; numbers are refused, since their text form is not theirs to keep. */
function isAmount(value: unknown): value is string {
  return typeof value === 'string' && decimalForm.test(value) && /[1-9]/.test(value);
}

/**
 * Parses a JSON object. null for anything else: no JSON, an array, a bare value.
 *
 * A key `__proto__` in JSON text becomes a plain own property and changes no prototype; it would do harm only when
 * copied, and callers read single fields by name and copy none.
 */
export function parseJsonObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The orders of a batch, each still to be read; null for what is no batch: anything but a JSON array of 1 to
 * `BATCH_ELEMENTS_MAX`. It is asked before the gate is, which wants to know how many there are, so text that does not
 * begin as an array is not parsed.
 */
export function readBatch(text: string): readonly unknown[] | null {
  if (!/^[ \t\n\r]*\[/.test(text)) return null;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.length >= 1 && value.length <= BATCH_ELEMENTS_MAX ? value : null;
  } catch {
    return null;
  }
}

/**
 * The fields of a new order, or null when one of them is missing or of the wrong form. Further fields are ignored, but
 * a market order with a price is refused: whoever names one wants another order.
 */
export function readOrderForm(json: unknown): OrderForm | null {
  if (!isRecord(json)) return null;
  const { symbol, side, type, price, quantity, clientOrderId = '' } = json;
  if (!isSymbol(symbol) || !isAmount(quantity)) return null;
  if (side !== 'buy' && side !== 'sell') return null;
  if (typeof clientOrderId !== 'string' || (json.clientOrderId !== undefined && !clientOrderIdForm.test(clientOrderId)))
    return null;
  if (type === 'market') {
    return price === undefined ? { symbol, side, type, price: '', quantity, clientOrderId } : null;
  }
  return type === 'limit' && isAmount(price) ? { symbol, side, type, price, quantity, clientOrderId } : null;
}

/** The new price and quantity of an order, or null when one of them is missing or of the wrong form. */
export function readAmendForm(json: unknown): AmendForm | null {
  if (!isRecord(json)) return null;
  const { price, quantity } = json;
  return isAmount(price) && isAmount(quantity) ? { price, quantity } : null;
}
