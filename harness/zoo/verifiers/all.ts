/** The verifiers of the zoo. */

import { brokenCoverage } from './broken-coverage.js';
import { brokenMemory } from './broken-memory.js';
import { brokenRights } from './broken-rights.js';
import { brokenSignatures } from './broken-signatures.js';
import { brokenWindows } from './broken-windows.js';
import type { BrokenVerifier } from './frame.js';

export const brokenVerifiers: readonly BrokenVerifier[] = [
  ...brokenSignatures,
  ...brokenCoverage,
  ...brokenWindows,
  ...brokenMemory,
  ...brokenRights,
];
