/** What a caller may ask of the order book, read from untrusted JSON. */
export interface OrderForm {
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly price: string;
  readonly quantity: string;
  /** The caller's own name for the order, '' = none. */
  readonly clientOrderId: string;
}

export interface AmendForm {
  readonly price: string;
  readonly quantity: string;
}

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

/** The fields of a new order, or null when one of them is missing or of the wrong form. Further fields are ignored. */
export function readOrderForm(json: Readonly<Record<string, unknown>>): OrderForm | null {
  const { symbol, side, type, price, quantity, clientOrderId } = json;
  if (!isSymbol(symbol) || type !== 'limit' || !isAmount(price) || !isAmount(quantity)) return null;
  if (side !== 'buy' && side !== 'sell') return null;
  if (clientOrderId === undefined) return { symbol, side, price, quantity, clientOrderId: '' };
  if (typeof clientOrderId !== 'string' || !clientOrderIdForm.test(clientOrderId)) return null;
  return { symbol, side, price, quantity, clientOrderId };
}

/** The new price and quantity of an order, or null when one of them is missing or of the wrong form. */
export function readAmendForm(json: Readonly<Record<string, unknown>>): AmendForm | null {
  const { price, quantity } = json;
  return isAmount(price) && isAmount(quantity) ? { price, quantity } : null;
}
