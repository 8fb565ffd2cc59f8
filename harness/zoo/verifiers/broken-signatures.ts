/** Verifiers that take more for a right signature than the right signature. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { VerifyRequest } from '../../invariants/verifier/index.js';
import { type BrokenVerifier, contract } from './frame.js';
import { type Key, NonceMemory } from './right/nonce-memory.js';

const comparesPrefix: BrokenVerifier = {
  name: 'signature-by-prefix',
  defect: 'As many characters are compared as the request has sent, so that one digit is guessed in 16 tries.',
  convictedBy: ['signature-form'],
  contract,
  create: () =>
    new (class extends NonceMemory {
      protected override isSigned(request: VerifyRequest, key: Key): boolean {
        const { signature } = request;
        return signature !== '' && this.mac('sha256', key, request).toString('hex').startsWith(signature.toLowerCase());
      }
    })(),
};

const takesEmpty: BrokenVerifier = {
  name: 'empty-signature',
  defect: 'A request without a signature is let through, as one that had none to check.',
  convictedBy: ['signature-form', 'other-hash-refused'],
  contract,
  create: () =>
    new (class extends NonceMemory {
      protected override isSigned(request: VerifyRequest, key: Key): boolean {
        return request.signature === '' || super.isSigned(request, key);
      }
    })(),
};

const comparesHalf: BrokenVerifier = {
  name: 'half-compared',
  defect: 'Only the first sixteen bytes of the signature are compared.',
  convictedBy: ['signature-form'],
  contract,
  create: () =>
    new (class extends NonceMemory {
      protected override isSigned(request: VerifyRequest, key: Key): boolean {
        const sent = Buffer.from(request.signature, 'hex');
        return (
          sent.length === 32 && timingSafeEqual(sent.subarray(0, 16), this.mac('sha256', key, request).subarray(0, 16))
        );
      }
    })(),
};

const decodesLoosely: BrokenVerifier = {
  name: 'loose-decoder',
  defect:
    'The decoder stops at the first character that is no digit, so that rubbish behind the signature is not seen.',
  convictedBy: ['signature-form'],
  contract,
  create: () =>
    new (class extends NonceMemory {
      protected override isSigned(request: VerifyRequest, key: Key): boolean {
        const sent = Buffer.from(request.signature, 'hex');
        return sent.length === 32 && timingSafeEqual(sent, this.mac('sha256', key, request));
      }
    })(),
};

const throwsOnLength: BrokenVerifier = {
  name: 'throws-on-short-signature',
  defect: 'Buffers of different lengths are compared, which is an exception and not a refusal.',
  convictedBy: ['signature-form', 'bad-input-refused'],
  contract,
  create: () =>
    new (class extends NonceMemory {
      protected override isSigned(request: VerifyRequest, key: Key): boolean {
        return timingSafeEqual(Buffer.from(request.signature, 'hex'), this.mac('sha256', key, request));
      }
    })(),
};

const foldsCase: BrokenVerifier = {
  name: 'base64-case-folded',
  defect: 'Signatures are compared without regard to case, as for hex, but they are written in base64.',
  convictedBy: ['signature-form'],
  contract: { ...contract, encoding: 'base64' },
  create: () =>
    new (class extends NonceMemory {
      protected override isSigned(request: VerifyRequest, key: Key): boolean {
        const right = this.mac('sha256', key, request).toString('base64');
        return right.toLowerCase() === request.signature.toLowerCase();
      }
    })(),
};

const wantsLowerCase: BrokenVerifier = {
  name: 'hex-case-sensitive',
  defect: 'Hex is claimed in either case, and digits in upper case are refused.',
  convictedBy: ['signature-form'],
  contract,
  create: () =>
    new (class extends NonceMemory {
      protected override isSigned(request: VerifyRequest, key: Key): boolean {
        return this.mac('sha256', key, request).toString('hex') === request.signature;
      }
    })(),
};

const takesNone: BrokenVerifier = {
  name: 'algorithm-none',
  defect: 'A request may say that it is not signed at all.',
  convictedBy: ['other-hash-refused'],
  contract,
  create: () =>
    new (class extends NonceMemory {
      protected override isSigned(request: VerifyRequest, key: Key): boolean {
        return request.algorithm === 'none' || super.isSigned(request, key);
      }
    })(),
};

const takesAnyHash: BrokenVerifier = {
  name: 'algorithm-by-request',
  defect: 'The request chooses the hash, SHA-1 among them.',
  convictedBy: ['other-hash-refused'],
  contract,
  create: () =>
    new (class extends NonceMemory {
      protected override isSigned(request: VerifyRequest, key: Key): boolean {
        const hash = /^hmac-(sha1|sha512)$/.exec(request.algorithm)?.[1];
        if (hash === undefined) return super.isSigned(request, key);
        return this.mac(hash, key, request).toString('hex') === request.signature;
      }
    })(),
};

const takesBareHash: BrokenVerifier = {
  name: 'hash-of-secret-and-text',
  defect: 'A hash over secret and text passes for an HMAC, which lets anybody lengthen a text that was signed.',
  convictedBy: ['other-hash-refused'],
  contract,
  create: () =>
    new (class extends NonceMemory {
      protected override isSigned(request: VerifyRequest, key: Key): boolean {
        if (super.isSigned(request, key)) return true;
        return (
          createHash('sha256')
            .update(key.secret + this.text(request))
            .digest('hex') === request.signature
        );
      }
    })(),
};

const takesMasterSecret: BrokenVerifier = {
  name: 'signed-by-anybody',
  defect: 'A signature by any key that is known is taken for one of the key that is named.',
  convictedBy: ['other-key-refused'],
  contract,
  create: () =>
    new (class extends NonceMemory {
      protected override isSigned(request: VerifyRequest, key: Key): boolean {
        return [key, ...this.keys.values()].some((one) => super.isSigned(request, one));
      }
    })(),
};

const trustsEmptySecret: BrokenVerifier = {
  name: 'unknown-key-with-empty-secret',
  defect: 'A key that is not found has an empty secret, and whoever signs with that gets in.',
  convictedBy: ['unknown-key-refused'],
  contract,
  create: () =>
    new (class extends NonceMemory {
      protected override find(keyId: string): Key {
        return super.find(keyId) ?? { secret: '', account: 'alice', scopes: ['read', 'trade'] };
      }

      protected override isAllowed(request: VerifyRequest, key: Key): boolean {
        return key.secret === '' || super.isAllowed(request, key);
      }
    })(),
};

const hurriesUnknown: BrokenVerifier = {
  name: 'unknown-key-is-fast',
  defect: 'An unknown key is refused before anything is hashed, so that the time tells which keys exist.',
  convictedBy: ['unknown-key-work'],
  contract,
  create: () =>
    new (class extends NonceMemory {
      protected override isSigned(request: VerifyRequest, key: Key): boolean {
        return this.keys.has(request.keyId) && super.isSigned(request, key);
      }
    })(),
};

/** A keyring in an object: names that every object has are found in it. */
const objectKeyring: BrokenVerifier = {
  name: 'keyring-in-an-object',
  defect: 'Keys are looked up in a plain object, in which "constructor" is found too.',
  convictedBy: ['unknown-key-refused'],
  contract,
  create: () =>
    new (class extends NonceMemory {
      private readonly ring: Record<string, Key> = {};

      override addKey(keyId: string, secret: string, account: string, scopes: readonly string[]): void {
        this.ring[keyId] = { secret, account, scopes };
      }

      override removeKey(keyId: string): void {
        delete this.ring[keyId];
      }

      protected override find(keyId: string): Key | undefined {
        return this.ring[keyId];
      }

      protected override mac(hash: string, key: Key, request: VerifyRequest): Buffer {
        this.macs += 1;
        return createHmac(hash, String(key.secret)).update(this.text(request)).digest();
      }

      protected override isAllowed(request: VerifyRequest, key: Key): boolean {
        return key.scopes === undefined || super.isAllowed(request, key);
      }
    })(),
};

export const brokenSignatures: readonly BrokenVerifier[] = [
  comparesPrefix,
  takesEmpty,
  comparesHalf,
  decodesLoosely,
  throwsOnLength,
  foldsCase,
  wantsLowerCase,
  takesNone,
  takesAnyHash,
  takesBareHash,
  takesMasterSecret,
  trustsEmptySecret,
  hurriesUnknown,
  objectKeyring,
];
