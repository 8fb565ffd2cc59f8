/** Makes a call of somebody's own API out of an intent, by its adapter: method, path with query, headers and body, unsigned. */
import type { Intent } from '../../../actors/actor.js';
import { FloodproofError } from '../../../errors.js';
import type {
  Adapter,
  AdapterField,
  CallForm,
  Entry,
  JsonTemplate,
  Template,
  ValueForm,
} from '../../../scenario/adapter.js';
import type { Holder } from './holders.js';
import { classNameOf, type Fields, meaningOf } from './meaning.js';
import type { OrderMemory } from './order-memory.js';

export interface Call {
  readonly method: string;
  /** With query, percent-encoded. */
  readonly path: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** null = no body. */
  readonly contentType: string | null;
}

export interface CallMakerParts {
  readonly adapter: Adapter;
  readonly environment: Readonly<Record<string, string>>;
  /** Who an identity is at this API. */
  readonly holderOf: (intent: Intent) => Holder;
  /** The password that an account has there when `password` is its right one. */
  readonly passwordOf: (username: string, password: string) => { username: string; password: string };
  readonly orders: OrderMemory;
}

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

export class CallMaker {
  readonly #parts: CallMakerParts;

  constructor(parts: CallMakerParts) {
    this.#parts = parts;
  }

  /** @throws {FloodproofError} FP_ADAPTER_UNFIT for a class, or a batch, that the adapter has no call for. */
  make(intent: Intent): Call {
    const { adapter } = this.#parts;
    const meaning = meaningOf(intent);
    if (meaning === null) return asItStands(intent);
    const name = classNameOf(intent);
    const call = adapter.calls[name];
    const form = meaning.orders === null ? call : call?.batch;
    if (form === undefined || form === null) {
      const what = meaning.orders === null ? `requests of the class ${name}` : `batches of ${name}`;
      throw new FloodproofError('FP_ADAPTER_UNFIT', `${adapter.file} says nothing of ${what}`);
    }
    const fields = this.#fieldsOf(intent, meaning.fields);
    const each = meaning.orders === null ? null : (call?.batch?.each ?? null);
    const orders = (meaning.orders ?? []).map((order) => ({ ...fields, ...order }));
    return this.#write(form, fields, each === null ? [] : orders.map((order) => this.#json(each, order, '')));
  }

  /** What the wish says, what is known of the order that it is about, and who makes it. */
  #fieldsOf(intent: Intent, wished: Fields): Fields {
    const { holderOf, passwordOf, orders } = this.#parts;
    const { account, keyId, token } = holderOf(intent);
    const known = wished.orderId === undefined ? {} : orders.of(intent.identity.accountIndex, wished.orderId);
    const login = wished.username === undefined ? {} : passwordOf(wished.username, wished.password ?? '');
    return {
      account,
      keyId,
      token: token === '' ? orders.tokenOf(intent.identity.accountIndex) : token,
      ...known,
      ...wished,
      ...login,
    };
  }

  #write(form: CallForm, fields: Fields, orders: readonly string[]): Call {
    const query = this.#pairs(form.query, fields);
    const where = this.#text(form.path, fields, encodeURIComponent);
    const headers: Record<string, string> = {};
    for (const { name, value } of [...this.#parts.adapter.headers, ...form.headers]) {
      const text = this.#entry(value, fields);
      if (text !== null) headers[name] = text;
    }
    const list = `[${orders.join()}]`;
    const body =
      form.form !== null
        ? this.#pairs(form.form, fields)
        : form.json !== null
          ? this.#json(form.json, fields, list)
          : null;
    const contentType = body === null ? null : (headers['content-type'] ?? (form.form !== null ? FORM : JSON_TYPE));
    delete headers['content-type'];
    return { method: form.method, path: query === '' ? where : `${where}?${query}`, headers, body, contentType };
  }

  #pairs(entries: readonly Entry[], fields: Fields): string {
    const pairs: string[] = [];
    for (const { name, value } of entries) {
      const text = this.#entry(value, fields);
      if (text !== null) pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(text)}`);
    }
    return pairs.join('&');
  }

  /** null = it has places, and nothing stands in any of them. */
  #entry(template: Template, fields: Fields): string | null {
    let places = 0;
    let filled = 0;
    let text = '';
    for (const part of template) {
      const value = typeof part === 'string' ? part : this.#part(part, fields);
      text += value;
      if (typeof part === 'string') continue;
      places += 1;
      if (value !== '') filled += 1;
    }
    return places > 0 && filled === 0 ? null : text;
  }

  #part(part: Exclude<Template[number], string>, fields: Fields): string {
    if ('env' in part) return this.#parts.environment[part.env] ?? '';
    return this.#value(part.field, fields[part.field] ?? '');
  }

  #value(field: AdapterField, value: string): string {
    const form = this.#parts.adapter.values[field];
    return form === undefined || value === '' ? value : written(value, form);
  }

  #text(template: Template, fields: Fields, encode: (text: string) => string): string {
    return template.map((part) => (typeof part === 'string' ? part : encode(this.#part(part, fields)))).join('');
  }

  #json(json: JsonTemplate, fields: Fields, orders: string): string {
    switch (json.kind) {
      case 'literal':
        return JSON.stringify(json.value);
      case 'text':
        return JSON.stringify(this.#text(json.text, fields, (text) => text));
      case 'number': {
        const text = this.#text(json.text, fields, (one) => one);
        return /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text) ? text : JSON.stringify(text);
      }
      case 'orders':
        return orders;
      case 'list':
        return `[${json.items.map((item) => this.#json(item, fields, orders)).join()}]`;
      case 'members': {
        const members = json.members.filter(([, value]) => !this.#isEmpty(value, fields));
        return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${this.#json(value, fields, orders)}`).join()}}`;
      }
    }
  }

  #isEmpty(json: JsonTemplate, fields: Fields): boolean {
    return (json.kind === 'text' || json.kind === 'number') && this.#entry(json.text, fields) === null;
  }
}

function written(value: string, { map, remove, case: letters }: ValueForm): string {
  const mapped = Object.hasOwn(map, value) ? map[value] : undefined;
  if (mapped !== undefined) return mapped;
  let text = value;
  for (const mark of remove) text = text.replaceAll(mark, '');
  if (letters === 'upper') return text.toUpperCase();
  return letters === 'lower' ? text.toLowerCase() : text;
}

function asItStands({ method, path, body, contentType = JSON_TYPE }: Intent): Call {
  return { method, path, headers: {}, body, contentType: body === null ? null : contentType };
}
