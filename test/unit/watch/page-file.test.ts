import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { pagePolicy, readPageTemplate } from '../../../harness/watch/page-file.js';

it('says that the page is not built, and how to build it', () => {
  const url = new URL('./nowhere/page.html', import.meta.url);
  expect(() => readPageTemplate(url)).toThrowError(
    expect.objectContaining({
      code: 'FP_PAGE_ABSENT',
      exitCode: 4,
      hint: expect.stringContaining('npm run build'),
    }),
  );
});

it('lets each script of the page run as it stands, and no data', () => {
  const hashOf = (code: string): string => `'sha256-${createHash('sha256').update(code).digest('base64')}'`;
  const html = `<script type="module" crossorigin>\na("<b>")\n</script><style>p{}</style>
<script id="page-data" type="application/json">null</script><SCRIPT>c</SCRIPT>`;
  expect(pagePolicy(html)).toContain(`script-src ${hashOf('\na("<b>")\n')} ${hashOf('c')}; `);
  expect(pagePolicy('<p>nothing to run</p>')).toContain("script-src 'none'; ");
});
