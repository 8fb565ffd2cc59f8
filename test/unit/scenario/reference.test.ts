import { describe, expect, it } from 'vitest';
import { metricsPage, scenarioPage } from '../../../harness/scenario/reference.js';

describe('reference pages', () => {
  it('docs/metrics.md says what the table of metrics says', async () => {
    await expect(metricsPage()).toMatchFileSnapshot('../../../docs/metrics.md');
  });

  it('docs/scenario-reference.md says what the schemas, behaviours and faults say', async () => {
    await expect(scenarioPage()).toMatchFileSnapshot('../../../docs/scenario-reference.md');
  });
});
