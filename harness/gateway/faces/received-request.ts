import type { ParsedUrlQuery } from 'node:querystring';
import { parse } from 'node:querystring';
import type { FastifyRequest } from 'fastify';
import type { RawBody } from '../gatekeeper.js';
import type { FaceParams, FaceRequest } from './face.js';

/** Names and values of a query or form that are looked at; what stands behind them is not. */
const FIELDS_MAX = 200;

/** What a face reads of a request. Nothing is parsed before somebody asks for it. */
export class ReceivedRequest implements FaceRequest {
  readonly #request: FastifyRequest;
  #params: FaceParams | null = null;
  #body: Body | null = null;

  constructor(request: FastifyRequest) {
    this.#request = request;
  }

  get method(): string {
    return this.#request.method;
  }

  get path(): string {
    return (this.#request.raw.url ?? '').split('?', 1)[0] ?? '';
  }

  get headers(): FaceRequest['headers'] {
    return this.#request.headers;
  }

  get params(): FaceParams {
    this.#params ??= {
      ...this.#readBody().members,
      ...queryOf(this.#request),
      ...(this.#request.params as FaceParams),
    };
    return this.#params;
  }

  get list(): readonly unknown[] | null {
    return this.#readBody().list;
  }

  #readBody(): Body {
    this.#body ??= bodyOf((this.#request.body as RawBody) ?? '');
    return this.#body;
  }
}

interface Body {
  readonly members: FaceParams;
  readonly list: readonly unknown[] | null;
}

function queryOf(request: FastifyRequest): ParsedUrlQuery {
  const url = request.raw.url ?? '';
  const start = url.indexOf('?');
  return start < 0 ? {} : formOf(url.slice(start + 1));
}

function formOf(text: string): ParsedUrlQuery {
  return parse(text, '&', '=', { maxKeys: FIELDS_MAX });
}

/** JSON by how it begins, whatever the content type says, as venues do; anything else is a form. */
function bodyOf(text: string): Body {
  if (!/^[ \t\r\n]*[[{]/.test(text)) return { members: formOf(text), list: null };
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return { members: {}, list: value };
    return { members: value as FaceParams, list: null };
  } catch {
    return { members: {}, list: null };
  }
}
