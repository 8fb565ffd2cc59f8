import { expect, it } from 'vitest';
import { outcomeNames } from '../../../harness/actors/outcome.js';
import { liveMetricsPage } from '../../../harness/watch/metric-page.js';

it('docs/live-metrics.md says what the table of metrics says', async () => {
  await expect(liveMetricsPage()).toMatchFileSnapshot('../../../docs/live-metrics.md');
});

it('it counts the outcomes that there are', () => {
  expect(liveMetricsPage()).toContain(`there are ${outcomeNames.length} outcomes`);
});
