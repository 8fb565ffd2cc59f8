import { describe, expect, it } from 'vitest';
import { fileReader } from '../../../harness/cli/file-reader.js';
import { explain } from '../../../harness/scenario/explain.js';
import { loadScenario, loadScenarios } from '../../../harness/scenario/scenario.js';
import { releaseFiles } from '../../support/scenario-files.js';

describe('x', () => {
  it('y', () => {
    try {
      for (const p of loadScenarios(fileReader, releaseFiles())) console.log(explain(p));
    } catch (e) {
      console.log((e as { faults: unknown }).faults);
      throw e;
    }
  });
});
