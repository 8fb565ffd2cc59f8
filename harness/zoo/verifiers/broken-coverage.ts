/** Verifiers whose signed text says less than the request. */
import type { UnsignedRequest, Verified, VerifyRequest } from '../../invariants/verifier/index.js';
import { type BrokenVerifier, contract } from './frame.js';
import { NonceMemory } from './right/nonce-memory.js';

type Text = (request: UnsignedRequest) => string;

class WithText extends NonceMemory {
  private readonly lines: Text;

  constructor(lines: Text) {
    super();
    this.lines = lines;
  }

  protected override text(request: UnsignedRequest): string {
    return this.lines(request);
  }
}

/** Callers sign the text that the verifier wants; what it leaves out is not covered. */
function weakScheme(
  parts: Pick<BrokenVerifier, 'name' | 'defect' | 'convictedBy'> & { readonly text: Text },
): BrokenVerifier {
  const { text, ...rest } = parts;
  return { ...rest, contract: { ...contract, text }, create: () => new WithText(text) };
}

function fieldsOf(request: UnsignedRequest): readonly (string | number)[] {
  const { keyId, nonce, timestampUs, windowUs, method, path, query, body } = request;
  return [keyId, nonce, timestampUs, windowUs, method, path, query, body];
}

const without = (request: UnsignedRequest, left: keyof UnsignedRequest): string =>
  fieldsOf({ ...request, [left]: '' }).join('\n');

/** The last value of each name, in the order of the names. */
function parsedQuery(query: string, pick: 'first' | 'last'): string {
  const values = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (pick === 'last' || !values.has(name)) values.set(name, value);
  }
  return JSON.stringify([...values].sort());
}

export const brokenCoverage: readonly BrokenVerifier[] = [
  weakScheme({
    name: 'body-not-signed',
    defect: 'The body is not part of the signed text.',
    convictedBy: ['tampering-refused'],
    text: (request) => without(request, 'body'),
  }),
  weakScheme({
    name: 'query-not-signed',
    defect: 'The path is signed without its query.',
    convictedBy: ['tampering-refused', 'duplicate-parameters-refused'],
    text: (request) => without(request, 'query'),
  }),
  weakScheme({
    name: 'method-not-signed',
    defect: 'The method is not part of the signed text, so that a signed GET is a signed DELETE.',
    convictedBy: ['tampering-refused'],
    text: (request) => without(request, 'method'),
  }),
  weakScheme({
    name: 'window-not-signed',
    defect: 'A thief can widen the window that the caller has asked for.',
    convictedBy: ['tampering-refused'],
    text: (request) => without(request, 'windowUs'),
  }),
  weakScheme({
    name: 'nonce-not-signed',
    defect: 'The nonce is not part of the signed text, so that a new one makes the request new.',
    convictedBy: ['tampering-refused'],
    text: (request) => without(request, 'nonce'),
  }),
  weakScheme({
    name: 'path-in-lower-case',
    defect: 'Method and path are folded to lower case before they are signed, and bodies are cut at 16 characters.',
    convictedBy: ['tampering-refused'],
    text: (request) =>
      fieldsOf({ ...request, path: request.path.toLowerCase(), body: request.body.slice(0, 16) }).join('\n'),
  }),
  weakScheme({
    name: 'fields-run-together',
    defect: 'Query and body are signed one after the other with nothing between them.',
    convictedBy: ['boundary-shift-refused'],
    text: ({ query, body, ...request }) => `${without({ ...request, query: '', body: '' }, 'body')}${query}${body}`,
  }),
  weakScheme({
    name: 'separator-in-fields',
    defect: 'Fields are signed with a bar between them that may stand within them too.',
    convictedBy: ['boundary-shift-refused'],
    text: (request) => fieldsOf(request).join('|'),
  }),
  weakScheme({
    name: 'duplicates-first-signed',
    defect: 'Of a parameter that comes twice the first is signed, and the server behind may act on the last.',
    convictedBy: ['duplicate-parameters-refused'],
    text: (request) => fieldsOf({ ...request, query: parsedQuery(request.query, 'first') }).join('\n'),
  }),
  weakScheme({
    name: 'duplicates-last-signed',
    defect: 'Of a parameter that comes twice the last is signed, and the server behind may act on the first.',
    convictedBy: ['duplicate-parameters-refused'],
    text: (request) => fieldsOf({ ...request, query: parsedQuery(request.query, 'last') }).join('\n'),
  }),
  {
    name: 'verdict-kept-by-signature',
    defect: 'A signature that was found right is not checked again, whatever it comes with.',
    convictedBy: ['tampering-refused'],
    contract: { windowUsMax: 5_000_000, futureUs: 1_000_000, replay: 'allow' },
    create: () =>
      new (class extends NonceMemory {
        private readonly known = new Set<string>();

        override verify(nowUs: number, request: VerifyRequest): Verified | Promise<Verified> {
          if (this.known.has(request.signature)) return 'accepted';
          const answer = super.verify(nowUs, request);
          if (answer === 'accepted') this.known.add(request.signature);
          return answer;
        }

        protected override claim(): boolean {
          return true;
        }
      })(),
  },
];
