/** Mutants of the right verifiers that keep every promise as these do. */
import type { Equivalent } from '../mutation/equivalents.js';

export const verifierEquivalents: readonly Equivalent[] = [
  {
    id: 'nonce-memory.js 15:16 constant: "0" to "1"',
    because: 'Time begins at 1 instead of 0, and every request comes later than both.',
  },
  {
    id: 'nonce-memory.js 16:12 constant: "0" to "1"',
    because: 'MACs are counted from 1; nobody looks at more than how many were added.',
  },
  {
    id: 'nonce-memory.js 62:22 constant: "1" to "2"',
    because: 'Each MAC counts twice, the one for an unknown key too.',
  },
  {
    id: 'stored-claims.js 18:9 removal: "await Promise.resolve();" to ";"',
    because: 'The store is as near as can be; what happens there is one step all the same.',
  },
  {
    id: 'signature-memory.js 19:20 constant: "0" to "1"',
    because: 'Time begins at 1 instead of 0, and every request comes later than both.',
  },
  {
    id: 'signature-memory.js 20:16 constant: "0" to "1"',
    because: 'MACs are counted from 1; nobody looks at more than how many were added.',
  },
  {
    id: 'signature-memory.js 32:21 constant: "1" to "2"',
    because: 'Each MAC counts twice, the one for an unknown key too.',
  },
  {
    id: 'signature-memory.js 44:51 comparison: ">" to ">="',
    because: 'A signature is remembered for one microsecond longer than need be, which breaks no promise.',
  },
];
